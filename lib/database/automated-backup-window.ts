import { type PlanTime, START_WINDOW_MINUTES } from '../../engine/contract/backup-plan';
import type { Problem } from '../problem';

/** Hours after the snapshots of the plan at which RDS begins its own: far from these, and from the continuous backup. */
const HOURS_AFTER_PLAN = 6;

/** Length of the window in minutes; RDS wants 30 or more. */
const WINDOW_MINUTES = 60;

/** Minutes before its own backup during which RDS takes no snapshot for AWS Backup. */
const BLOCKED_BEFORE_MINUTES = 60;

const MINUTES_PER_DAY = 1440;

/**
 * When RDS makes its automated backup each day, such as `09:00-10:00`, in UTC: some hours after the plan, in winter and in summer.
 */
export function automatedBackupWindow(time: PlanTime): string {
  const [start = 0] = utcMinutes(time);
  const begin = start + HOURS_AFTER_PLAN * 60;
  return `${clock(begin)}-${clock(begin + WINDOW_MINUTES)}`;
}

/**
 * What is wrong with the window that a database has: RDS takes no snapshot for AWS Backup in the hour before it and during it, so no
 * job of the plan may begin then. https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
 */
export function backupWindowProblems(window: string, time: PlanTime, path: string): Problem[] {
  const [, fromHour, fromMinute, toHour, toMinute] = (WINDOW_FORM.exec(window) ?? []).map(Number);
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined) {
    return [{ path, message: `must be a time of day in UTC such as "09:00-10:00", got: "${window}"` }];
  }
  const from = fromHour * 60 + fromMinute;
  const blockedMinutes = BLOCKED_BEFORE_MINUTES + modulo(toHour * 60 + toMinute - from);
  const isBlocked = utcMinutes(time).some((start) => {
    const sinceBlocked = modulo(start - (from - BLOCKED_BEFORE_MINUTES));
    return sinceBlocked <= blockedMinutes || MINUTES_PER_DAY - sinceBlocked < START_WINDOW_MINUTES;
  });
  return isBlocked
    ? [
        {
          path,
          message: `must end before the jobs of the plan begin, and begin ${START_WINDOW_MINUTES + BLOCKED_BEFORE_MINUTES} minutes after that or later, since RDS takes no snapshot in the hour before its own backup and during it; the plan begins at ${clock(time.hour * 60 + time.minute)} ${time.timeZone}, got: "${window}" UTC. HINT: leave the window out; Holdfast then sets "${automatedBackupWindow(time)}"`,
        },
      ]
    : [];
}

/**
 * What is wrong with the weekly maintenance window that a database has, if its automated backups get a window: RDS refuses two that
 * overlap. A window that RDS cannot read it refuses itself.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ManagingAutomatedBackups.html
 */
export function maintenanceWindowProblems(maintenance: string, backupWindow: string, path: string): Problem[] {
  const [, from, to] = MAINTENANCE_FORM.exec(maintenance) ?? [];
  const begin = minutesOf(backupWindow);
  if (from === undefined || to === undefined) {
    return [];
  }
  const length = modulo(minutesOf(to) - minutesOf(from));
  const isFree = modulo(begin - minutesOf(from)) >= length && modulo(minutesOf(from) - begin) >= WINDOW_MINUTES;
  return isFree
    ? []
    : [
        {
          path,
          message: `must not overlap the window that the automated backups get, "${backupWindow}", got: "${maintenance}" UTC. HINT: move it, or set preferredBackupWindow`,
        },
      ];
}

/** Such as `Sun:23:30-Mon:00:30`. The form has the times of day alone: a window is shorter than a day. */
const MAINTENANCE_FORM = /^[a-z]{3}:(\d\d:\d\d)-[a-z]{3}:(\d\d:\d\d)$/i;

const WINDOW_FORM = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes of the day in UTC at which the plan begins: those of winter and summer, where the time zone has both. */
function utcMinutes({ hour, minute, timeZone }: PlanTime): number[] {
  const offsets = new Set([offsetMinutes(timeZone, 'Jan'), offsetMinutes(timeZone, 'Jul')]);
  return [...offsets].map((offset) => modulo(hour * 60 + minute - offset));
}

/** Minutes that a time zone is ahead of UTC in the middle of a month. The year is fixed, so that templates do not change by themselves. */
function offsetMinutes(timeZone: string, month: 'Jan' | 'Jul'): number {
  const noon = new Date(`15 ${month} 2025 12:00:00 UTC`);
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', minute: 'numeric', day: 'numeric' })
    .formatToParts(noon)
    .map(({ type, value }) => [type, Number(value)] as const);
  const { day = 15, hour = 12, minute = 0 } = Object.fromEntries(parts);
  return (day - 15) * MINUTES_PER_DAY + (hour - 12) * 60 + minute;
}

/** Minutes of the day of a time such as `09:00`, or of the beginning of a window. */
function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.slice(0, 'hh:mm'.length).split(':').map(Number);
  return hour * 60 + minute;
}

function clock(minutes: number): string {
  const ofDay = modulo(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
}

function modulo(minutes: number): number {
  return ((minutes % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

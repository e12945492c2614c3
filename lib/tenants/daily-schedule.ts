import { aws_scheduler as scheduler, TimeZone } from 'aws-cdk-lib';
import type { Problem } from '../problem';

/**
 * A time of day. In a time zone with summer time, mind the hour that is skipped once a year: a dump that would begin in it
 * does not begin on that day, and its absence pages.
 */
export interface DailySchedule {
  /** Hour, 0 to 23. */
  readonly hour: number;
  /** Minute, 0 to 59. @default 0 */
  readonly minute?: number;
  /** IANA name of a time zone, such as `Europe/Berlin`. @default 'UTC' */
  readonly timeZone?: string;
}

const DEFAULT_SCHEDULE: DailySchedule = { hour: 2 };

/** The time of day as EventBridge Scheduler takes it. */
export function scheduleExpression({
  hour,
  minute = 0,
  timeZone = 'UTC',
}: DailySchedule = DEFAULT_SCHEDULE): scheduler.ScheduleExpression {
  return scheduler.ScheduleExpression.cron({
    minute: String(minute),
    hour: String(hour),
    timeZone: TimeZone.of(timeZone),
  });
}

/** Everything wrong with a time of day. */
export function scheduleProblems({ hour, minute = 0, timeZone = 'UTC' }: DailySchedule, path: string): Problem[] {
  return [
    ...upTo(hour, 23, `${path}.hour`),
    ...upTo(minute, 59, `${path}.minute`),
    ...timeZoneProblems(timeZone, `${path}.timeZone`),
  ];
}

/** What is wrong with the name of a time zone. */
export function timeZoneProblems(timeZone: string, path: string): Problem[] {
  return isTimeZone(timeZone)
    ? []
    : [{ path, message: `must be the IANA name of a time zone such as "Europe/Berlin", got: "${timeZone}"` }];
}

function upTo(value: number, most: number, path: string): Problem[] {
  return Number.isInteger(value) && value >= 0 && value <= most
    ? []
    : [{ path, message: `must be a whole number from 0 to ${most}, got: ${value}` }];
}

/** Offsets such as `+02:00`, and names in other letter case, are time zones to JavaScript, and not to EventBridge Scheduler. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    const isOtherCase = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return /^[A-Za-z]/.test(name) && !isOtherCase;
  } catch {
    return false;
  }
}

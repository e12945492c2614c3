import type { Problem } from '../problem';

/** Least minutes of a window. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html */
const LEAST_WINDOW_MINUTES = 60;

const MINUTES_PER_DAY = 1440;

/** Days for which ElastiCache keeps automatic snapshots at most. https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html */
const MOST_RETENTION_DAYS = 35;

/** What is wrong with a daily window in UTC, such as `03:00-04:00`; it may pass midnight. */
export function snapshotWindowProblems(window: string, path: string): Problem[] {
  const times = WINDOW_FORM.exec(window);
  if (!times) {
    return [{ path, message: `must be a time of day in UTC such as "03:00-04:00", got: "${window}"` }];
  }
  const [, fromHour, fromMinute, toHour, toMinute] = times.map(Number);
  const minutes = minutesBetween(minuteOfDay(fromHour, fromMinute), minuteOfDay(toHour, toMinute));
  return minutes >= LEAST_WINDOW_MINUTES
    ? []
    : [
        {
          path,
          message: `must be at least ${LEAST_WINDOW_MINUTES} minutes long, got: "${window}" of ${minutes} minutes`,
        },
      ];
}

/** What is wrong with the days for which automatic snapshots are kept. */
export function snapshotRetentionProblems(days: number, path: string): Problem[] {
  return Number.isInteger(days) && days >= 1 && days <= MOST_RETENTION_DAYS
    ? []
    : [{ path, message: `must be a whole number from 1 to ${MOST_RETENTION_DAYS}, got: ${days}` }];
}

/** When the window begins, such as `03:00`: what a serverless cache takes in its place. */
export function windowStart(window: string): string {
  return window.slice(0, window.indexOf('-'));
}

const WINDOW_FORM = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

function minuteOfDay(hour = 0, minute = 0): number {
  return hour * 60 + minute;
}

function minutesBetween(from: number, to: number): number {
  return (to - from + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

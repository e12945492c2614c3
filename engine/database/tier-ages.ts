import { type PlannedRule, type PlanTime, plannedRules } from '../contract/backup-plan';
import { periodStart, type Retention, type Tier } from '../contract/retention';
import type { DatabaseFinding } from '../contract/verify-database';
import { critical, spanText } from './finding';
import { newestOf, type RecoveryPoint, standsFor } from './recovery-point';

/** Age of the newest recovery point that each tier may rely on, in seconds; one of a tier that is kept longer stands for it. */
export function tierAges(
  points: readonly RecoveryPoint[],
  retention: Retention,
  now: number,
): Readonly<Partial<Record<Tier, number>>> {
  const ages = retention.tiers.flatMap((tier) => {
    const newest = newestOf(points.filter((point) => standsFor(point.tier, tier, retention)));
    return newest === undefined ? [] : [[tier, Math.max(0, (now - newest.createdAt) / 1000)]];
  });
  return Object.fromEntries(ages);
}

/**
 * The tiers without a recovery point as young as their schedule promises: no older than the time from one backup to the next and the
 * windows in which that may begin and end.
 *
 * A tier that has none at all is late when one was due since the database has been backed up. Without any recovery point, nothing is backed up:
 * that is told of the daily ones, right after the first deployment too.
 */
export function lateTiers(
  points: readonly RecoveryPoint[],
  retention: Retention,
  planTime: PlanTime,
  now: number,
): DatabaseFinding[] {
  const ages = tierAges(points, retention, now);
  const firstAt = Math.min(...points.map(({ createdAt }) => createdAt));
  return plannedRules(retention, planTime).flatMap((rule) => {
    if (rule.name === 'continuous') {
      return [];
    }
    const age = ages[rule.name];
    const limit = limitSeconds(rule.name, rule);
    if (age === undefined) {
      const isDue = rule.name === 'daily' || firstAt < dueStart(rule.name, rule, now);
      return isDue ? [late(`there is no ${rule.name} recovery point`, limit)] : [];
    }
    return age > limit ? [late(`the newest ${rule.name} recovery point is ${spanText(age)} old`, limit)] : [];
  });
}

/** Longest time from one backup of a tier to the next, in hours: with the hour that a day has more when summer time ends. */
const PERIOD_HOURS: Readonly<Record<Tier, number>> = {
  daily: 24 + 1,
  weekly: 7 * 24 + 1,
  monthly: 31 * 24 + 1,
  yearly: 366 * 24 + 1,
};

function limitSeconds(tier: Tier, rule: PlannedRule): number {
  return PERIOD_HOURS[tier] * 3_600 + windowsMs(rule) / 1_000;
}

/** Start of the newest period whose first backup should be there by now, wherever on earth its first day is counted. */
function dueStart(tier: Tier, rule: PlannedRule, now: number): number {
  return periodStart(tier, new Date(now - 2 * DAY_MS - windowsMs(rule))).getTime();
}

function windowsMs({ startWindowMinutes, completionWindowMinutes }: PlannedRule): number {
  return (startWindowMinutes + completionWindowMinutes) * 60_000;
}

const DAY_MS = 86_400_000;

function late(what: string, limit: number): DatabaseFinding {
  return critical(
    'recoveryPointLate',
    `${what}, must be one no older than ${spanText(limit)}: read the newest backup jobs of the database in AWS Backup, and start one by hand`,
  );
}

import type { Retention, Tier } from './retention';

/**
 * The plan by which AWS Backup takes recovery points of databases: what the constructs deploy and the verification expects. All of
 * it follows from {@link Retention} and the time of day.
 */

/**
 * Days of continuous backup, the most that RDS and AWS Backup take; also the retention that AWS Backup gives the automated backups of
 * a database, so that instance and cluster settings must say the same.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
 */
export const CONTINUOUS_DAYS = 35;

/** Longest and shortest retention that a lock of a vault takes, in days. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html */
export const VAULT_LOCK_LIMITS = { leastDays: 1, mostDays: 36_500 } as const;

/** Name of the vault in the primary Region. */
export const vaultName = (prefix: string): string => `${prefix}-vault`;

/** Name of the vault in the recovery Region, which copies go to; in the account of the recovery Region. */
export const recoveryVaultName = (prefix: string): string => `${prefix}-recovery-vault`;

/** Name of the plan. */
export const backupPlanName = (prefix: string): string => `${prefix}-databases`;

/** When each day backups begin. */
export interface PlanTime {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** IANA name of the time zone, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** One rule of the plan. */
export interface PlannedRule {
  /** Name of the rule; the tier's, or `continuous`. */
  readonly name: Tier | 'continuous';
  /** `cron(…)` of EventBridge, in the time zone of the plan. */
  readonly scheduleExpression: string;
  readonly timeZone: string;
  /** Minutes within which a job must begin. */
  readonly startWindowMinutes: number;
  /** Minutes within which a job must end. */
  readonly completionWindowMinutes: number;
  readonly deleteAfterDays: number;
  /** Whether logs are kept for any point in time. */
  readonly isContinuous: boolean;
  /** Whether each recovery point is copied to the recovery vault, and kept there as long. */
  readonly isCopied: boolean;
}

/** Range of days within which the retention of everything in a vault must lie. */
export interface LockRange {
  readonly leastDays: number;
  readonly mostDays: number;
}

/** Default time: in the night of Europe and before that of America. */
export const DEFAULT_PLAN_TIME: PlanTime = { hour: 3, minute: 0, timeZone: 'UTC' };

/**
 * The rules by which AWS Backup takes recovery points: one for each tier that is kept, longest first, and the continuous one.
 *
 * Those of the tiers begin at the same time: where rules of a plan fall together, AWS Backup makes one backup, under the rule that
 * keeps it longest, which is what {@link Retention} means by a tier. The continuous rule begins half a day later, since it would take
 * part in that: its 35 days would win over 30 daily ones, and there would be no daily snapshot.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 *
 * Copies of continuous backups are snapshots, of which each tier is copied already, so the continuous rule copies nothing.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
 */
export function plannedRules(retention: Retention, time: PlanTime): PlannedRule[] {
  const windows = {
    timeZone: time.timeZone,
    startWindowMinutes: START_WINDOW_MINUTES,
    completionWindowMinutes: COMPLETION_WINDOW_MINUTES,
  };
  const tiers = retention.tiers.map((tier) => ({
    name: tier,
    scheduleExpression: `cron(${time.minute} ${time.hour} ${DAYS_OF_TIER[tier]} *)`,
    ...windows,
    deleteAfterDays: retention.keepDays(tier),
    isContinuous: false,
    isCopied: true,
  }));
  const continuous: PlannedRule = {
    name: 'continuous',
    scheduleExpression: `cron(${time.minute} ${(time.hour + 12) % 24} ${DAYS_OF_TIER.daily} *)`,
    ...windows,
    deleteAfterDays: CONTINUOUS_DAYS,
    isContinuous: true,
    isCopied: false,
  };
  return [...tiers, continuous];
}

/**
 * The narrowest range of days that holds the retention of every rule, copies included: what a vault is locked to. Lies within
 * {@link VAULT_LOCK_LIMITS} for every {@link Retention}, which is never longer than a lock can be.
 */
export function lockRange(retention: Retention): LockRange {
  const days = [CONTINUOUS_DAYS, ...retention.tiers.map((tier) => retention.keepDays(tier))];
  return { leastDays: Math.min(...days), mostDays: Math.max(...days) };
}

/** Day of month, month and day of week of the cron expression of each tier; weeks begin on Monday, as those of {@link Retention}. */
const DAYS_OF_TIER: Readonly<Record<Tier, string>> = {
  daily: '* * ?',
  weekly: '? * MON',
  monthly: '1 * ?',
  yearly: '1 1 ?',
};

/**
 * Minutes within which a job must begin; AWS Backup takes 60 or more. Room for the hour before its automated backup in which RDS takes
 * no other.
 */
export const START_WINDOW_MINUTES = 120;

/** Minutes within which a job must end: the first snapshot of a large database is a whole one. */
const COMPLETION_WINDOW_MINUTES = 720;

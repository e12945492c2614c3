/** How long a backup is kept: the longest tier that its date earns. */
export type Tier = 'daily' | 'weekly' | 'monthly' | 'yearly';

/** All tiers, the one that is kept longest first. */
export const TIERS: readonly Tier[] = ['yearly', 'monthly', 'weekly', 'daily'];

/** Number of backups to keep of each tier; 0 for a tier that is not wanted. */
export type RetentionCounts = Readonly<Record<Tier, number>>;

/** A backup that is there already. */
export interface EarlierBackup {
  readonly tier: Tier;
  readonly at: Date;
}

/**
 * How many backups are kept, the grandfather-father-son way: so many days, weeks, months and years of them. The single
 * source of lifecycle rules, locks against deletion and the tier of each backup.
 *
 * A backup is made each day and stored once, under the longest tier that it earns: the first of a year as yearly, the first of
 * another month as monthly, of another week as weekly, all others as daily. It stays there until the tier is over, locked; it
 * never moves.
 */
export class Retention {
  /**
   * Keeps so many daily, weekly, monthly and yearly backups.
   *
   * @throws RangeError when a number is not whole, negative or above what 36,500 days hold, or when no daily ones are kept.
   */
  public static gfs(counts: RetentionCounts): Retention {
    const problem = retentionProblem(counts);
    if (problem !== undefined) {
      throw new RangeError(problem);
    }
    return new Retention(counts);
  }

  private constructor(
    /** Number of backups of each tier. */
    public readonly counts: RetentionCounts,
  ) {}

  /** The tiers that are kept, longest first. */
  public get tiers(): readonly Tier[] {
    return TIERS.filter((tier) => this.counts[tier] > 0);
  }

  /** Days for which a backup of a tier is kept: 30 daily are 30 days, 12 weekly 84, 12 monthly 366, 7 yearly 2557. */
  public keepDays(tier: Tier): number {
    return Math.ceil(this.counts[tier] * DAYS[tier]);
  }

  /** Until when a backup of a tier is kept, and locked. */
  public keptUntil(tier: Tier, at: Date): Date {
    return new Date(at.getTime() + this.keepDays(tier) * DAY_MS);
  }

  /**
   * The longest tier that a backup earns: the first of its year, month or week (ISO, from Monday; all in UTC), otherwise
   * daily. When the run on the first day of a period failed, the next backup takes its place, so that no year goes without; the very
   * first backups of a database earn by their date alone, so that a database set up in November has no yearly one at once.
   *
   * @param earlier the backups that are there, in any order.
   */
  public tierOf(at: Date, earlier: readonly EarlierBackup[]): Tier {
    const earned = this.tiers.find((tier) => tier !== 'daily' && this.earns(tier, at, earlier));
    return earned ?? 'daily';
  }

  private earns(tier: Tier, at: Date, earlier: readonly EarlierBackup[]): boolean {
    const start = periodStart(tier, at);
    const asLong = TIERS.slice(0, TIERS.indexOf(tier) + 1);
    const isTaken = earlier.some((backup) => asLong.includes(backup.tier) && backup.at >= start && backup.at <= at);
    const isFirstDay = at.getTime() - start.getTime() < DAY_MS;
    return !isTaken && (isFirstDay || earlier.some((backup) => backup.at < start));
  }
}

const DAY_MS = 86_400_000;
/** S3 takes no longer retention of a lock than 100 years (PutObjectRetention). */
const LONGEST_DAYS = 36_500;
/** Average length of the periods in days, so that leap years are covered: 7 years are 2557 days. */
const DAYS: Readonly<Record<Tier, number>> = { daily: 1, weekly: 7, monthly: 365.25 / 12, yearly: 365.25 };

/** 30 daily, 12 weekly, 12 monthly and 7 yearly backups. */
export const DEFAULT_RETENTION = Retention.gfs({ daily: 30, weekly: 12, monthly: 12, yearly: 7 });

/** What is wrong with the numbers of a retention, in one sentence; undefined when nothing is. */
export function retentionProblem(counts: RetentionCounts): string | undefined {
  for (const tier of TIERS) {
    const count = counts[tier];
    const least = tier === 'daily' ? 1 : 0;
    const most = Math.floor(LONGEST_DAYS / DAYS[tier]);
    if (!Number.isInteger(count) || count < least || count > most) {
      return `${tier} must be a whole number from ${least} to ${most}, got: ${count}`;
    }
  }
  return undefined;
}

/** When the period of a tier that a moment lies in began: the first of the year or month, Monday, or the day itself; in UTC. */
export function periodStart(tier: Tier, at: Date): Date {
  const year = at.getUTCFullYear();
  const month = at.getUTCMonth();
  const day = at.getUTCDate();
  if (tier === 'yearly') {
    return new Date(Date.UTC(year, 0, 1));
  }
  if (tier === 'monthly') {
    return new Date(Date.UTC(year, month, 1));
  }
  const daysSinceMonday = tier === 'weekly' ? (at.getUTCDay() + 6) % 7 : 0;
  return new Date(Date.UTC(year, month, day - daysSinceMonday));
}

import { Retention, type RetentionCounts, type Tier } from '../contract/retention';

/** How many backups of one tier are there in a steady state, and how far they lie apart. */
export interface KeptTier {
  readonly tier: Tier;
  /** On the average of a year. */
  readonly count: number;
  readonly keepDays: number;
  /** Days from one backup to the next that is kept as long or longer. */
  readonly gapDays: number;
}

/**
 * The backups that a retention keeps, when one is made each day and each is stored once, under the longest tier that it earns: 30 daily,
 * 12 weekly, 12 monthly and 7 yearly ones come to 54, not 61.
 *
 * @param longerDays days for which each is kept longer, as replicas do.
 */
export function keptBackups(counts: RetentionCounts, longerDays = 0): KeptTier[] {
  const retention = Retention.gfs(counts);
  const madeAYear = yearlyRates(counts);
  return retention.tiers.map((tier) => {
    const keepDays = retention.keepDays(tier) + longerDays;
    return { tier, count: (madeAYear[tier] * keepDays) / YEAR_DAYS, keepDays, gapDays: GAP_DAYS[tier] };
  });
}

/** Number of all backups that are kept. */
export function keptCount(counts: RetentionCounts, longerDays = 0): number {
  return keptBackups(counts, longerDays).reduce((sum, { count }) => sum + count, 0);
}

const YEAR_DAYS = 365.25;
const GAP_DAYS: Readonly<Record<Tier, number>> = { daily: 1, weekly: 7, monthly: YEAR_DAYS / 12, yearly: YEAR_DAYS };

/** Backups of each tier that are made in a year, those of a longer tier that fall on the same day left out. */
function yearlyRates({ weekly, monthly, yearly }: RetentionCounts): Record<Tier, number> {
  const years = yearly > 0 ? 1 : 0;
  const months = monthly > 0 ? 12 - years : 0;
  // One in seven of the first days of months is a Monday.
  const weeks = weekly > 0 ? YEAR_DAYS / 7 - (years + months) / 7 : 0;
  return { yearly: years, monthly: months, weekly: weeks, daily: YEAR_DAYS - years - months - weeks };
}

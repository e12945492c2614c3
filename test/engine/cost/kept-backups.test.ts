import { type EarlierBackup, Retention, type RetentionCounts, type Tier } from '../../../engine/contract/retention';
import { keptBackups, keptCount } from '../../../engine/cost/kept-backups';

const DAY_MS = 86_400_000;

/** Makes a backup each day for some years, as the jobs do, and counts what is there on each day of the last one. */
function simulated(counts: RetentionCounts, years: number): Record<Tier, number> {
  const retention = Retention.gfs(counts);
  const sums: Record<Tier, number> = { daily: 0, weekly: 0, monthly: 0, yearly: 0 };
  let kept: (EarlierBackup & { until: Date })[] = [];
  for (let day = 0; day < years * 365.25; day += 1) {
    const at = new Date(Date.UTC(2020, 0, 1, 2) + day * DAY_MS);
    kept = kept.filter(({ until }) => until > at);
    const tier = retention.tierOf(at, kept);
    kept.push({ tier, at, until: retention.keptUntil(tier, at) });
    if (day >= (years - 1) * 365.25) {
      for (const each of kept) {
        sums[each.tier] += 1 / 365;
      }
    }
  }
  return sums;
}

test('keeps as many as a retention without longer tiers says', () => {
  expect(keptBackups({ daily: 30, weekly: 0, monthly: 0, yearly: 0 })).toEqual([
    { tier: 'daily', count: expect.closeTo(30), keepDays: 30, gapDays: 1 },
  ]);
});

test('stores each backup once, under its longest tier: of 30, 12, 12 and 7 there are 54', () => {
  expect(keptCount({ daily: 30, weekly: 12, monthly: 12, yearly: 7 })).toBeCloseTo(54.5, 1);
});

test.each<[RetentionCounts, number]>([
  [{ daily: 30, weekly: 12, monthly: 12, yearly: 3 }, 5],
  [{ daily: 14, weekly: 8, monthly: 0, yearly: 2 }, 4],
  [{ daily: 7, weekly: 0, monthly: 6, yearly: 0 }, 3],
])('comes to what years of daily backups leave with %j', (counts, years) => {
  const expected = simulated(counts, years);
  for (const { tier, count } of keptBackups(counts)) {
    expect(Math.abs(count - expected[tier])).toBeLessThan(0.6);
  }
});

test('counts what a replica keeps longer', () => {
  const counts = { daily: 30, weekly: 0, monthly: 0, yearly: 0 };
  expect(keptCount(counts, 7)).toBeCloseTo(37);
});

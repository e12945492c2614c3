import fc from 'fast-check';
import {
  DEFAULT_RETENTION,
  type EarlierBackup,
  Retention,
  type RetentionCounts,
  retentionProblem,
  TIERS,
  type Tier,
} from '../../../engine/contract/retention';

const DAY_MS = 86_400_000;
const COUNTS: RetentionCounts = { daily: 30, weekly: 12, monthly: 12, yearly: 7 };

/** The backups of daily runs from a day on, of which some failed. */
function runDaily(from: string, outcomes: readonly boolean[], retention = DEFAULT_RETENTION): EarlierBackup[] {
  const backups: EarlierBackup[] = [];
  outcomes.forEach((isMade, day) => {
    const at = new Date(Date.parse(from) + day * DAY_MS);
    if (isMade) {
      backups.push({ at, tier: retention.tierOf(at, backups) });
    }
  });
  return backups;
}

/** Runs of each of some years from a day in the first on; failures come alone and in rows. */
const history = fc.record({
  from: fc
    .date({ min: new Date('2023-01-01T00:00:00Z'), max: new Date('2026-12-31T23:00:00Z'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  outcomes: fc
    .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { minLength: 20, maxLength: 60 })
    .map((rows) => rows.flatMap(([isMade, days]) => Array<boolean>(days).fill(isMade))),
});

const year = ({ at }: EarlierBackup): string => at.toISOString().slice(0, 4);
const month = ({ at }: EarlierBackup): string => at.toISOString().slice(0, 7);
/** The Monday of the week. */
const week = ({ at }: EarlierBackup): string => {
  const day = Math.floor(at.getTime() / DAY_MS);
  return String(day - ((day + 3) % 7));
};
const tiersAtLeast = (tier: Tier): readonly Tier[] => TIERS.slice(0, TIERS.indexOf(tier) + 1);

describe('the tier of a backup', () => {
  test.each<[string, Tier]>([
    ['2026-01-01T02:00:00Z', 'yearly'],
    ['2026-06-01T23:59:59Z', 'monthly'],
    ['2026-11-23T02:00:00Z', 'weekly'],
    ['2026-11-24T02:00:00Z', 'daily'],
    ['2026-11-22T23:59:59Z', 'daily'],
  ])('of a database that has none yet, at %s, is %s by the date alone', (at, tier) => {
    expect(DEFAULT_RETENTION.tierOf(new Date(at), [])).toBe(tier);
  });

  test('is the longest that the first backup of its period earns', () => {
    const backups = runDaily('2026-12-29T02:00:00Z', Array(36).fill(true));
    const longer = backups.filter(({ tier }) => tier !== 'daily');
    expect(longer.map(({ at, tier }) => `${at.toISOString().slice(0, 10)} ${tier}`)).toEqual([
      '2027-01-01 yearly',
      '2027-01-04 weekly',
      '2027-01-11 weekly',
      '2027-01-18 weekly',
      '2027-01-25 weekly',
      '2027-02-01 monthly',
    ]);
  });

  test('passes to the next backup when the first run of a period failed', () => {
    const outcomes = Array<boolean>(40).fill(true).fill(false, 3, 10);
    const backups = runDaily('2026-12-29T02:00:00Z', outcomes);
    expect(backups[3]).toMatchObject({ at: new Date('2027-01-08T02:00:00Z'), tier: 'yearly' });
    expect(backups[4]).toMatchObject({ tier: 'daily' });
  });

  test('is earned once by two runs of one day', () => {
    const first = { at: new Date('2027-01-01T02:00:00Z'), tier: 'yearly' } as const;
    expect(DEFAULT_RETENTION.tierOf(new Date('2027-01-01T02:00:01Z'), [first])).toBe('daily');
  });

  test('does not depend on backups that came later', () => {
    const later = { at: new Date('2027-01-03T02:00:00Z'), tier: 'yearly' } as const;
    expect(DEFAULT_RETENTION.tierOf(new Date('2027-01-01T02:00:00Z'), [later])).toBe('yearly');
  });

  test('is never one that is not kept', () => {
    const retention = Retention.gfs({ daily: 7, weekly: 0, monthly: 3, yearly: 0 });
    const tiers = new Set(runDaily('2026-01-01T02:00:00Z', Array(400).fill(true), retention).map(({ tier }) => tier));
    expect([...tiers].sort()).toEqual(['daily', 'monthly']);
    expect(retention.tiers).toEqual(['monthly', 'daily']);
  });
});

describe('whatever runs fail', () => {
  test.each<[Tier, (backup: EarlierBackup) => string]>([
    ['yearly', year],
    ['monthly', month],
    ['weekly', week],
  ])('each period after the first that has a backup has exactly one that is %s or longer', (tier, periodOf) => {
    fc.assert(
      fc.property(history, ({ from, outcomes }) => {
        const backups = runDaily(from, outcomes);
        const kept = backups.filter((backup) => tiersAtLeast(tier).includes(backup.tier));
        const periods = [...new Set(backups.map(periodOf))];
        const counts = periods.map((period) => kept.filter((backup) => periodOf(backup) === period).length);
        // A week may hold the first backup of a month as well as that of a year and, with its own, three at most.
        const most = { yearly: 1, monthly: 1, weekly: 3, daily: 0 }[tier];
        expect(counts.slice(1).every((count) => count >= 1 && count <= most)).toBe(true);
        expect(counts.every((count) => count <= most)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('the longest tier goes to the first backup of its period', () => {
    fc.assert(
      fc.property(history, ({ from, outcomes }) => {
        const backups = runDaily(from, outcomes);
        const firsts = new Map(backups.toReversed().map((backup) => [year(backup), backup]));
        const yearly = backups.filter(({ tier }) => tier === 'yearly');
        expect(yearly.every((backup) => firsts.get(year(backup)) === backup)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('the order in which earlier backups are listed does not matter', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 400 }), ({ from, outcomes }, days) => {
        const backups = runDaily(from, outcomes);
        const at = new Date(Date.parse(from) + (outcomes.length + days) * DAY_MS);
        expect(DEFAULT_RETENTION.tierOf(at, backups.toReversed())).toBe(DEFAULT_RETENTION.tierOf(at, backups));
      }),
      { numRuns: 20 },
    );
  });
});

describe('how long a backup is kept', () => {
  test('is as many days as its tier has periods, leap years included', () => {
    expect(TIERS.map((tier) => DEFAULT_RETENTION.keepDays(tier))).toEqual([2557, 366, 84, 30]);
    expect(DEFAULT_RETENTION.counts).toEqual(COUNTS);
  });

  test('ends so many days after it was made', () => {
    const at = new Date('2026-11-23T02:00:00Z');
    expect(DEFAULT_RETENTION.keptUntil('daily', at).toISOString()).toBe('2026-12-23T02:00:00.000Z');
    expect(DEFAULT_RETENTION.keptUntil('yearly', at).toISOString()).toBe('2033-11-23T02:00:00.000Z');
  });

  test('leaves at no time fewer than the wanted number of backups', () => {
    const backups = runDaily('2020-01-01T02:00:00Z', Array(366 * 9).fill(true));
    const now = backups.at(-1)?.at ?? new Date(0);
    const left = backups.filter(({ tier, at }) => DEFAULT_RETENTION.keptUntil(tier, at) >= now);
    const count = (tier: Tier) => left.filter((backup) => backup.tier === tier).length;
    expect(count('yearly')).toBeGreaterThanOrEqual(COUNTS.yearly);
    expect(count('monthly') + count('yearly')).toBeGreaterThanOrEqual(COUNTS.monthly);
    expect(left.filter(({ at }) => now.getTime() - at.getTime() < 30 * DAY_MS)).toHaveLength(COUNTS.daily);
    expect(left.length).toBeLessThan(COUNTS.daily + COUNTS.weekly + COUNTS.monthly + COUNTS.yearly + 3);
  });
});

describe('numbers', () => {
  test.each<[Partial<RetentionCounts>, string]>([
    [{ daily: 0 }, 'daily must be a whole number from 1 to 36500, got: 0'],
    [{ daily: 36_501 }, 'daily must be a whole number from 1 to 36500, got: 36501'],
    [{ weekly: -1 }, 'weekly must be a whole number from 0 to 5214, got: -1'],
    [{ monthly: 1.5 }, 'monthly must be a whole number from 0 to 1199, got: 1.5'],
    [{ yearly: 100 }, 'yearly must be a whole number from 0 to 99, got: 100'],
    [{ yearly: Number.NaN }, 'yearly must be a whole number from 0 to 99, got: NaN'],
  ])('that cannot be kept are refused: %j', (wrong, message) => {
    expect(retentionProblem({ ...COUNTS, ...wrong })).toBe(message);
    expect(() => Retention.gfs({ ...COUNTS, ...wrong })).toThrow(new RangeError(message));
  });

  test('within their limits are kept no longer than S3 can lock', () => {
    const largest = { daily: 36_500, weekly: 5_214, monthly: 1_199, yearly: 99 };
    const retention = Retention.gfs(largest);
    for (const tier of TIERS) {
      expect(retention.keepDays(tier)).toBeLessThanOrEqual(36_500);
      expect(retentionProblem({ ...largest, [tier]: largest[tier] + 1 })).toContain(tier);
    }
  });
});

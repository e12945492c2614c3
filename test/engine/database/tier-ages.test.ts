import fc from 'fast-check';
import { DEFAULT_RETENTION, periodStart, Retention, TIERS, type Tier } from '../../../engine/contract/retention';
import type { RecoveryPoint } from '../../../engine/database/recovery-point';
import { lateTiers, tierAges } from '../../../engine/database/tier-ages';

const TIME = { hour: 3, minute: 0, timeZone: 'UTC' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Both windows of a job. */
const WINDOWS = 14 * HOUR;
/** From one backup to the next at most, windows included. */
const LIMITS: Readonly<Record<Tier, number>> = {
  daily: 25 * HOUR + WINDOWS,
  weekly: 7 * DAY + HOUR + WINDOWS,
  monthly: 31 * DAY + HOUR + WINDOWS,
  yearly: 366 * DAY + HOUR + WINDOWS,
};

const at = (text: string): number => Date.parse(text);
const point = (tier: Tier, createdAt: number): RecoveryPoint => ({
  arn: 'arn',
  resource: 'db:orders',
  tier,
  isPlanned: true,
  createdAt,
  completedAt: createdAt,
});
const late = (points: readonly RecoveryPoint[], now: number, retention = DEFAULT_RETENTION): string[] =>
  lateTiers(points, retention, TIME, now).map(({ detail }) => detail);

/** The points that the plan takes: one a day, of the tier that is kept longest of those whose day it is. */
function planned(from: number, until: number, retention = DEFAULT_RETENTION): RecoveryPoint[] {
  const tiers = [...retention.tiers].sort((one, other) => retention.keepDays(other) - retention.keepDays(one));
  const points: RecoveryPoint[] = [];
  for (let day = from; day <= until; day += DAY) {
    const moment = new Date(day + 3 * HOUR);
    const isFirstDay = (tier: Tier) => moment.getTime() - periodStart(tier, moment).getTime() < DAY;
    points.push(point(tiers.find((tier) => isFirstDay(tier)) ?? 'daily', moment.getTime()));
  }
  return points;
}

describe('the age of a tier', () => {
  const now = at('2026-11-23T15:00:00Z');

  test('is that of its newest recovery point', () => {
    const points = [point('daily', now - 2 * DAY), point('daily', now - DAY), point('daily', now - 3 * DAY)];
    expect(tierAges(points, DEFAULT_RETENTION, now)).toEqual({ daily: 86_400 });
  });

  test('is that of a longer tier where that is newer, and never of a shorter one', () => {
    const points = [point('daily', now - 3 * DAY), point('monthly', now - 2 * DAY), point('daily', now - DAY)];
    expect(tierAges(points, DEFAULT_RETENTION, now)).toEqual({ monthly: 172_800, weekly: 172_800, daily: 86_400 });
  });

  test('is that of whatever tier is kept longer, however the tiers are called', () => {
    const retention = Retention.gfs({ daily: 60, weekly: 4, monthly: 1, yearly: 0 });
    const points = [point('weekly', now - 3 * DAY), point('monthly', now - 2 * DAY), point('daily', now - DAY)];
    expect(tierAges(points, retention, now)).toEqual({ monthly: 86_400, weekly: 86_400, daily: 86_400 });
    expect(tierAges(points.slice(0, 2), retention, now)).toEqual({ monthly: 172_800, weekly: 172_800 });
  });

  test('is that of a tier that is not kept any more, where it was a longer one', () => {
    const retention = Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 });
    expect(tierAges([point('monthly', now - DAY)], retention, now)).toEqual({ weekly: 86_400, daily: 86_400 });
  });

  test('is not told of a tier that is not kept, and never negative', () => {
    const daily = Retention.gfs({ daily: 7, weekly: 0, monthly: 0, yearly: 0 });
    expect(tierAges([point('yearly', now + 5_000)], daily, now)).toEqual({ daily: 0 });
  });
});

describe('a tier', () => {
  test.each(TIERS)('is late a moment after its period and the windows of its job: %s', (tier) => {
    const now = at('2026-11-23T15:00:00Z');
    const others = TIERS.filter((each) => each !== tier).map((each) => point(each, now - 1));
    // A longer tier would stand for it.
    const points = [...others.filter((each) => TIERS.indexOf(each.tier) > TIERS.indexOf(tier))];
    const longer = TIERS.slice(0, TIERS.indexOf(tier)).map((each) => point(each, now - LIMITS[tier] - HOUR));
    const isLate = (age: number) =>
      late([...points, ...longer, point(tier, now - age)], now).some((text) => text.includes(` ${tier} `));
    expect(isLate(LIMITS[tier])).toBe(false);
    expect(isLate(LIMITS[tier] + 1)).toBe(true);
  });

  test('says how old it is, what the limit is, and what to do', () => {
    const now = at('2026-11-23T15:00:00Z');
    const points = [point('yearly', now - 60 * DAY)];
    expect(late(points, now)).toEqual([
      'the newest monthly recovery point is 60 days old, must be one no older than 32 days: read the newest backup jobs of the database in AWS Backup, and start one by hand',
      'the newest weekly recovery point is 60 days old, must be one no older than 8 days: read the newest backup jobs of the database in AWS Backup, and start one by hand',
      'the newest daily recovery point is 60 days old, must be one no older than 39 h: read the newest backup jobs of the database in AWS Backup, and start one by hand',
    ]);
  });
});

describe('a database without any recovery point', () => {
  test('is told of once, right away', () => {
    expect(late([], at('2026-11-23T15:00:00Z'))).toEqual([expect.stringMatching(/^there is no daily recovery point/)]);
  });
});

describe('a tier without any recovery point', () => {
  const daily = (from: string, until: string) => {
    const points: RecoveryPoint[] = [];
    for (let moment = at(from); moment <= at(until); moment += DAY) {
      points.push(point('daily', moment));
    }
    return points;
  };

  test('is not late while none was due since backups began', () => {
    expect(late(daily('2026-11-17T03:00:00Z', '2026-11-22T03:00:00Z'), at('2026-11-22T15:00:00Z'))).toEqual([]);
  });

  test('is late when one was due, and its windows are over', () => {
    const monday = daily('2026-11-10T03:00:00Z', '2026-11-18T03:00:00Z');
    expect(late(monday, at('2026-11-18T13:59:59Z'))).toEqual([]);
    expect(late(monday, at('2026-11-18T14:00:00Z'))).toEqual([
      expect.stringMatching(/^there is no weekly recovery point/),
    ]);
  });

  test('is late even where nothing but daily ones is kept besides', () => {
    const retention = Retention.gfs({ daily: 30, weekly: 0, monthly: 12, yearly: 0 });
    const kept = daily('2026-11-03T03:00:00Z', '2026-12-03T03:00:00Z');
    expect(late(kept, at('2026-12-03T13:59:59Z'), retention)).toEqual([]);
    const begunBefore = daily('2026-11-30T03:00:00Z', '2026-12-03T03:00:00Z');
    expect(late(begunBefore, at('2026-12-03T15:00:00Z'), retention)).toEqual([
      expect.stringMatching(/^there is no monthly recovery point/),
    ]);
  });
});

test('no schedule that is kept is ever late, whatever is kept, whenever it began and whoever looks', () => {
  const day = fc.integer({ min: 0, max: 800 });
  const count = (least: number) => fc.integer({ min: least, max: 99 });
  const kept = fc.record({ daily: count(1), weekly: count(0), monthly: count(0), yearly: count(0) });
  fc.assert(
    fc.property(day, day, fc.integer({ min: 0, max: DAY - 1 }), kept, (from, days, time, counts) => {
      const retention = Retention.gfs(counts);
      const start = at('2025-06-01T00:00:00Z') + from * DAY;
      const end = start + days * DAY;
      const points = planned(start, end, retention);
      const now = end + 3 * HOUR + (time % (DAY - 1));
      expect(late(points, now, retention)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a schedule that stopped is late within two days', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), (days) => {
      const start = at('2025-06-01T00:00:00Z');
      const points = planned(start, start + days * DAY);
      const last = points.at(-1)?.createdAt ?? 0;
      expect(late(points, last + LIMITS.daily + 1)).toContainEqual(expect.stringContaining('newest daily'));
    }),
    { numRuns: 40 },
  );
});

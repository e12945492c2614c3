import fc from 'fast-check';
import {
  CONTINUOUS_DAYS,
  DEFAULT_PLAN_TIME,
  lockRange,
  type PlanTime,
  plannedRules,
  START_WINDOW_MINUTES,
  VAULT_LOCK_LIMITS,
} from '../../../engine/contract/backup-plan';
import { DEFAULT_RETENTION, Retention } from '../../../engine/contract/retention';

const MINUTES_A_DAY = 1440;
const TIME: PlanTime = { hour: 14, minute: 30, timeZone: 'Europe/Berlin' };

/** Any retention that a user can write. */
const anyRetention = fc
  .record({
    daily: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 36_500 })),
    weekly: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 5_214 })),
    monthly: fc.oneof(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 1_199 })),
    yearly: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 99 })),
  })
  .map((counts) => Retention.gfs(counts));
const anyTime = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
});

describe('the rules', () => {
  test('of the default retention keep 7 years, 12 months, 12 weeks and 30 days, and 35 days of logs', () => {
    const rules = plannedRules(DEFAULT_RETENTION, TIME);
    expect(
      rules.map(({ name, scheduleExpression, deleteAfterDays }) => [name, scheduleExpression, deleteAfterDays]),
    ).toEqual([
      ['yearly', 'cron(30 14 1 1 ? *)', 2557],
      ['monthly', 'cron(30 14 1 * ? *)', 366],
      ['weekly', 'cron(30 14 ? * MON *)', 84],
      ['daily', 'cron(30 14 * * ? *)', 30],
      ['continuous', 'cron(30 2 * * ? *)', CONTINUOUS_DAYS],
    ]);
    for (const rule of rules) {
      expect(rule).toMatchObject({ timeZone: 'Europe/Berlin', startWindowMinutes: 120, completionWindowMinutes: 720 });
    }
  });

  test('leave out a tier of which nothing is kept', () => {
    const retention = Retention.gfs({ daily: 7, weekly: 0, monthly: 3, yearly: 0 });
    expect(plannedRules(retention, DEFAULT_PLAN_TIME).map(({ name }) => name)).toEqual([
      'monthly',
      'daily',
      'continuous',
    ]);
  });

  test('copy every tier, and keep logs by one rule alone, whose backups are not copied', () => {
    for (const { name, isContinuous, isCopied } of plannedRules(DEFAULT_RETENTION, TIME)) {
      expect([isContinuous, isCopied]).toEqual(name === 'continuous' ? [true, false] : [false, true]);
    }
  });

  test('of the tiers begin together, and never within the start window of the continuous one, nor that within theirs', () => {
    fc.assert(
      fc.property(anyRetention, anyTime, (retention, time) => {
        const starts = plannedRules(retention, time).map((rule) => ({
          ...rule,
          start: startOf(rule.scheduleExpression),
        }));
        const continuous = starts.find(({ isContinuous }) => isContinuous)?.start ?? Number.NaN;
        for (const { start, isContinuous } of starts) {
          expect(start).toBe(isContinuous ? continuous : time.hour * 60 + time.minute);
        }
        const apart = Math.abs(continuous - (time.hour * 60 + time.minute));
        expect(Math.min(apart, MINUTES_A_DAY - apart)).toBeGreaterThan(START_WINDOW_MINUTES);
      }),
    );
  });

  test('give a job a longer time to end than to begin, and at least the hour to begin that AWS Backup asks for', () => {
    for (const { startWindowMinutes, completionWindowMinutes } of plannedRules(DEFAULT_RETENTION, TIME)) {
      expect(startWindowMinutes).toBeGreaterThanOrEqual(60);
      expect(completionWindowMinutes).toBeGreaterThan(startWindowMinutes);
    }
  });
});

describe('the lock range', () => {
  test('of the default retention is 30 to 2557 days', () => {
    expect(lockRange(DEFAULT_RETENTION)).toEqual({ leastDays: 30, mostDays: 2557 });
  });

  test('holds the 35 days of logs when everything else is kept shorter or longer', () => {
    expect(lockRange(Retention.gfs({ daily: 7, weekly: 2, monthly: 0, yearly: 0 })).mostDays).toBe(CONTINUOUS_DAYS);
    expect(lockRange(Retention.gfs({ daily: 60, weekly: 0, monthly: 0, yearly: 1 })).leastDays).toBe(CONTINUOUS_DAYS);
  });

  test('holds the retention of every rule, is no wider than that, and is one that a vault takes, for any retention', () => {
    fc.assert(
      fc.property(anyRetention, anyTime, (retention, time) => {
        const { leastDays, mostDays } = lockRange(retention);
        const days = plannedRules(retention, time).map(({ deleteAfterDays }) => deleteAfterDays);
        expect(days.filter((each) => each < leastDays || each > mostDays)).toEqual([]);
        expect(days).toEqual(expect.arrayContaining([leastDays, mostDays]));
        expect(leastDays).toBeGreaterThanOrEqual(VAULT_LOCK_LIMITS.leastDays);
        expect(mostDays).toBeLessThanOrEqual(VAULT_LOCK_LIMITS.mostDays);
      }),
    );
  });
});

/** Minute of the day at which a cron expression fires. */
function startOf(expression: string): number {
  const [, minute, hour] = /^cron\((\d+) (\d+) /.exec(expression) ?? [];
  return Number(hour) * 60 + Number(minute);
}

import fc from 'fast-check';
import {
  type CacheKind,
  DEFAULT_SAVE_POINTS,
  longestIntervalSeconds,
  QUOTA_SHARES,
  RETRY_SECONDS,
  type SavePointRule,
  SNAPSHOTS_PER_DAY,
  steadySpacingSeconds,
} from '../../../engine/contract/redis';
import { decideSnapshot, type SnapshotSituation } from '../../../engine/redis/save-points';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Date.parse('2026-11-23T12:00:00Z');
const SPACING = steadySpacingSeconds('replicationGroup') * 1000;

const situation = (differs: Partial<SnapshotSituation>): SnapshotSituation => ({
  kind: 'replicationGroup',
  rules: DEFAULT_SAVE_POINTS,
  now: NOW,
  changes: 1,
  savedAt: undefined,
  own: [],
  others: [],
  failed: undefined,
  ...differs,
});
const minutesAgo = (minutes: number) => NOW - minutes * MINUTE;

describe('the decision', () => {
  test.each([
    ['a first change, never saved', {}, 'due'],
    ['no change', { changes: 0 }, 'notDue'],
    ['no save points', { rules: [], changes: 1e6 }, 'notDue'],
    ['a change, saved 14 minutes ago', { savedAt: minutesAgo(14) }, 'notDue'],
    ['a change, saved 15 minutes ago after a quiet day', { savedAt: minutesAgo(15), own: [minutesAgo(15)] }, 'due'],
    ['9 changes within 5 minutes', { changes: 9, savedAt: minutesAgo(5), own: [minutesAgo(5)] }, 'notDue'],
    ['10 changes within 5 minutes', { changes: 10, savedAt: minutesAgo(5), own: [minutesAgo(5)] }, 'due'],
    ['10,000 changes within a minute', { changes: 10_000, savedAt: minutesAgo(1), own: [minutesAgo(1)] }, 'due'],
  ] as const)('%s', (_, differs, expected) => {
    expect(decideSnapshot(situation(differs))).toBe(expected);
  });

  test('an automatic snapshot in between leaves the own quota for the next change', () => {
    expect(decideSnapshot(situation({ savedAt: minutesAgo(15) }))).toBe('due');
  });

  test('the save point with the fewest changes leaves the early share of a busy day to bursts', () => {
    const own = [minutesAgo(20), ...Array.from({ length: 11 }, (_, index) => minutesAgo(20) - (index + 1) * SPACING)];
    expect(decideSnapshot(situation({ changes: 5, savedAt: minutesAgo(20), own: own.slice(1) }))).toBe('due');
    expect(decideSnapshot(situation({ changes: 5, savedAt: minutesAgo(20), own }))).toBe('spaced');
    expect(decideSnapshot(situation({ changes: 10, savedAt: minutesAgo(20), own }))).toBe('due');
  });

  test('bursts get no more than the early share between two steady ones', () => {
    const own = Array.from({ length: QUOTA_SHARES.early + 1 }, (_, index) => minutesAgo(5 + index));
    expect(decideSnapshot(situation({ changes: 1e6, savedAt: minutesAgo(5), own }))).toBe('spaced');
    expect(decideSnapshot(situation({ changes: 1e6, savedAt: minutesAgo(6), own: own.slice(1) }))).toBe('due');
  });

  test('after a steady spacing it is always due', () => {
    const own = Array.from({ length: 15 }, (_, index) => NOW - (index + 1) * SPACING);
    expect(decideSnapshot(situation({ savedAt: NOW - SPACING, own }))).toBe('due');
  });

  test.each([
    [16, 2, 'due'],
    [16, 3, 'due'],
    [16, 4, 'noQuota'],
    [18, 0, 'noQuota'],
  ])('%d own and %d of others within a day: %s', (own, others, expected) => {
    const spread = (count: number) => Array.from({ length: count }, (_, index) => NOW - SPACING - index * MINUTE);
    const taken = { own: spread(own), others: spread(others), savedAt: NOW - SPACING };
    expect(decideSnapshot(situation(taken))).toBe(expected);
  });

  test('pauses shortly after an accident, and long after many', () => {
    const decisionAfter = (count: number, seconds: number) =>
      decideSnapshot(situation({ failed: { count, lastAt: NOW - seconds * 1000 } }));
    expect(decisionAfter(1, RETRY_SECONDS - 1)).toBe('afterFailure');
    expect(decisionAfter(2, RETRY_SECONDS)).toBe('due');
    expect(decisionAfter(3, RETRY_SECONDS)).toBe('afterFailure');
    expect(decisionAfter(3, SPACING / 1000)).toBe('due');
  });
});

test('the promise of the default save points is what the documentation says', () => {
  expect(longestIntervalSeconds('replicationGroup', DEFAULT_SAVE_POINTS)).toBe(6440);
  expect(longestIntervalSeconds('serverless', DEFAULT_SAVE_POINTS)).toBe(5224);
  expect(longestIntervalSeconds('serverless', [{ changes: 5, seconds: 7200 }])).toBe(7200 + 660);
  expect(longestIntervalSeconds('serverless', [])).toBe(Number.POSITIVE_INFINITY);
});

/** What the service does with one minute of a simulated life. */
interface Minute {
  /** Changes written. */
  readonly writes: number;
  /** Someone else takes a snapshot. */
  readonly foreign: boolean;
  /** The next snapshot that Holdfast tries fails. */
  readonly fails: boolean;
}

/** What came of a simulation. */
interface Life {
  /** Snapshots that Holdfast began although the quota was used up. */
  readonly overQuota: number;
  /**
   * Seconds by which a snapshot came later than promised, at worst: the promised interval after the one before, or with the next
   * probe where the save point with the fewest changes was met later than that. Not above 0 when the promise was kept.
   */
  readonly late: number;
  /** Longest time in seconds from one snapshot to the next. */
  readonly longestGap: number;
  readonly taken: number;
}

/** Lives minute after minute against a service that counts all snapshots, failed ones too, over exactly 24 hours. */
function live(kind: CacheKind, rules: readonly SavePointRule[], minutes: Iterable<Minute>): Life {
  const fewest = Math.min(...rules.map((rule) => rule.changes));
  const promised = longestIntervalSeconds(kind, rules) * 1000;
  let [counted, own, others]: [number[], number[], number[]] = [[], [], []];
  const life = { overQuota: 0, late: Number.NEGATIVE_INFINITY, longestGap: 0, taken: 0 };
  let [now, changes] = [NOW, 0];
  let [savedAt, metSince]: [number | undefined, number | undefined] = [undefined, undefined];
  let failed: SnapshotSituation['failed'];
  const used = () => counted.filter((at) => at > now - DAY).length;
  const judge = () => {
    if (metSince !== undefined) {
      const atOnce = metSince + QUOTA_SHARES.reserved * RETRY_SECONDS * 1000 + MINUTE;
      life.late = Math.max(life.late, (now - Math.max(atOnce, (savedAt ?? 0) + promised)) / 1000);
    }
  };
  const saved = () => {
    life.longestGap = Math.max(life.longestGap, (now - (savedAt ?? now)) / 1000);
    [savedAt, changes, metSince] = [now, 0, undefined];
  };
  for (const { writes, foreign, fails } of minutes) {
    changes += writes;
    metSince = changes >= fewest ? (metSince ?? now) : undefined;
    judge();
    if (foreign && used() < SNAPSHOTS_PER_DAY[kind]) {
      counted.push(now);
      others.push(now);
      saved();
    }
    if (decideSnapshot({ kind, rules, now, changes, savedAt, own, others, failed }) === 'due') {
      life.overQuota += used() < SNAPSHOTS_PER_DAY[kind] ? 0 : 1;
      counted.push(now);
      if (fails) {
        others.push(now);
        failed = { count: (failed?.count ?? 0) + 1, lastAt: now };
      } else {
        own.push(now);
        life.taken += 1;
        failed = undefined;
        saved();
      }
    }
    now += MINUTE;
    if (now % DAY === 0) {
      const isRecent = (at: number) => at > now - 2 * DAY;
      [counted, own, others] = [counted.filter(isRecent), own.filter(isRecent), others.filter(isRecent)];
    }
  }
  return life;
}

const MINUTES = 30 * 24 * 60;

/** Deterministic random numbers in [0, 1): mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 30 days of quiet, steady and bursting hours. */
function* load(seed: number, accidents: (minute: number, random: () => number) => Partial<Minute>): Generator<Minute> {
  const random = randomFrom(seed);
  let perMinute = 0;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    if (minute % 60 === 0) {
      const mood = random();
      perMinute = mood < 0.3 ? 0 : mood < 0.6 ? 0.05 : mood < 0.8 ? 20 : mood < 0.9 ? 1_000 : 100_000;
    }
    const writes = Math.floor(perMinute + random());
    yield { writes: perMinute === 0 ? 0 : writes, foreign: false, fails: false, ...accidents(minute, random) };
  }
}

/** No more than the reserved share within any 24 hours. */
function fewAccidents() {
  const recent: number[] = [];
  return (minute: number, random: () => number): Partial<Minute> => {
    const isFree = recent.filter((at) => at > minute - 24 * 60 - 10).length < QUOTA_SHARES.reserved;
    const lot = random();
    if (!isFree || lot > 0.01) {
      return {};
    }
    recent.push(minute);
    return lot < 0.005 ? { foreign: true } : { fails: true };
  };
}

const kinds = fc.constantFrom<CacheKind>('replicationGroup', 'serverless');
const rulesOf = fc.uniqueArray(
  fc.record({ changes: fc.constantFrom(1, 2, 10, 10_000), seconds: fc.integer({ min: 60, max: 10_000 }) }),
  { minLength: 1, maxLength: 4, selector: ({ changes }) => changes },
);
const policies = fc.oneof(fc.constant<readonly SavePointRule[]>(DEFAULT_SAVE_POINTS), rulesOf);

describe('over 30 simulated days', () => {
  test('the quota is never exceeded and the promised interval kept, with the reserved number of accidents', () => {
    fc.assert(
      fc.property(fc.integer(), kinds, policies, (seed, kind, rules) => {
        const { overQuota, late } = live(kind, rules, load(seed, fewAccidents()));
        expect(overQuota).toBe(0);
        expect(late).toBeLessThanOrEqual(0);
      }),
      { numRuns: 8 },
    );
  });

  test('the quota is never exceeded, however many snapshots others take and however many fail', () => {
    const many = (_: number, random: () => number) => ({ foreign: random() < 0.01, fails: random() < 0.3 });
    fc.assert(
      fc.property(fc.integer(), kinds, policies, (seed, kind, rules) => {
        expect(live(kind, rules, load(seed, many)).overQuota).toBe(0);
      }),
      { numRuns: 8 },
    );
  });

  test('a cache that never rests gets all the steady snapshots, and the early ones', () => {
    const always = Array.from({ length: MINUTES }, () => ({ writes: 20_000, foreign: false, fails: false }));
    const { taken, longestGap } = live('replicationGroup', DEFAULT_SAVE_POINTS, always);
    expect(taken / 30).toBeGreaterThan(14.9);
    expect(taken / 30).toBeLessThanOrEqual(SNAPSHOTS_PER_DAY.replicationGroup - QUOTA_SHARES.reserved);
    expect(longestGap).toBeLessThanOrEqual(steadySpacingSeconds('replicationGroup') + 60);
  });
});

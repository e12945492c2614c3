import type { CacheSnapshot } from '../../../engine/redis/cache-service';
import type { KnownSnapshot, ProbeState } from '../../../engine/redis/probe-state';
import { followSnapshots, isUnderWay, newestOf, situationOf } from '../../../engine/redis/snapshot-course';
import { eventOf, HOUR, MINUTE, NOW } from './fake-elasticache';

const iso = (at: number) => new Date(at).toISOString();
const known = (differs: Partial<KnownSnapshot> = {}): KnownSnapshot => ({
  name: 'redis-20261123-110000',
  at: iso(NOW - HOUR),
  mark: 40,
  isOwn: true,
  isManual: true,
  status: 'saved',
  ...differs,
});
const listed = (differs: Partial<CacheSnapshot> = {}): CacheSnapshot => ({
  name: 'redis-20261123-110000',
  arn: 'arn',
  createdAt: new Date(NOW - HOUR),
  status: 'available',
  isManual: true,
  files: 1,
  engineVersion: '7.1',
  ...differs,
});
const stateWith = (...snapshots: KnownSnapshot[]): ProbeState => ({
  format: 1,
  run: 'run',
  probedAt: iso(NOW - MINUTE),
  count: { servers: {}, total: 100 },
  snapshots,
});

describe('a snapshot that is seen for the first time', () => {
  const first = (snapshot: CacheSnapshot) => followSnapshots(stateWith(known()), [listed(), snapshot], NOW)[1];

  test('holds what had changed until the probe before', () => {
    const snapshot = first(listed({ name: 'by-hand', createdAt: new Date(NOW - 30_000), status: 'creating' }));
    expect(snapshot).toMatchObject({ mark: 100, isOwn: false, status: 'creating', at: iso(NOW - 30_000) });
  });

  test('and no more than an earlier one when it is older than that', () => {
    expect(first(listed({ name: 'late', createdAt: new Date(NOW - 2 * MINUTE) }))).toMatchObject({ mark: 40 });
    expect(first(listed({ name: 'older', createdAt: new Date(NOW - 2 * HOUR) }))).toMatchObject({ mark: 0 });
  });

  test('begins now when its time is not told yet', () => {
    expect(first(listed({ name: 'new', createdAt: undefined, status: 'creating' }))?.at).toBe(iso(NOW));
  });

  test('is own by its name, if it was not taken by schedule', () => {
    expect(first(listed({ name: 'redis-20261123-115900' }))?.isOwn).toBe(true);
    expect(first(listed({ name: 'automatic.x', isManual: false }))).toMatchObject({ isOwn: false, isManual: false });
  });

  test('holds nothing for certain at the first probe of all', () => {
    expect(followSnapshots(undefined, [listed()], NOW)).toMatchObject([{ mark: 0, status: 'saved' }]);
  });

  test('is not counted when it is of no use', () => {
    expect(first(listed({ name: 'gone', status: 'unusable' }))).toBeUndefined();
  });
});

describe('a snapshot that is known', () => {
  const follow = (snapshot: KnownSnapshot, ...now: CacheSnapshot[]) =>
    followSnapshots(stateWith(snapshot), now, NOW)[0];

  test.each([
    ['tried', 'creating', 'creating'],
    ['creating', 'available', 'saved'],
    ['creating', 'unusable', 'failed'],
    ['saved', 'inUse', 'saved'],
    ['saved', 'unusable', 'deleted'],
  ] as const)('goes from %s by %s to %s, and keeps its mark', (from, status, to) => {
    expect(follow(known({ status: from }), listed({ status }))).toEqual(known({ status: to }));
  });

  test.each([
    ['tried', 4 * MINUTE, 'tried'],
    ['tried', 5 * MINUTE, 'failed'],
    ['creating', HOUR, 'failed'],
    ['saved', HOUR, 'deleted'],
    ['deleted', HOUR, 'deleted'],
  ] as const)('that is %s and not listed after %d ms is %s', (from, age, to) => {
    expect(follow(known({ status: from, at: iso(NOW - age) }))?.status).toBe(to);
  });

  test('is forgotten after a day, unless it is the newest that is complete', () => {
    const old = known({ name: 'old', at: iso(NOW - 30 * HOUR) });
    const older = known({ name: 'older', at: iso(NOW - 40 * HOUR) });
    const all = [listed({ name: 'old' }), listed({ name: 'older' })];
    expect(followSnapshots(stateWith(older, old), all, NOW)).toEqual([old]);
  });
});

describe('what the decision is made on', () => {
  const { target } = eventOf();
  const situation = (...snapshots: KnownSnapshot[]) => situationOf(target, snapshots, 100, NOW);

  test('nothing is saved yet', () => {
    expect(situation()).toMatchObject({ changes: 100, savedAt: undefined, own: [], others: [], failed: undefined });
  });

  test('changes and time count from the newest that was begun, whoever took it', () => {
    const auto = known({ name: 'automatic', isOwn: false, isManual: false, at: iso(NOW - MINUTE), mark: 90 });
    expect(situation(known(), auto)).toMatchObject({
      changes: 10,
      savedAt: NOW - MINUTE,
      own: [NOW - HOUR],
      others: [],
    });
  });

  test('those of others and failed ones count towards the quota, deleted ones too', () => {
    const byHand = known({ name: 'hand', isOwn: false, at: iso(NOW - 2 * HOUR), status: 'deleted' });
    const failed = known({ name: 'failed', at: iso(NOW - 3 * HOUR), status: 'failed' });
    const deleted = known({ name: 'deleted', at: iso(NOW - 4 * HOUR), status: 'deleted' });
    const { own, others, failed: failures } = situation(known(), byHand, failed, deleted);
    expect({ own, others, failures }).toEqual({
      own: [NOW - HOUR, NOW - 4 * HOUR],
      others: [NOW - 2 * HOUR, NOW - 3 * HOUR],
      failures: undefined,
    });
  });

  test('failures count since the newest that did not fail', () => {
    const failed = [2, 3].map((minutes) =>
      known({ name: `f${minutes}`, at: iso(NOW - minutes * MINUTE), status: 'failed' }),
    );
    expect(situation(known(), ...failed).failed).toEqual({ count: 2, lastAt: NOW - 2 * MINUTE });
  });
});

test('one is under way while it is tried or created', () => {
  expect(isUnderWay([known()])).toBe(false);
  expect(isUnderWay([known(), known({ status: 'tried' })])).toBe(true);
  expect(newestOf([], ['saved'])).toBeUndefined();
});

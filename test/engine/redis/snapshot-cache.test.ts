import { type CacheKind, cacheStateKey } from '../../../engine/contract/redis';
import type { OpenSession } from '../../../engine/redis/cache-session';
import { snapshotCache } from '../../../engine/redis/snapshot-cache';
import { FakeS3Server, only } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { eventOf, FakeElastiCache, MINUTE, NOW } from './fake-elasticache';

let s3: FakeS3Server;
let cache: FakeElastiCache;
let now: number;
/** Changes that the server tells. */
let told: number;
let isDown: boolean;
/** The server tells neither its changes nor its memory. */
let hidesFigures: boolean;
beforeAll(async () => {
  s3 = await FakeS3Server.start();
});
afterAll(() => s3.stop());
beforeEach(() => {
  s3.reset();
  [cache, now, told, isDown, hidesFigures] = [new FakeElastiCache(), NOW, 0, false, false];
  cache.now = () => now;
});

const openSession: OpenSession = async () => {
  if (isDown) {
    throw new Error('The cache is down.');
  }
  const info = hidesFigures ? 'run_id:run' : `run_id:run\r\nused_memory:1000\r\nrdb_changes_since_last_save:${told}`;
  return { ask: async () => info, close: () => undefined };
};
const probe = (kind: CacheKind = 'replicationGroup') =>
  snapshotCache(eventOf(kind), {
    elastiCache: cache.client,
    s3: s3.client(),
    readSecret: async () => undefined,
    openSession,
    now: () => now,
  });
const later = (minutes: number) => {
  now += minutes * MINUTE;
};
const complete = () => {
  for (const snapshot of cache.snapshots) {
    snapshot.status = 'available';
  }
};
const stateOf = () => JSON.parse(s3.objects('staging').get(cacheStateKey.probe('sessions'))?.body.toString() ?? '{}');

test('takes a first snapshot once something has changed', async () => {
  await expect(probe()).resolves.toEqual({ decision: 'notDue', deleted: [], changes: 0, bytes: 1000, problems: [] });
  told = 3;
  later(1);
  await expect(probe()).resolves.toMatchObject({
    decision: 'due',
    snapshot: { name: 'redis-20261123-120100', outcome: 'begun' },
    changes: 3,
  });
  expect(cache.snapshots).toMatchObject([{ tags: [{ Key: 'holdfast:save-point', Value: 'sessions' }] }]);
});

test('waits while a snapshot is taken, then counts from its beginning', async () => {
  told = 3;
  await probe();
  told = 5;
  later(1);
  await expect(probe()).resolves.toMatchObject({ decision: 'underWay', changes: 5 });
  complete();
  later(1);
  await expect(probe()).resolves.toMatchObject({
    decision: 'notDue',
    changes: 2,
    lastSaveSeconds: 120,
    waitingSeconds: 120,
    rpoSeconds: 120,
  });
  later(13);
  await expect(probe()).resolves.toMatchObject({ decision: 'due' });
  expect(cache.created).toHaveLength(2);
});

test('what is in a snapshot under way does not wait for one, however long it takes, until it is taken to hang', async () => {
  told = 3;
  await probe();
  complete();
  told = 5;
  later(20);
  await expect(probe()).resolves.toMatchObject({ decision: 'due', waitingSeconds: 1200, rpoSeconds: 1200 });
  later(239);
  await expect(probe()).resolves.toMatchObject({
    decision: 'underWay',
    waitingSeconds: 239 * 60,
    rpoSeconds: 259 * 60,
  });
  later(1);
  await expect(probe()).resolves.toMatchObject({ waitingSeconds: 260 * 60, rpoSeconds: 260 * 60 });
});

test('nothing is at risk while nothing has changed since', async () => {
  told = 3;
  await probe();
  complete();
  later(600);
  await expect(probe()).resolves.toMatchObject({
    decision: 'notDue',
    changes: 0,
    lastSaveSeconds: 36_000,
    rpoSeconds: 0,
  });
});

test('the save of a replica, which sets no counter back, is followed all the same', async () => {
  told = 1_000_000;
  await probe();
  complete();
  told += 7;
  later(1);
  await expect(probe()).resolves.toMatchObject({ changes: 7 });
});

test('a cache that cannot be asked is saved as if it had changed, and that is told', async () => {
  isDown = true;
  const outcome = await probe();
  expect(outcome).toMatchObject({ decision: 'due', problems: [new Error('The cache is down.')] });
  expect(outcome).not.toHaveProperty('changes');
  expect(outcome).not.toHaveProperty('bytes');
});

test.each(['busy', 'nameTaken'])('%s: the next probe tries again', async (outcome) => {
  const error = outcome === 'busy' ? 'InvalidReplicationGroupStateFault' : 'SnapshotAlreadyExistsFault';
  told = 1;
  cache.onCreate = () => sdkError(error);
  await expect(probe()).resolves.toMatchObject({ snapshot: { outcome }, problems: [] });
  expect(stateOf().snapshots).toEqual([]);
  cache.onCreate = undefined;
  later(1);
  await expect(probe()).resolves.toMatchObject({ snapshot: { outcome: 'begun' } });
});

test.each([
  ['noQuota', 'SnapshotQuotaExceededFault', 0],
  ['failed', 'AccessDenied', 1],
])('%s: it waits before it tries again', async (outcome, error, problems) => {
  told = 1;
  cache.onCreate = () => sdkError(error);
  const first = await probe();
  expect(first.snapshot?.outcome).toBe(outcome);
  expect(first.problems).toHaveLength(problems);
  later(1);
  await expect(probe()).resolves.toMatchObject({ decision: 'afterFailure' });
  cache.onCreate = undefined;
  later(4);
  await expect(probe()).resolves.toMatchObject({ decision: 'due', snapshot: { outcome: 'begun' } });
});

test('a snapshot that vanishes has failed', async () => {
  told = 1;
  await probe();
  later(1);
  await probe();
  cache.snapshots = [];
  later(1);
  await expect(probe()).resolves.toMatchObject({ decision: 'afterFailure' });
});

test('of two runs at the same moment one takes the snapshot', async () => {
  told = 1;
  const outcomes = await Promise.all([probe(), probe()]);
  expect(outcomes.map(({ decision }) => decision).sort()).toEqual(['due', 'otherRun']);
  expect(cache.created).toHaveLength(1);
});

test('a run that dies before it could ask counts as a try', async () => {
  told = 1;
  cache.onCreate = () => Object.assign(new Error('killed'), { name: 'Killed' });
  s3.fault = only('PutObject', 1, { status: 403, code: 'AccessDenied' });
  await expect(probe()).rejects.toThrow('Cannot write the state of probes to bucket staging: AccessDenied');
  cache.onCreate = undefined;
  later(1);
  await expect(probe()).resolves.toMatchObject({ decision: 'underWay' });
  later(5);
  await expect(probe()).resolves.toMatchObject({ decision: 'due' });
  expect(stateOf().snapshots).toMatchObject([{ status: 'failed' }, { status: 'tried' }]);
});

test('nothing is asked for when the try cannot be noted', async () => {
  told = 1;
  s3.fault = only('PutObject', 0, { status: 403, code: 'AccessDenied' });
  await expect(probe()).rejects.toThrow('AccessDenied');
  expect(cache.created).toEqual([]);
});

test('a state that is none is refused: guessing would exceed the quota', async () => {
  await s3.bucket('staging').put(cacheStateKey.probe('sessions'), Buffer.from('{"format":2}'));
  await expect(probe()).rejects.toThrow(/s3:\/\/staging\/state\/sessions.json is no state of probes of format 1/);
});

test('a server that hides its figures is saved as if it had changed, and has no size', async () => {
  hidesFigures = true;
  const outcome = await probe();
  expect(outcome).toMatchObject({ decision: 'due', changes: 1, problems: [] });
  expect(outcome).not.toHaveProperty('bytes');
});

test('a serverless cache is saved in the same way', async () => {
  told = 1;
  await expect(probe('serverless')).resolves.toMatchObject({ decision: 'due', snapshot: { outcome: 'begun' } });
  expect(cache.fake.inputsOf('CreateServerlessCacheSnapshot')).toMatchObject([
    { ServerlessCacheName: 'sessions-cache' },
  ]);
});

test('snapshots of others are counted before own ones', async () => {
  told = 1;
  cache.snapshots = Array.from({ length: 20 }, (_, index) => ({
    name: `hand-${index}`,
    at: NOW - (index + 200) * MINUTE,
  }));
  await expect(probe()).resolves.toMatchObject({ decision: 'noQuota' });
  expect(cache.created).toEqual([]);
});

test('own snapshots are deleted when they are too old, and a failure there is told', async () => {
  const DAY = 1440 * MINUTE;
  const tags = [{ Key: 'holdfast:save-point', Value: 'sessions' }];
  cache.snapshots = [
    { name: 'redis-20261110-000000', at: NOW - 13 * DAY, tags },
    { name: 'redis-20261112-000000', at: NOW - 11 * DAY, tags },
    { name: 'redis-20261122-000000', at: NOW - DAY, tags },
  ];
  await expect(probe()).resolves.toMatchObject({ deleted: ['redis-20261110-000000', 'redis-20261112-000000'] });
  cache = new FakeElastiCache({ ListTagsForResource: () => sdkError('AccessDenied') });
  cache.snapshots = [
    { name: 'redis-20261110-000000', at: NOW - 13 * DAY },
    { name: 'new', at: NOW },
  ];
  const { deleted, problems } = await probe();
  expect(deleted).toEqual([]);
  expect(problems.map(String)).toEqual([
    expect.stringContaining('Cannot read the tags of a snapshot of cache sessions'),
  ]);
});

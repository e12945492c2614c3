import type { S3Client } from '@aws-sdk/client-s3';
import { type CacheKind, cacheStateKey } from '../../../engine/contract/redis';
import { ObjectStore } from '../../../engine/objects/object-store';
import { verifyRdb } from '../../../engine/rdb/verify';
import { type ExportContext, exportCache } from '../../../engine/redis/export-cache';
import { parseRedisManifest, type RedisManifest } from '../../../engine/redis/redis-manifest';
import { FakeS3Server, type S3Call } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { key, rdbFile, string } from '../rdb/rdb-writer';
import { eventOf, FakeElastiCache, HOUR, MINUTE, NOW } from './fake-elasticache';

let server: FakeS3Server;
let s3: S3Client;
let cache: FakeElastiCache;
let now: number;
/** Files of the shards, in their order. */
let shards: Buffer[];

beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = server.client();
});
afterAll(async () => {
  s3.destroy();
  await server.stop();
});
beforeEach(() => {
  server.reset();
  [cache, now] = [new FakeElastiCache(), NOW];
  shards = [fileWith('a', 'b'), fileWith('c')];
  cache.snapshots = [
    { name: 'automatic.old', at: NOW - 9 * HOUR, source: 'automated', shards: 2 },
    { name: 'redis-20261123-110000', at: NOW - HOUR, shards: 2 },
    { name: 'redis-20261123-115900', at: NOW - MINUTE, status: 'creating' },
  ];
  cache.onExport = async (snapshot, name, bucket) => {
    for (const [index, file] of shards.entries()) {
      await server.bucket(bucket).put(`${name || snapshot}-000${index + 1}.rdb`, file);
    }
  };
});

const fileWith = (...names: string[]) => rdbFile(names.map((name) => key(0, string('value'), name)));
const run = (differs: Partial<ExportContext> = {}, kind: CacheKind = 'replicationGroup') =>
  exportCache(eventOf(kind), {
    elastiCache: cache.client,
    s3,
    walk: verifyRdb,
    software: '0.1.0',
    deadline: NOW + 14 * MINUTE,
    now: () => now,
    pollMs: 1,
    ...differs,
  });
const keysOf = (bucket: string) => [...server.objects(bucket).keys()].filter((each) => each.endsWith('.rdb'));
const manifests = (): RedisManifest[] =>
  [...server.objects('kept')]
    .filter(([each]) => each.endsWith('/manifest.json'))
    .map(([each, { body }]) => parseRedisManifest(body, each));
const stateOf = () =>
  JSON.parse(server.objects('staging').get(cacheStateKey.export('sessions'))?.body.toString() ?? '{}');

/** What must hold at any moment: a manifest has all its objects, and nothing is unstaged before there is one. */
async function expectNothingLost(): Promise<void> {
  const store = new ObjectStore(s3, { bucket: 'kept' });
  for (const { files } of manifests()) {
    expect(files).toHaveLength(shards.length);
    for (const file of files) {
      await expect(store.has(file)).resolves.toBe(true);
    }
  }
  if (manifests().length === 0 && cache.fake.inputsOf('CopySnapshot').length > 0) {
    expect(keysOf('staging')).toHaveLength(shards.length);
  }
}

test('keeps the newest complete snapshot, file by file, under a manifest', async () => {
  const outcome = await run();
  const [manifest] = manifests();
  expect(outcome).toEqual({ outcome: 'exported', manifest });
  expect(manifest).toMatchObject({
    format: 'holdfast.redis/1',
    id: expect.stringMatching(/^20261123T120000Z-/),
    resource: 'sessions',
    tier: 'weekly',
    lockedUntil: '2027-02-15T12:00:00.000Z',
    software: '0.1.0',
    cache: { kind: 'replicationGroup', id: 'sessions-cache' },
    snapshot: { name: 'redis-20261123-110000', at: '2026-11-23T11:00:00.000Z', engineVersion: '7.1' },
    files: [
      { rdb: { kind: 'redis', version: 11, checksum: 'verified', keys: 2, trailingBytes: 0 } },
      { rdb: { keys: 1 } },
    ],
    totals: { keys: 3, bytes: shards.reduce((sum, { length }) => sum + length, 0) },
  });
  const prefix = `weekly/sessions/${manifest?.id}/`;
  expect(manifest?.files.map((file) => file.key)).toEqual([`${prefix}0001.rdb`, `${prefix}0002.rdb`]);
  expect(server.objects('kept').get(`${prefix}0001.rdb`)).toMatchObject({
    body: shards[0],
    headers: expect.objectContaining({
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': expect.stringContaining('2027-02-15T12:00:00'),
      'x-amz-server-side-encryption-aws-kms-key-id': eventOf().store.keyArn,
    }),
  });
  expect(keysOf('staging')).toEqual([]);
});

test('does so once a day', async () => {
  await run();
  now = NOW + 11 * HOUR;
  await expect(run()).resolves.toEqual({ outcome: 'notDue' });
  now = NOW + 12 * HOUR;
  await expect(run({ deadline: now + HOUR })).resolves.toMatchObject({
    outcome: 'exported',
    manifest: { tier: 'daily' },
  });
});

test('a serverless cache names its files after the snapshot, and is done when the snapshot is at rest', async () => {
  cache.snapshots = [{ name: 'snap', at: NOW - HOUR }];
  let looks = 0;
  cache.onExport = async (snapshot, _, bucket) => {
    await server.bucket(bucket).put(`${snapshot}-0001.rdb`, fileWith('a'));
    const [exported] = cache.snapshots;
    Object.defineProperty(exported, 'status', {
      get: () => {
        looks += 1;
        return looks < 3 ? 'exporting' : 'available';
      },
    });
  };
  await expect(run({}, 'serverless')).resolves.toMatchObject({ manifest: { totals: { keys: 1 } } });
  expect(looks).toBe(3);
});

test('a file of a serverless cache that comes while its snapshot is looked at is not missed', async () => {
  let looks = 0;
  cache = new FakeElastiCache({
    DescribeServerlessCacheSnapshots: async () => {
      looks += 1;
      if (looks === 3) {
        await server.bucket('staging').put('snap-0002.rdb', fileWith('b', 'c'));
      }
      return {
        ServerlessCacheSnapshots: [
          {
            ServerlessCacheSnapshotName: 'snap',
            Status: looks === 2 ? 'exporting' : 'available',
            CreateTime: new Date(NOW),
          },
        ],
      };
    },
  });
  cache.onExport = (snapshot, _, bucket) => server.bucket(bucket).put(`${snapshot}-0001.rdb`, fileWith('a')) as never;
  await expect(run({}, 'serverless')).resolves.toMatchObject({ manifest: { totals: { keys: 3 } } });
});

test('goes on in the next run when ElastiCache takes longer than one', async () => {
  const { onExport } = cache;
  cache.onExport = () => undefined;
  await expect(run({ deadline: now })).resolves.toMatchObject({ outcome: 'unfinished' });
  const { exportName } = stateOf().unfinished;
  await onExport('', exportName, 'staging');
  await expect(run()).resolves.toMatchObject({ outcome: 'exported' });
  expect(cache.fake.inputsOf('CopySnapshot')).toHaveLength(1);
});

test('goes on with the next file when there was no time for all', async () => {
  let bytes = 0;
  const slow: ExportContext['walk'] = async (source) => {
    const verdict = await verifyRdb(source);
    bytes += verdict.bytes;
    now = NOW + 14 * MINUTE + 1;
    return verdict;
  };
  await expect(run({ walk: slow })).resolves.toMatchObject({ outcome: 'unfinished' });
  expect(bytes).toBe(shards[0]?.length);
  now = NOW;
  server.calls.length = 0;
  await expect(run()).resolves.toMatchObject({ outcome: 'exported' });
  const read = server.calls.filter(({ operation, bucket }) => operation === 'GetObject' && bucket === 'staging');
  expect(read.map((call) => call.key).filter((each) => each.endsWith('.rdb'))).toEqual([
    expect.stringMatching(/-0002\.rdb$/),
  ]);
});

test('tells of a file that no run can finish', async () => {
  const late: ExportContext['walk'] = (source) => {
    now = NOW + 15 * MINUTE;
    return verifyRdb(source);
  };
  await expect(run({ walk: late })).rejects.toThrow(
    /^File 0001.rdb of \d+ bytes is too large to be kept within one run: 900 seconds were not enough. HINT: divide the cache/,
  );
});

test('gives up an export that does not come, and begins anew', async () => {
  cache.onExport = () => undefined;
  await run({ deadline: now });
  now = NOW + 13 * HOUR;
  await expect(run({ deadline: now })).rejects.toThrow('did not come within 12 hours, 0 files did');
  expect(stateOf()).toEqual({ format: 1 });
});

test('gives up when the snapshot of a serverless cache is deleted meanwhile', async () => {
  cache.snapshots = [{ name: 'snap', at: NOW - HOUR }];
  cache.onExport = () => {
    cache.snapshots = [];
  };
  await expect(run({}, 'serverless')).rejects.toThrow('Snapshot snap was deleted while it was exported');
});

test('says when there is nothing to export', async () => {
  cache.snapshots = [{ name: 'a', at: NOW, status: 'creating' }];
  await expect(run()).rejects.toThrow('Cache sessions-cache has no complete snapshot to export, of 1. HINT: wait');
});

test('keeps nothing of a damaged file, and takes another snapshot the next time', async () => {
  const [good] = shards;
  shards[0] = Buffer.from(good ?? []);
  shards[0][20] = (shards[0][20] ?? 0) ^ 1;
  await expect(run()).rejects.toThrow(/^RDB file, byte \d+/);
  expect({ kept: keysOf('kept'), state: stateOf() }).toEqual({
    kept: [],
    state: { format: 1, damaged: 'redis-20261123-110000' },
  });
  shards = [fileWith('a', 'b'), fileWith('c')];
  cache.snapshots.push({ name: 'by-hand', at: NOW - 30 * MINUTE, shards: 2 });
  await expect(run()).resolves.toMatchObject({ manifest: { snapshot: { name: 'by-hand' } } });
  expect(stateOf()).toEqual({ format: 1 });
});

test('exports a damaged snapshot once, however long it stays the newest', async () => {
  shards[1] = Buffer.from('REDIS0011 that was cut');
  await expect(run()).rejects.toThrow(/^RDB file, byte \d+/);
  const kept = keysOf('kept');
  for (let again = 0; again < 3; again += 1) {
    now += 15 * MINUTE;
    await expect(run({ deadline: now + MINUTE })).rejects.toThrow(
      /^The newest snapshot of cache sessions-cache, redis-20261123-110000, is damaged: .* HINT: take a snapshot by hand/,
    );
  }
  expect(cache.fake.inputsOf('CopySnapshot')).toHaveLength(1);
  expect(keysOf('kept')).toEqual(kept);
});

test('leaves no half of a large file behind that is cut', async () => {
  const large = rdbFile([key(0, string(Buffer.alloc(20_000_000, 'value')))]);
  shards = [large.subarray(0, -9), fileWith('c')];
  await expect(run()).rejects.toThrow(/^RDB file, byte \d+: /);
  expect(server.count('CreateMultipartUpload')).toBe(1);
  expect(server.bucket('kept').uploads.size).toBe(0);
});

test('a checksum that is switched off, and bytes behind the end, are kept as what they are', async () => {
  shards = [
    rdbFile([key(0, string('v'))], { checksum: 'disabled' }),
    Buffer.concat([fileWith('x'), Buffer.from('more')]),
  ];
  await run();
  expect(manifests()[0]?.files.map(({ rdb }) => [rdb.checksum, rdb.trailingBytes])).toEqual([
    ['disabled', 0],
    ['verified', 4],
  ]);
});

test('two runs at once make one backup', async () => {
  const outcomes = await Promise.allSettled([run(), run()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(manifests()).toHaveLength(1);
  await expectNothingLost();
});

test('a refusal of ElastiCache is told, and asked again', async () => {
  const { onExport } = cache;
  cache.onExport = () => sdkError('InvalidParameterValue', 'no permission on the bucket') as unknown as undefined;
  await expect(run()).rejects.toThrow(
    'Cannot export a snapshot of cache sessions-cache: InvalidParameterValue: no perm',
  );
  cache.onExport = onExport;
  await expect(run()).resolves.toMatchObject({ outcome: 'exported' });
});

describe('a run that is killed at any request', () => {
  /** More than a run needs. */
  const MOST_REQUESTS = 60;

  /** Refuses everything from one request on; that request itself may be carried out, and its answer be lost. */
  const killAt = (request: number, isDone: boolean) => {
    let requests = 0;
    server.fault = (_: S3Call) => {
      requests += 1;
      if (requests < request) {
        return undefined;
      }
      return requests === request && isDone ? 'lose' : { status: 403, code: 'AccessDenied' };
    };
    return () => requests;
  };

  test.each([
    ['before it is carried out', false],
    ['before it is answered', true],
  ])(
    '%s, loses nothing, and the next run ends it',
    async (_, isDone) => {
      let request = 1;
      for (; request < MOST_REQUESTS; request += 1) {
        server.reset();
        cache.fake.sent.length = 0;
        const requests = killAt(request, isDone);
        const killed = await run().then(
          () => false,
          () => true,
        );
        if (!killed && requests() < request) {
          break;
        }
        server.fault = () => undefined;
        await expectNothingLost();
        await run();
        await expectNothingLost();
        expect(manifests()).toHaveLength(1);
        expect(keysOf('staging')).toEqual([]);
      }
      expect(request).toBeGreaterThan(20);
      expect(request).toBeLessThan(MOST_REQUESTS);
    },
    60_000,
  );
});

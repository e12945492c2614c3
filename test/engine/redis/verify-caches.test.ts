import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { CacheFinding, VerifyRedisEvent } from '../../../engine/contract/redis';
import { verifyRdb } from '../../../engine/rdb/verify';
import { exportCache } from '../../../engine/redis/export-cache';
import { type CacheVerificationContext, verifyCaches } from '../../../engine/redis/verify-caches';
import { FakeS3Server, only } from '../../fakes/s3-server';
import { FakeSdkClient } from '../../fakes/sdk-client';
import { key, rdbFile, string } from '../rdb/rdb-writer';
import { eventOf, FakeElastiCache, HOUR, NOW } from './fake-elasticache';

const ALIAS = 'arn:aws:kms:eu-central-1:111122223333:alias/replica';
const REPLICA_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/replica';
const EVENT: VerifyRedisEvent = {
  targets: [eventOf()],
  replicas: { sessions: { bucket: 'replica', region: 'eu-central-1', keyArn: ALIAS } },
  proofs: { bucket: 'proofs', region: 'eu-west-1' },
  alarmName: 'alarm',
};
const KEY_HEADER = 'x-amz-server-side-encryption-aws-kms-key-id';

let server: FakeS3Server;
let s3: S3Client;
let cache: FakeElastiCache;
let now: number;
let file: Buffer;

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
  [cache, now, file] = [new FakeElastiCache(), NOW, rdbFile([key(0, string('value'))])];
  cache.onExport = async (_, name, bucket) => {
    await server.bucket(bucket).put(`${name}-0001.rdb`, file);
  };
});

/** Makes a backup at a moment, and copies it as S3 does. */
async function backUp(at = NOW): Promise<void> {
  cache.snapshots = [{ name: 'snap', at: at - HOUR }];
  const outcome = await exportCache(eventOf(), {
    elastiCache: cache.client,
    s3,
    walk: verifyRdb,
    software: '0.1.0',
    deadline: at + HOUR,
    now: () => at,
    pollMs: 1,
  });
  expect(outcome.outcome).toBe('exported');
  for (const [name, version] of server.objects('kept')) {
    const copy = await server.bucket('replica').put(name, version.body, { [KEY_HEADER]: REPLICA_KEY });
    Object.assign(copy, { versionId: version.versionId });
  }
}

const verifyWhole = (differs: Partial<CacheVerificationContext> = {}, event = EVENT) =>
  verifyCaches(event, {
    elastiCache: () => cache.client,
    s3: () => s3,
    kms: () =>
      new FakeSdkClient({
        DescribeKey: () => ({ KeyMetadata: { Arn: REPLICA_KEY, KeyState: 'Enabled' } }),
      }) as unknown as KMSClient,
    walk: verifyRdb,
    matching: 'versionId',
    deadline: Number.POSITIVE_INFINITY,
    now: () => now,
    ...differs,
  });
const verify = async (...args: Parameters<typeof verifyWhole>) =>
  (await verifyWhole(...args)).map(({ result }) => result);
const findings = async (...args: Parameters<typeof verify>): Promise<CacheFinding[]> =>
  (await verify(...args)).flatMap((result) => result.findings);
const kinds = async (...args: Parameters<typeof verify>) => (await findings(...args)).map(({ kind }) => kind);
const backupFile = (bucket: string) => {
  const [name = ''] = [...server.objects(bucket).keys()].filter((each) => each.endsWith('.rdb'));
  return { name, version: server.bucket(bucket).version(name, null) };
};

test('nothing is wrong with a backup that is there, whole and copied', async () => {
  await backUp();
  now += HOUR;
  await expect(verify()).resolves.toEqual([
    {
      resource: 'sessions',
      findings: [],
      backupId: expect.stringMatching(/^20261123T120000Z-/),
      backupAgeSeconds: 7200,
      lastSaveSeconds: 7200,
      presentAgeSeconds: 0,
      intactAgeSeconds: 0,
      intactAt: new Date(now).toISOString(),
    },
  ]);
});

describe('the snapshots of ElastiCache', () => {
  beforeEach(() => backUp());

  test('automatic ones are switched off', async () => {
    cache.retentionDays = 0;
    await expect(findings()).resolves.toEqual([expect.objectContaining({ kind: 'snapshotsOff', isCritical: true })]);
  });

  test('another retention and window than configured only warn', async () => {
    cache.retentionDays = 3;
    cache.window = '05:00-06:00';
    const found = await findings();
    expect(found.map(({ kind, isCritical }) => [kind, isCritical])).toEqual([
      ['drift', false],
      ['drift', false],
    ]);
    expect(found[0]?.detail).toMatch(/keeps automatic snapshots for 3 days, configured are 7/);
  });

  test.each([
    ['none', []],
    ['an old one', [{ name: 'old', at: NOW - 28 * HOUR }]],
    ['one that is not complete', [{ name: 'new', at: NOW, status: 'creating' }]],
  ])('%s', async (_, snapshots) => {
    cache.snapshots = snapshots;
    await expect(kinds()).resolves.toEqual(['snapshotLate']);
  });

  test('a cache that cannot be looked at hides nothing else', async () => {
    cache = new FakeElastiCache({ DescribeSnapshots: () => new Error('down') });
    server.bucket('replica').deleteCurrent(backupFile('replica').name);
    now += HOUR;
    await expect(kinds({ matching: 'content' })).resolves.toEqual(['unknown', 'copyMissing']);
  });
});

describe('the backup', () => {
  test('is missing altogether', async () => {
    cache.snapshots = [{ name: 'snap', at: NOW }];
    const [result] = await verify();
    expect(result?.findings).toEqual([expect.objectContaining({ kind: 'backupLate', isCritical: true })]);
    expect(result).not.toHaveProperty('backupAgeSeconds');
  });

  test('is too old', async () => {
    await backUp();
    now += 29 * HOUR;
    cache.snapshots = [{ name: 'snap', at: now }];
    const [late] = await findings();
    expect(late?.detail).toBe(
      'The newest daily backup was made 29 h ago, must be every 28 h. HINT: read the log of the function export-redis.',
    );
  });

  test('is damaged', async () => {
    await backUp();
    const { version } = backupFile('kept');
    version.body[15] = (version.body[15] ?? 0) ^ 1;
    const [result] = await verify();
    expect(result?.findings).toEqual([expect.objectContaining({ kind: 'damaged', isCritical: true })]);
    expect(result?.findings[0]?.detail).toMatch(/^File 0001.rdb of backup \S+: (RDB file|An object)/);
  });

  test('has lost an object', async () => {
    await backUp();
    const { name } = backupFile('kept');
    server.bucket('kept').history(name).length = 0;
    const found = await findings();
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['damaged']));
    expect(found[0]?.detail).toContain('is not in bucket kept');
  });

  test('lies under another key', async () => {
    await backUp();
    Object.assign(backupFile('kept').version, {
      headers: { [KEY_HEADER]: 'arn:aws:kms:eu-west-1:111122223333:key/x' },
    });
    await expect(kinds()).resolves.toEqual(['wrongKey']);
  });

  test('has no checksum of its own, or bytes behind its end: that warns', async () => {
    file = rdbFile([key(0, string('value'))], { checksum: 'disabled' });
    await backUp();
    expect(await findings()).toEqual([expect.objectContaining({ kind: 'noChecksum', isCritical: false })]);
    server.reset();
    file = Buffer.concat([rdbFile([key(0, string('value'))]), Buffer.from('x')]);
    await backUp();
    expect(await findings()).toEqual([expect.objectContaining({ kind: 'trailingBytes', isCritical: false })]);
  });

  test('holds something else than its manifest says', async () => {
    await backUp();
    const [found] = await findings({
      walk: async (source) => ({ ...(await verifyRdb(source)), databases: [{ index: 0, keys: 5, expires: 0 }] }),
    });
    expect(found).toMatchObject({
      kind: 'damaged',
      detail: expect.stringContaining('has 5 keys (0 expire), its manifest says 1 (0)'),
    });
  });
});

describe('the copy', () => {
  test('may be on its way for half an hour', async () => {
    await backUp();
    server.bucket('replica').history(backupFile('replica').name).length = 0;
    await expect(kinds()).resolves.toEqual([]);
    now += HOUR / 2;
    await expect(kinds()).resolves.toEqual(['copyMissing']);
  });

  test('lies under another key', async () => {
    await backUp();
    Object.assign(backupFile('replica').version, { headers: {} });
    const [found] = await findings();
    expect(found?.detail).toMatch(/is encrypted with no KMS key in bucket replica, must be with \S+key\/replica/);
  });

  test('has another version id in a store that gives new ones', async () => {
    await backUp();
    Object.assign(backupFile('replica').version, { versionId: 'another' });
    now += HOUR;
    await expect(kinds()).resolves.toEqual(['copyMissing']);
    await expect(kinds({ matching: 'content' })).resolves.toEqual([]);
  });
});

test('of the older backups each run reads another', async () => {
  const days = [3, 2, 1, 0];
  for (const day of days) {
    await backUp(NOW - day * 24 * HOUR);
  }
  const read = new Set<string>();
  for (let run = 0; run < 3; run += 1) {
    server.calls.length = 0;
    await expect(kinds()).resolves.toEqual([]);
    for (const { operation, key: name } of server.calls) {
      if (operation === 'GetObject' && name.endsWith('.rdb')) {
        read.add(name);
      }
    }
    now += HOUR;
  }
  expect(read.size).toBe(days.length);
});

test('an older backup whose time is over may go file by file, any other may not', async () => {
  await backUp(NOW - 40 * 24 * HOUR);
  const { name } = backupFile('kept');
  await backUp();
  server.bucket('kept').histories.delete(name);
  await expect(kinds()).resolves.toEqual([]);
  await expect(kinds({ now: () => NOW - 20 * 24 * HOUR })).resolves.toContain('damaged');
});

test('what could not be read in time is no proof, and after two days a finding', async () => {
  await backUp();
  const outOfTime = { deadline: 0 };
  await expect(verify(outOfTime)).resolves.toMatchObject([{ findings: [], presentAgeSeconds: 0, intactAgeSeconds: 0 }]);
  await verify();
  now += 49 * HOUR;
  await backUp(now);
  await expect(verify(outOfTime)).resolves.toMatchObject([
    { findings: [{ kind: 'notProved', isCritical: true }], presentAgeSeconds: 0, intactAgeSeconds: 49 * 3600 },
  ]);
});

test('a state of proofs that cannot be read is told', async () => {
  await backUp();
  server.fault = ({ bucket }) => (bucket === 'proofs' ? { status: 403, code: 'AccessDenied' } : undefined);
  const [result] = await verify();
  expect(result?.findings).toEqual([expect.objectContaining({ kind: 'unknown' })]);
  expect(result).not.toHaveProperty('intactAgeSeconds');
});

test('one cache that fails keeps no other from being verified', async () => {
  await backUp();
  const carts = { ...eventOf(), target: { ...eventOf().target, resource: 'carts' } };
  const event = {
    ...EVENT,
    targets: [carts, ...EVENT.targets],
    replicas: { ...EVENT.replicas, carts: EVENT.replicas.sessions },
  };
  server.fault = only('ListObjectsV2', 0, { status: 403, code: 'AccessDenied' });
  const results = await verify({}, event as VerifyRedisEvent);
  expect(results.map(({ resource }) => resource)).toEqual(['carts', 'sessions']);
  expect(results.flatMap((result) => result.findings.map(({ kind }) => kind))).toHaveLength(1);
});

describe('the proofs of a cache', () => {
  const proofs = async (...args: Parameters<typeof verifyWhole>) =>
    (await verifyWhole(...args)).flatMap((verified) => verified.proofs);
  const outcomes = async (...args: Parameters<typeof verifyWhole>) =>
    Object.fromEntries((await proofs(...args)).map(({ level, outcome }) => [level, outcome]));

  test('say which backup was proved, from when it is, and how much it is', async () => {
    await backUp();
    const bytes = file.length;
    expect(await proofs()).toEqual(
      ['present', 'intact'].map((level) => ({
        system: 'redis',
        resource: 'sessions',
        level,
        outcome: 'proved',
        startedAt: new Date(NOW),
        finishedAt: new Date(NOW),
        backups: [expect.stringMatching(/^20261123T120000Z-/)],
        backupAt: new Date(NOW - HOUR).toISOString(),
        restorableAt: new Date(NOW - HOUR).toISOString(),
        bytes,
        objects: 1,
        findings: [],
      })),
    );
  });

  test('begin when the run does, and so do the ages that are published', async () => {
    await backUp();
    let looks = 0;
    const ticking = () => NOW + 1000 * looks++;
    const [
      {
        result,
        proofs: [present, intact],
      } = { proofs: [] },
    ] = await verifyWhole({ now: ticking });
    // The order of the caches takes the first look at the clock.
    expect(present?.startedAt).toEqual(new Date(NOW + 1000));
    expect(intact?.startedAt).toEqual(present?.startedAt);
    expect(result?.intactAt).toBe(intact?.startedAt.toISOString());
    expect(result?.intactAgeSeconds).toBeGreaterThan(0);
    expect(result?.presentAgeSeconds).toBe(result?.intactAgeSeconds);
  });

  test('tell damaged bytes from what is not there', async () => {
    await backUp();
    const { version } = backupFile('kept');
    version.body[15] = (version.body[15] ?? 0) ^ 1;
    expect(await outcomes()).toEqual({ present: 'proved', intact: 'damaged' });
    now += HOUR;
    version.body[15] = (version.body[15] ?? 0) ^ 1;
    server.bucket('replica').history(backupFile('replica').name).length = 0;
    expect(await outcomes()).toEqual({ present: 'damaged', intact: 'proved' });
  });

  test('count a snapshot that is late against presence', async () => {
    await backUp();
    cache.snapshots = [];
    expect(await outcomes()).toEqual({ present: 'damaged', intact: 'proved' });
  });

  test('count damage of an older backup', async () => {
    await backUp(NOW - 24 * HOUR);
    const { version } = backupFile('kept');
    await backUp();
    version.body[15] = (version.body[15] ?? 0) ^ 1;
    expect(await outcomes()).toEqual({ present: 'proved', intact: 'damaged' });
  });

  test('fail where nobody could look', async () => {
    await backUp();
    server.fault = ({ bucket, operation }) =>
      bucket === 'replica' || (operation === 'GetObject' && bucket === 'kept')
        ? { status: 500, code: 'Down' }
        : undefined;
    expect(await outcomes()).toEqual({ present: 'failed' });
    server.fault = ({ key: name, operation }) =>
      operation === 'GetObject' && name.endsWith('.rdb') ? { status: 403, code: 'AccessDenied' } : undefined;
    now += HOUR;
    expect(await outcomes()).toEqual({ present: 'proved', intact: 'failed' });
  });

  test('say nothing of bytes for which there was no time, or no backup', async () => {
    await backUp();
    expect(await outcomes({ deadline: 0 })).toEqual({ present: 'proved' });
    server.reset();
    expect(await outcomes()).toEqual({ present: 'damaged' });
  });
});

describe('beside a backup', () => {
  const records = () => [...server.objects('kept').keys()].filter((name) => name.includes('/proofs/'));

  test('lie the records of its proofs, encrypted and locked as it is', async () => {
    await backUp();
    await verify();
    expect(records()).toEqual([
      expect.stringMatching(
        /^[a-z]+\/sessions\/20261123T120000Z-[0-9a-f]{8}\/proofs\/intact\/20261123T120000000Z-proved.json$/,
      ),
      expect.stringMatching(
        /^[a-z]+\/sessions\/20261123T120000Z-[0-9a-f]{8}\/proofs\/present\/20261123T120000000Z-proved.json$/,
      ),
    ]);
    const lock = (name: string) =>
      Object.entries(server.objects('kept').get(name)?.headers ?? {}).filter(
        ([header]) => header.startsWith('x-amz-object-lock') || header === KEY_HEADER,
      );
    expect(lock(records()[0] ?? '')).toEqual(lock(backupFile('kept').name));
    expect(lock(records()[0] ?? '')).toHaveLength(3);
  });

  test('lie those of the older backup whose turn it was, with its findings alone', async () => {
    await backUp(NOW - 24 * HOUR);
    const { name, version } = backupFile('kept');
    await backUp();
    version.body[15] = (version.body[15] ?? 0) ^ 1;
    await verify();
    const [older = '', ...others] = records().filter((record) => record.includes('damaged'));
    expect(others).toEqual([]);
    expect(older.startsWith(name.slice(0, name.lastIndexOf('/')))).toBe(true);
    const content = JSON.parse(server.objects('kept').get(older)?.body.toString() ?? '');
    expect(content).toMatchObject({ level: 'intact', outcome: 'damaged', findingCount: 1 });
  });

  test('they are not locked any longer than it is', async () => {
    await backUp();
    const [{ lockedUntil = '' } = {}] = [...server.objects('kept')]
      .filter(([name]) => name.endsWith('manifest.json'))
      .map(([, { body }]) => JSON.parse(body.toString()) as { lockedUntil: string });
    now = Date.parse(lockedUntil) + HOUR;
    await verify();
    const headers = Object.keys(server.objects('kept').get(records()[0] ?? '')?.headers ?? {});
    expect(headers).toContain(KEY_HEADER);
    expect(headers.filter((header) => header.startsWith('x-amz-object-lock'))).toEqual([]);
  });

  test('one that cannot be written is told, and hides nothing', async () => {
    await backUp();
    server.fault = ({ bucket, operation }) =>
      bucket === 'kept' && operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined;
    const [verified] = await verifyWhole();
    expect(verified?.proofs.map(({ outcome }) => outcome)).toEqual(['proved', 'proved']);
    expect(verified?.result.findings.map(({ kind, isCritical }) => [kind, isCritical])).toEqual([
      ['unknown', true],
      ['unknown', true],
    ]);
  });
});

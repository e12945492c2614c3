import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Context } from 'aws-lambda';
import { handler as exportRedis } from '../../lambda/export-redis';
import { handler as snapshotRedis } from '../../lambda/snapshot-redis';
import { handler as verifyRedis } from '../../lambda/verify-redis';
import { key, rdbFile, string } from '../engine/rdb/rdb-writer';
import { eventOf, FakeElastiCache } from '../engine/redis/fake-elasticache';
import { FakeS3Server } from '../fakes/s3-server';

const context = { getRemainingTimeInMillis: () => 900_000 } as Context;
const environment = { ...process.env };
const REPLICA_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/replica';

let s3: FakeS3Server;
let cache: FakeElastiCache;
let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
beforeAll(async () => {
  s3 = await FakeS3Server.start();
});
afterAll(() => s3.stop());
beforeEach(() => {
  s3.reset();
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  cache = new FakeElastiCache();
  cache.now = Date.now;
  cache.snapshots = [{ name: 'snap', at: Date.now() - 60_000 }];
  cache.onExport = async (_, name, bucket) => {
    await s3.bucket(bucket).put(`${name}-0001.rdb`, rdbFile([key(0, string('value'), 'secret-key')]));
  };
  jest.spyOn(ElastiCacheClient.prototype, 'send').mockImplementation((command) => cache.fake.send(command as never));
  jest.spyOn(KMSClient.prototype, 'send').mockImplementation(async () => ({}));
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

/** Metrics that were published, as `name{dimensions}`. */
const published = () =>
  toCloudWatch.mock.calls
    .filter(([command]) => command instanceof PutMetricDataCommand)
    .flatMap(([command]) => (command as PutMetricDataCommand).input.MetricData ?? [])
    .map(({ MetricName, Dimensions = [], Value }) => [
      `${MetricName}{${Dimensions.map((dimension) => dimension.Value).join()}}`,
      Value,
    ]);
const verification = (bucket = 'replica') => ({
  targets: [eventOf()],
  replicas: { sessions: { bucket, region: 'eu-central-1', keyArn: REPLICA_KEY } },
  proofs: { bucket: 'proofs', region: 'eu-west-1' },
  alarmName: 'alarm',
});

describe('snapshot-redis', () => {
  /** Nobody listens there. */
  const unreachable = () => {
    cache = new FakeElastiCache({
      DescribeReplicationGroups: () => ({
        ReplicationGroups: [
          {
            NodeGroups: [{ PrimaryEndpoint: { Address: '127.0.0.1', Port: 1 } }],
            MemberClusters: ['sessions-cache-002'],
          },
        ],
      }),
    });
  };

  test('publishes what it knows, saves, and fails, when the cache cannot be asked', async () => {
    unreachable();
    await expect(snapshotRedis(eventOf())).rejects.toThrow(
      'The cache at 127.0.0.1:1 cannot be talked to: ECONNREFUSED',
    );
    expect(cache.snapshots).toHaveLength(1);
    expect(published()).toEqual([]);
  });

  test('publishes the age of the newest snapshot', async () => {
    unreachable();
    cache.snapshots = [{ name: 'snap', at: Date.now() - 600_000 }];
    await expect(snapshotRedis(eventOf())).rejects.toThrow('ECONNREFUSED');
    expect(published()).toEqual([
      ['lastSave{redis,sessions}', expect.closeTo(600, -1)],
      ['waiting{redis,sessions}', expect.closeTo(600, -1)],
      ['rpo{redis,sessions}', expect.closeTo(600, -1)],
    ]);
  });

  test('fails when the event is wrong', async () => {
    await expect(snapshotRedis({ ...eventOf(), store: {} })).rejects.toThrow(
      /^The event of snapshot-redis is wrong \(store.bucket: /,
    );
  });
});

describe('export-redis', () => {
  test('exports, publishes that, and logs numbers only', async () => {
    const result = await exportRedis(eventOf(), context);
    expect(result).toEqual({ outcome: 'exported', backupId: expect.any(String) });
    expect(published()).toEqual([
      ['duration{redis,sessions}', expect.any(Number)],
      ['success{redis,sessions}', 1],
      ['errors{redis,sessions}', 0],
    ]);
    const [[line]] = log.mock.calls;
    expect(JSON.parse(line)).toMatchObject({ resource: 'sessions', outcome: 'exported', snapshot: 'snap', keys: 1 });
    expect(line).not.toContain('secret-key');
  });

  test('is silent when there is nothing to do', async () => {
    await exportRedis(eventOf(), context);
    toCloudWatch.mockClear();
    await expect(exportRedis(eventOf(), context)).resolves.toEqual({ outcome: 'notDue' });
    expect(published()).toEqual([]);
  });

  test('leaves the rest to the next run when its time is over', async () => {
    const late = { ...context, getRemainingTimeInMillis: () => 40_000 };
    cache.onExport = () => undefined;
    await expect(exportRedis(eventOf(), late)).resolves.toEqual({
      outcome: 'unfinished',
      backupId: expect.any(String),
    });
  });

  test('publishes a failure, and fails', async () => {
    cache.snapshots = [];
    await expect(exportRedis(eventOf(), context)).rejects.toThrow('has no complete snapshot');
    expect(published()).toEqual([
      ['success{redis,sessions}', 0],
      ['errors{redis,sessions}', 1],
    ]);
  });
});

describe('verify-redis', () => {
  test('proves, reports and publishes', async () => {
    await exportRedis(eventOf(), context);
    for (const [name, { body }] of s3.objects('kept')) {
      await s3.bucket('replica').put(name, body, { 'x-amz-server-side-encryption-aws-kms-key-id': REPLICA_KEY });
    }
    toCloudWatch.mockClear();
    const { caches } = await verifyRedis(verification(), context);
    expect(caches).toMatchObject([{ resource: 'sessions', findings: [], intactAgeSeconds: expect.any(Number) }]);
    expect(Object.fromEntries(published())).toMatchObject({
      'success{redis}': 1,
      'errors{redis}': 0,
      'warnings{redis}': 0,
      'success{redis,sessions,intact}': 1,
      'proofAge{redis,sessions,present}': expect.any(Number),
      'proofAge{redis,intact}': expect.any(Number),
      'backupAge{redis,sessions}': expect.any(Number),
      'lastSave{redis}': expect.any(Number),
    });
    const report = s3.objects('proofs').get(caches[0]?.reportKey ?? '');
    expect(JSON.parse(report?.body.toString() ?? '')).toMatchObject({ isGood: true, resource: 'sessions' });
    const records = (bucket: string) => [...s3.objects(bucket).keys()].filter((name) => /-proved\.json$/.test(name));
    expect(records('proofs').map((name) => name.split('/').slice(0, 4))).toEqual([
      ['redis', 'sessions', 'proofs', 'intact'],
      ['redis', 'sessions', 'proofs', 'present'],
    ]);
    expect(records('kept')).toHaveLength(2);
    expect(toCloudWatch.mock.calls.map(([command]) => command.constructor)).toEqual([PutMetricDataCommand]);
  });

  test('writes what is wrong into the alarm, and returns normally', async () => {
    const { caches } = await verifyRedis(verification(), context);
    const [alarm] = toCloudWatch.mock.calls.map(([command]) => command);
    expect(alarm).toBeInstanceOf(SetAlarmStateCommand);
    expect(alarm.input).toMatchObject({ AlarmName: 'alarm', StateValue: 'ALARM' });
    expect(alarm.input.StateReason).toMatch(
      /Still restorable: ElastiCache's snapshot of \d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z\. There is/,
    );
    expect(String(alarm.input.StateReason).replace(/Still restorable: [^.]+\. /, '')).toBe(
      `sessions: 1 finding (report s3://proofs/${caches[0]?.reportKey}). There is no exported backup. HINT: the first one comes within a day; if none does, read the log of the function export-redis.`,
    );
    expect(Object.fromEntries(published())).toMatchObject({ 'success{redis}': 0, 'errors{redis}': 1 });
    expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({ level: 'ERROR', resource: 'sessions' });
  });

  test('a report that cannot be written is a finding', async () => {
    s3.fault = ({ key: name }) => (name.includes('reports/') ? { status: 403, code: 'AccessDenied' } : undefined);
    const { caches } = await verifyRedis(verification(), context);
    expect(caches[0]).not.toHaveProperty('reportKey');
    expect(caches[0]?.findings.at(-1)?.detail).toMatch(/^Cannot write a report to bucket proofs: AccessDenied/);
  });

  test.each([
    ['names a cache twice', { targets: [eventOf(), eventOf()] }, 'names the resource sessions twice'],
    ['names no replica', { replicas: {} }, 'names no replica of sessions'],
    ['lacks a field', { alarmName: '' }, 'alarmName'],
  ])('refuses an event that %s', async (_, differs, message) => {
    await expect(verifyRedis({ ...verification(), ...differs }, context)).rejects.toThrow(message);
  });
});

import type { CacheKind } from '../../../engine/contract/redis';
import { cacheService } from '../../../engine/redis/cache-service';
import { FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { clientOf, eventOf, FakeElastiCache, NOW } from './fake-elasticache';

const KINDS: readonly CacheKind[] = ['replicationGroup', 'serverless'];
const TAG = { key: 'holdfast:save-point', value: 'sessions' };
const serviceOf = (cache: FakeElastiCache, kind: CacheKind) => cacheService(cache.client, eventOf(kind).target);

describe.each(KINDS)('a cache of kind %s', (kind) => {
  test('tells how automatic snapshots are set', async () => {
    await expect(serviceOf(new FakeElastiCache(), kind).settings()).resolves.toEqual({
      retentionDays: 7,
      window: kind === 'serverless' ? '03:00' : '03:00-04:00',
    });
  });

  test('lists snapshots with what matters of them', async () => {
    const cache = new FakeElastiCache();
    cache.snapshots = [
      { name: 'a', at: NOW, source: 'automated', shards: 2 },
      { name: 'b', at: NOW, status: 'deleting' },
      { name: 'c', at: NOW, status: 'copying' },
    ];
    const listed = await serviceOf(cache, kind).snapshots();
    expect(listed.map(({ name, status, isManual }) => [name, status, isManual])).toEqual([
      ['a', 'available', false],
      ['b', 'unusable', true],
      ['c', 'inUse', true],
    ]);
    expect(listed[0]).toMatchObject({ createdAt: new Date(NOW), files: kind === 'serverless' ? undefined : 2 });
  });

  test('asks for a snapshot with its tag', async () => {
    const cache = new FakeElastiCache();
    await expect(serviceOf(cache, kind).createSnapshot('redis-1', TAG)).resolves.toBe('begun');
    expect(cache.snapshots).toMatchObject([{ name: 'redis-1', tags: [{ Key: TAG.key, Value: TAG.value }] }]);
  });

  test.each([
    ['busy', 'InvalidReplicationGroupStateFault', 'InvalidServerlessCacheStateFault'],
    ['noQuota', 'SnapshotQuotaExceededFault', 'ServerlessCacheSnapshotQuotaExceededFault'],
    ['nameTaken', 'SnapshotAlreadyExistsFault', 'ServerlessCacheSnapshotAlreadyExistsFault'],
  ])('%s is no failure', async (outcome, ofGroup, ofServerless) => {
    const cache = new FakeElastiCache();
    cache.onCreate = () => sdkError(kind === 'serverless' ? ofServerless : ofGroup);
    await expect(serviceOf(cache, kind).createSnapshot('redis-1', TAG)).resolves.toBe(outcome);
  });

  test('any other refusal is told with a hint', async () => {
    const cache = new FakeElastiCache();
    cache.onCreate = () => sdkError('AccessDenied', 'not authorized to perform elasticache:CreateSnapshot', 403);
    await expect(serviceOf(cache, kind).createSnapshot('redis-1', TAG)).rejects.toThrow(
      /^Cannot take a snapshot of cache sessions-cache: AccessDenied: .* HINT: give the role of the function the elasticache action/,
    );
  });

  test('an export that an earlier try began goes on', async () => {
    const state = kind === 'serverless' ? 'InvalidServerlessCacheSnapshotStateFault' : 'SnapshotAlreadyExistsFault';
    const cache = new FakeElastiCache();
    cache.onExport = () => sdkError(state) as unknown as undefined;
    await expect(serviceOf(cache, kind).exportSnapshot('snap', 'name', 'staging')).resolves.toBe(
      kind === 'serverless' ? 'snap' : 'name',
    );
  });

  test('tells what to do about a cache that is not there', async () => {
    const nothing = new FakeSdkClient({
      DescribeReplicationGroups: () => ({ ReplicationGroups: [] }),
      DescribeServerlessCaches: () => ({ ServerlessCaches: [] }),
    });
    const service = cacheService(clientOf(nothing), eventOf(kind).target);
    await expect(service.settings()).rejects.toThrow(/There is no .* sessions-cache. HINT: correct its (id|name)/);
  });

  test('tells what to do about a cache that has no endpoint yet', async () => {
    const making = new FakeSdkClient({
      DescribeReplicationGroups: () => ({ ReplicationGroups: [{ Status: 'creating' }] }),
      DescribeServerlessCaches: () => ({ ServerlessCaches: [{ Status: 'creating' }] }),
    });
    await expect(cacheService(clientOf(making), eventOf(kind).target).endpoint()).rejects.toThrow(
      /sessions-cache has no endpoint, its status is creating. HINT: wait/,
    );
  });
});

test('a group in cluster mode is asked for its shards', async () => {
  const cache = new FakeElastiCache();
  const address = { host: 'cache.example.com', port: 6379 };
  await expect(serviceOf(cache, 'replicationGroup').endpoint()).resolves.toEqual({ address, isSharded: false });
  cache.isClusterMode = true;
  await expect(serviceOf(cache, 'replicationGroup').endpoint()).resolves.toEqual({ address, isSharded: true });
});

describe('snapshots of a group', () => {
  const sourcesOf = (cache: FakeElastiCache, operation: string) =>
    cache.fake.inputsOf(operation).map((input) => {
      const { ReplicationGroupId: group, CacheClusterId: node } = input as Record<string, unknown>;
      return { group, node };
    });

  test('in cluster mode are taken of the group and listed by it', async () => {
    const cache = new FakeElastiCache();
    cache.isClusterMode = true;
    const service = serviceOf(cache, 'replicationGroup');
    await service.createSnapshot('redis-1', TAG);
    await expect(service.snapshots()).resolves.toMatchObject([{ name: 'redis-1' }]);
    const group = [{ group: 'sessions-cache', node: undefined }];
    expect(sourcesOf(cache, 'CreateSnapshot')).toEqual(group);
    expect(sourcesOf(cache, 'DescribeSnapshots')).toEqual(group);
  });

  test('not in cluster mode are taken of a replica, and listed of every node', async () => {
    const cache = new FakeElastiCache();
    cache.snapshots = [{ name: 'of-primary', at: NOW, of: 'sessions-cache-001' }];
    const service = serviceOf(cache, 'replicationGroup');
    await service.createSnapshot('redis-1', TAG);
    expect(sourcesOf(cache, 'CreateSnapshot')).toEqual([{ group: undefined, node: 'sessions-cache-002' }]);
    const names = (await service.snapshots()).map(({ name }) => name);
    expect(names.sort()).toEqual(['of-primary', 'redis-1']);
    expect(sourcesOf(cache, 'DescribeSnapshots')).toHaveLength(2);
  });

  test('are taken of the node that the daily one is taken of, where one is set', async () => {
    const cache = new FakeElastiCache();
    cache.snapshottingNode = 'sessions-cache-001';
    await serviceOf(cache, 'replicationGroup').createSnapshot('redis-1', TAG);
    expect(sourcesOf(cache, 'CreateSnapshot')).toEqual([{ group: undefined, node: 'sessions-cache-001' }]);
  });

  test('wait while it has no nodes', async () => {
    const making = new FakeSdkClient({
      DescribeReplicationGroups: () => ({ ReplicationGroups: [{ Status: 'creating' }] }),
    });
    const service = cacheService(clientOf(making), eventOf('replicationGroup').target);
    await expect(service.createSnapshot('redis-1', TAG)).resolves.toBe('busy');
    await expect(service.snapshots()).resolves.toEqual([]);
  });
});

test('the time of a snapshot is that of its oldest shard', async () => {
  const cache = new FakeElastiCache();
  cache.snapshots = [{ name: 'a', at: NOW, shards: 3 }];
  const [snapshot] = await serviceOf(cache, 'replicationGroup').snapshots();
  expect(snapshot?.createdAt).toEqual(new Date(NOW));
});

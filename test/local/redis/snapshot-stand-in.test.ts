import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeReplicationGroupsCommand,
  DescribeSnapshotsCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { SnapshotStandIn } from '../../../local/redis/snapshot-stand-in';
import { Teardown } from '../../../local/teardown';

let teardown: Teardown;
let standIn: SnapshotStandIn;
let client: ElastiCacheClient;
let saved: string;

beforeEach(async () => {
  teardown = new Teardown();
  saved = 'REDIS0011';
  standIn = await SnapshotStandIn.start({ save: async () => Buffer.from(saved), version: '9.1.2' }, teardown);
  client = new ElastiCacheClient({
    region: 'eu-west-1',
    endpoint: standIn.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterEach(() => teardown.run());

const create = (name: string, node = 'sessions-001') =>
  client.send(
    new CreateSnapshotCommand({
      SnapshotName: name,
      CacheClusterId: node,
      Tags: [{ Key: 'owner', Value: 'a & b' }],
    }),
  );

test('a snapshot is listed with the time at which the server saved its data', async () => {
  const before = Date.now();
  await create('one');
  await create('two', 'other-001');
  const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({ CacheClusterId: 'sessions-001' }));
  expect(Snapshots).toHaveLength(1);
  const [snapshot] = Snapshots;
  expect(snapshot).toMatchObject({ SnapshotName: 'one', SnapshotStatus: 'available', SnapshotSource: 'manual' });
  expect(snapshot?.NodeSnapshots?.[0]?.SnapshotCreateTime?.getTime()).toBeGreaterThanOrEqual(before);
});

test('a name is taken once', async () => {
  await create('one');
  await expect(create('one')).rejects.toMatchObject({ name: 'SnapshotAlreadyExistsFault' });
});

test('tags are told', async () => {
  await create('one');
  const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({ SnapshotName: 'one' }));
  const { TagList } = await client.send(new ListTagsForResourceCommand({ ResourceName: Snapshots[0]?.ARN }));
  expect(TagList).toEqual([{ Key: 'owner', Value: 'a & b' }]);
});

test('an export is the file that was saved with the snapshot, under the name that ElastiCache gives it', async () => {
  const stored: string[] = [];
  standIn.connect({
    endpoint: 'http://127.0.0.1:1',
    store: async (bucket, key, file) => stored.push(`${bucket}/${key}: ${file}`),
  });
  await create('one');
  saved = 'changed since';
  await client.send(
    new CopySnapshotCommand({ SourceSnapshotName: 'one', TargetSnapshotName: 'export', TargetBucket: 'staging' }),
  );
  expect(stored).toEqual(['staging/export-0001.rdb: REDIS0011']);
});

test('what was deleted is gone, and cannot be deleted or exported', async () => {
  await create('one');
  const remove = new DeleteSnapshotCommand({ SnapshotName: 'one' });
  await client.send(remove);
  expect((await client.send(new DescribeSnapshotsCommand({}))).Snapshots).toEqual([]);
  await expect(client.send(remove)).rejects.toMatchObject({ name: 'SnapshotNotFoundFault' });
  const copy = new CopySnapshotCommand({ SourceSnapshotName: 'one', TargetSnapshotName: 'x', TargetBucket: 'staging' });
  await expect(client.send(copy)).rejects.toMatchObject({ name: 'SnapshotNotFoundFault' });
});

test('everything else is answered by the emulator', async () => {
  const emulator = createServer((_, response) => {
    const group =
      '<ReplicationGroups><ReplicationGroup><Status>available</Status></ReplicationGroup></ReplicationGroups>';
    const result = `<DescribeReplicationGroupsResult>${group}</DescribeReplicationGroupsResult>`;
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(`<DescribeReplicationGroupsResponse>${result}</DescribeReplicationGroupsResponse>`);
  });
  await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
  teardown.defer(() => void emulator.close());
  const { port } = emulator.address() as AddressInfo;
  const ask = new DescribeReplicationGroupsCommand({});
  await expect(client.send(ask)).rejects.toThrow('not started yet');
  standIn.connect({ endpoint: `http://127.0.0.1:${port}`, store: async () => undefined });
  const { ReplicationGroups } = await client.send(ask);
  expect(ReplicationGroups).toMatchObject([{ Status: 'available' }]);
});

import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { CacheKind, SnapshotRedisEvent } from '../../../engine/contract/redis';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';

export const NOW = Date.parse('2026-11-23T12:00:00.000Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/own';

/** The event of a cache of a test. */
export const eventOf = (kind: CacheKind = 'replicationGroup'): SnapshotRedisEvent => ({
  target: {
    resource: 'sessions',
    kind,
    id: 'sessions-cache',
    login: { kind: 'open' },
    savePoints: [
      { changes: 1, seconds: 900 },
      { changes: 10, seconds: 300 },
    ],
    snapshotRetentionDays: 7,
    snapshotWindow: '03:00-04:00',
  },
  store: {
    bucket: 'kept',
    region: 'eu-west-1',
    keyArn: KEY_ARN,
    lockMode: 'governance',
    retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
    stagingBucket: 'staging',
  },
});

/** A snapshot of the fake. */
export interface FakeSnapshot {
  name: string;
  at: number;
  status?: string;
  source?: 'manual' | 'automated';
  tags?: { Key: string; Value: string }[];
  shards?: number;
  /** Node of a group that is not in cluster mode. @default - the replica */
  of?: string;
}

const PRIMARY = 'sessions-cache-001';
const REPLICA = 'sessions-cache-002';
const NODES = [PRIMARY, REPLICA];
const MEMBERS = [
  { CacheClusterId: PRIMARY, CurrentRole: 'primary' },
  { CacheClusterId: REPLICA, CurrentRole: 'replica' },
];

/** An ElastiCache in memory with one replication group, or one serverless cache. */
export class FakeElastiCache {
  /** Snapshots that it has, in no order. */
  public snapshots: FakeSnapshot[] = [];
  /** What becomes of the next snapshot that is asked for; thrown if an error. */
  public onCreate: (() => Error | undefined) | undefined;
  /** Called when an export is asked for. */
  public onExport: (snapshot: string, name: string, bucket: string) => void | Promise<void> = () => undefined;
  public retentionDays = 7;
  public window = '03:00-04:00';
  public isClusterMode = false;
  /** Node that the daily snapshot is taken of; undefined where none is set. */
  public snapshottingNode: string | undefined;
  public now = () => NOW;
  public readonly fake: FakeSdkClient;
  public readonly client: ElastiCacheClient;

  public constructor(more: Answers = {}) {
    this.fake = new FakeSdkClient({ ...this.groupAnswers(), ...this.serverlessAnswers(), ...more });
    this.client = clientOf(this.fake);
  }

  /** Names of the snapshots that were asked for. */
  public get created(): unknown[] {
    return this.fake.inputsOf('CreateSnapshot').map((input) => (input as { SnapshotName: string }).SnapshotName);
  }

  private groupAnswers(): Answers {
    const endpoint = { Address: 'cache.example.com', Port: 6379 };
    return {
      DescribeReplicationGroups: () => ({
        ReplicationGroups: [
          {
            Status: 'available',
            SnapshotRetentionLimit: this.retentionDays,
            SnapshotWindow: this.window,
            ...(this.isClusterMode
              ? { ConfigurationEndpoint: endpoint, NodeGroups: [{}] }
              : { NodeGroups: [{ PrimaryEndpoint: endpoint, NodeGroupMembers: MEMBERS }], MemberClusters: NODES }),
            ...(this.snapshottingNode !== undefined && { SnapshottingClusterId: this.snapshottingNode }),
          },
        ],
      }),
      DescribeSnapshots: (source: { ReplicationGroupId?: string; CacheClusterId?: string }) => ({
        Snapshots: this.snapshotsOf(source).map(
          ({ name, at, status = 'available', source = 'manual', shards = 1 }) => ({
            SnapshotName: name,
            ARN: arnOf(name),
            SnapshotStatus: status,
            SnapshotSource: source,
            EngineVersion: '7.1',
            NodeSnapshots: Array.from({ length: shards }, (_, shard) => ({
              ...(status !== 'creating' && { SnapshotCreateTime: new Date(at + shard * 1000) }),
            })),
          }),
        ),
      }),
      CreateSnapshot: (input: { SnapshotName: string; Tags: FakeSnapshot['tags']; CacheClusterId?: string }) =>
        this.create(input.SnapshotName, input.Tags, input.CacheClusterId),
      DeleteSnapshot: ({ SnapshotName: name }: { SnapshotName: string }) => this.remove(name),
      CopySnapshot: (input: { SourceSnapshotName: string; TargetSnapshotName: string; TargetBucket: string }) =>
        this.onExport(input.SourceSnapshotName, input.TargetSnapshotName, input.TargetBucket),
      ListTagsForResource: ({ ResourceName: arn }: { ResourceName: string }) => ({
        TagList: this.snapshots.find(({ name }) => arnOf(name) === arn)?.tags ?? [],
      }),
    };
  }

  private serverlessAnswers(): Answers {
    return {
      DescribeServerlessCaches: () => ({
        ServerlessCaches: [
          {
            Status: 'available',
            Endpoint: { Address: 'serverless.example.com', Port: 6379 },
            SnapshotRetentionLimit: this.retentionDays,
            DailySnapshotTime: this.window.slice(0, 5),
          },
        ],
      }),
      DescribeServerlessCacheSnapshots: () => ({
        ServerlessCacheSnapshots: this.snapshots.map(({ name, at, status = 'available', source = 'manual' }) => ({
          ServerlessCacheSnapshotName: name,
          ARN: arnOf(name),
          Status: status,
          SnapshotType: source,
          CreateTime: new Date(at),
          ServerlessCacheConfiguration: { MajorEngineVersion: '8' },
        })),
      }),
      CreateServerlessCacheSnapshot: (input: { ServerlessCacheSnapshotName: string; Tags: FakeSnapshot['tags'] }) =>
        this.create(input.ServerlessCacheSnapshotName, input.Tags),
      DeleteServerlessCacheSnapshot: ({ ServerlessCacheSnapshotName: name }: { ServerlessCacheSnapshotName: string }) =>
        this.remove(name),
      ExportServerlessCacheSnapshot: (input: { ServerlessCacheSnapshotName: string; S3BucketName: string }) =>
        this.onExport(input.ServerlessCacheSnapshotName, '', input.S3BucketName),
    };
  }

  /** A snapshot of a group bears the group's id, one of a node the node's. */
  private snapshotsOf({ ReplicationGroupId: group, CacheClusterId: node }: Record<string, string | undefined>) {
    const hasNodes = !this.isClusterMode;
    return this.snapshots.filter(({ of = REPLICA }) => (hasNodes ? of === node : group === 'sessions-cache'));
  }

  private create(name: string, tags: FakeSnapshot['tags'], of?: string): object | Error {
    const error = this.onCreate?.();
    if (error === undefined) {
      this.snapshots.push({ name, at: this.now(), status: 'creating', ...(tags && { tags }), ...(of && { of }) });
    }
    return error ?? {};
  }

  private remove(name: string): object | Error {
    const index = this.snapshots.findIndex((snapshot) => snapshot.name === name);
    if (index < 0) {
      return sdkError('SnapshotNotFoundFault');
    }
    this.snapshots.splice(index, 1);
    return {};
  }
}

/** A client of the SDK, which paginators insist on, that the fake answers for. */
export function clientOf(fake: FakeSdkClient): ElastiCacheClient {
  const client = new ElastiCacheClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return Object.assign(client, { send: fake.send.bind(fake) });
}

const arnOf = (name: string): string => `arn:aws:elasticache:eu-west-1:111122223333:snapshot:${name}`;

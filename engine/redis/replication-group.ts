import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  type ReplicationGroup as DescribedGroup,
  DescribeReplicationGroupsCommand,
  type ElastiCacheClient,
  paginateDescribeSnapshots,
  type Snapshot,
} from '@aws-sdk/client-elasticache';
import type { CacheService, CacheSnapshot, CreateOutcome, SnapshotSettings } from './cache-service';
import type { CacheEndpoint } from './probe';
import { explained, outcomeOf } from './service-error';

/**
 * A replication group of ElastiCache, in cluster mode or not. In cluster mode its snapshots are the group's; otherwise they are those of
 * its nodes, and bear no id of the group. Snapshots of nodes that were taken out of it are not seen.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-manual.html
 */
export class ReplicationGroup implements CacheService {
  /** @param id of the replication group. */
  public constructor(
    private readonly elastiCache: ElastiCacheClient,
    private readonly id: string,
  ) {}

  public async endpoint(): Promise<CacheEndpoint> {
    const group = await this.describe();
    const configuration = group.ConfigurationEndpoint;
    const { Address: host, Port: port } = configuration ?? group.NodeGroups?.[0]?.PrimaryEndpoint ?? {};
    if (host === undefined || port === undefined) {
      throw new Error(
        `Replication group ${this.id} has no endpoint, its status is ${group.Status}. HINT: wait until it is available.`,
      );
    }
    return { address: { host, port }, isSharded: isSharded(group) };
  }

  public async settings(): Promise<SnapshotSettings> {
    const { SnapshotRetentionLimit: retentionDays = 0, SnapshotWindow: window } = await this.describe();
    return { retentionDays, window };
  }

  public async snapshots(): Promise<CacheSnapshot[]> {
    const sources = this.sourcesOf(await this.describe());
    return explained('list the snapshots of', this.id, async () => {
      const found: CacheSnapshot[] = [];
      for (const source of sources) {
        for await (const { Snapshots: snapshots = [] } of paginateDescribeSnapshots(
          { client: this.elastiCache },
          source,
        )) {
          found.push(...snapshots.map(snapshotOf));
        }
      }
      return found;
    });
  }

  public async createSnapshot(name: string, tag: { key: string; value: string }): Promise<CreateOutcome> {
    const [source] = this.sourcesOf(await this.describe());
    if (source === undefined) {
      return 'busy';
    }
    const command = new CreateSnapshotCommand({
      ...source,
      SnapshotName: name,
      Tags: [{ Key: tag.key, Value: tag.value }],
    });
    return outcomeOf<CreateOutcome>(
      'take a snapshot of',
      this.id,
      () => this.elastiCache.send(command),
      'begun',
      OUTCOMES,
    );
  }

  public async deleteSnapshot(name: string): Promise<void> {
    await explained('delete a snapshot of', this.id, () =>
      this.elastiCache.send(new DeleteSnapshotCommand({ SnapshotName: name })),
    );
  }

  public async exportSnapshot(snapshot: string, name: string, bucket: string): Promise<string> {
    const command = new CopySnapshotCommand({
      SourceSnapshotName: snapshot,
      TargetSnapshotName: name,
      TargetBucket: bucket,
    });
    return outcomeOf('export a snapshot of', this.id, () => this.elastiCache.send(command), name, {
      // The export of an earlier try goes on, or is done: its name is this one's alone.
      SnapshotAlreadyExistsFault: name,
      InvalidSnapshotStateFault: name,
    });
  }

  /** What snapshots are taken of, the preferred one first; none while the group has no nodes. */
  private sourcesOf(group: DescribedGroup): SnapshotSource[] {
    return isSharded(group) ? [{ ReplicationGroupId: this.id }] : nodesOf(group).map((id) => ({ CacheClusterId: id }));
  }

  private async describe(): Promise<DescribedGroup> {
    const { ReplicationGroups: [group] = [] } = await explained('look at', this.id, () =>
      this.elastiCache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: this.id })),
    );
    if (group === undefined) {
      throw new Error(`There is no replication group ${this.id}. HINT: correct its id in the configuration.`);
    }
    return group;
  }
}

/** What CreateSnapshot and DescribeSnapshots are told: a group, or one of its nodes. */
type SnapshotSource = { readonly ReplicationGroupId: string } | { readonly CacheClusterId: string };

/** Whether a group is in cluster mode. */
const isSharded = ({ ConfigurationEndpoint: endpoint }: DescribedGroup): boolean => endpoint !== undefined;

/** The node that the daily snapshot is taken of comes first, then replicas: a snapshot slows down the node that it is taken of. */
function nodesOf({ SnapshottingClusterId: daily, NodeGroups: groups = [], MemberClusters: all = [] }: DescribedGroup) {
  const replicas = groups.flatMap(({ NodeGroupMembers: members = [] }) =>
    members.flatMap(({ CurrentRole: role, CacheClusterId: id = '' }) => (role === 'replica' ? [id] : [])),
  );
  return [...new Set([daily ?? '', ...replicas, ...all])].filter((id) => id !== '');
}

/** Errors of CreateSnapshot that are no failures. */
const OUTCOMES: Readonly<Record<string, CreateOutcome>> = {
  InvalidReplicationGroupStateFault: 'busy',
  InvalidCacheClusterStateFault: 'busy',
  SnapshotQuotaExceededFault: 'noQuota',
  SnapshotAlreadyExistsFault: 'nameTaken',
};

function snapshotOf(snapshot: Snapshot): CacheSnapshot {
  const { SnapshotName: name = '', ARN: arn = '', SnapshotStatus: status = '', NodeSnapshots: nodes = [] } = snapshot;
  const times = nodes.flatMap(({ SnapshotCreateTime: time }) => (time === undefined ? [] : [time.getTime()]));
  return {
    name,
    arn,
    createdAt: times.length === 0 ? undefined : new Date(Math.min(...times)),
    status: STATUSES[status] ?? 'inUse',
    isManual: snapshot.SnapshotSource !== 'automated' && snapshot.SnapshotSource !== 'system',
    files: nodes.length === 0 ? undefined : nodes.length,
    engineVersion: snapshot.EngineVersion,
  };
}

const STATUSES: Readonly<Record<string, CacheSnapshot['status']>> = {
  creating: 'creating',
  available: 'available',
  deleting: 'unusable',
  failed: 'unusable',
};

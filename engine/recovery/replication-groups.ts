import {
  type CacheCluster,
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  DescribeSnapshotsCommand,
  type ElastiCacheClient,
  type ReplicationGroup,
  type Snapshot,
} from '@aws-sdk/client-elasticache';
import { asked, found } from './restore-error';

/** A replication group, and the node that tells how all of its nodes are set up. */
export interface FoundGroup {
  readonly group: ReplicationGroup;
  /** Undefined while there is no node yet. */
  readonly node: CacheCluster | undefined;
}

/** The replication groups and snapshots of ElastiCache, as far as a restore looks at them. */
export class ReplicationGroups {
  public constructor(private readonly elastiCache: ElastiCacheClient) {}

  /** @returns undefined when there is none of that id. */
  public async find(id: string): Promise<FoundGroup | undefined> {
    const answer = await found(`describe the replication group ${id}`, () =>
      this.elastiCache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: id })),
    );
    const [group] = answer?.ReplicationGroups ?? [];
    return group && { group, node: await this.node(group) };
  }

  /** @returns undefined when there is no snapshot of that name. */
  public async snapshot(name: string): Promise<Snapshot | undefined> {
    const answer = await found(`describe the snapshot ${name}`, () =>
      this.elastiCache.send(new DescribeSnapshotsCommand({ SnapshotName: name, ShowNodeGroupConfig: true })),
    );
    return answer?.Snapshots?.[0];
  }

  public async hasSubnetGroup(name: string): Promise<boolean> {
    const answer = await found(`describe the subnet group ${name}`, () =>
      this.elastiCache.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name })),
    );
    return answer !== undefined;
  }

  public async hasParameterGroup(name: string): Promise<boolean> {
    const answer = await found(`describe the parameter group ${name}`, () =>
      this.elastiCache.send(new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName: name })),
    );
    return answer !== undefined;
  }

  /** Begins to make a group. */
  public async create(request: CreateReplicationGroupCommandInput): Promise<void> {
    await asked(`create the replication group ${request.ReplicationGroupId}`, () =>
      this.elastiCache.send(new CreateReplicationGroupCommand(request)),
    );
  }

  /** Begins the deletion of a group, without a last snapshot. */
  public async delete(id: string): Promise<void> {
    await found(`delete the replication group ${id}`, () =>
      this.elastiCache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: id })),
    );
  }

  private async node({ MemberClusters: [member] = [] }: ReplicationGroup): Promise<CacheCluster | undefined> {
    if (member === undefined) {
      return undefined;
    }
    const answer = await found(`describe the node ${member}`, () =>
      this.elastiCache.send(new DescribeCacheClustersCommand({ CacheClusterId: member })),
    );
    return answer?.CacheClusters?.[0];
  }
}

import type { CacheCluster, ReplicationGroup, Snapshot } from '@aws-sdk/client-elasticache';
import { ACCOUNT, type Fault, REGION, withFaults } from './managed-databases';
import { type Answers, sdkError } from './sdk-client';

interface Input {
  readonly [field: string]: unknown;
}
type Group = ReplicationGroup & { looks: number };

/** ElastiCache in memory, as far as restores go: a group that is created is there after some looks. */
export class FakeElastiCache {
  public readonly groups = new Map<string, Group>();
  public readonly nodes = new Map<string, CacheCluster>();
  public readonly snapshots = new Map<string, Snapshot>();
  public readonly subnetGroups = new Set(['private']);
  public readonly parameterGroups = new Set(['tuned', 'default.valkey8.cluster.on']);
  /** What is refused, and not done. */
  public fault: Fault = () => undefined;
  /** What is done, and its answer lost. */
  public lost: Fault = () => undefined;
  /** Looks at a group until it is as it shall be. */
  public looks = 1;
  /** The status that something new comes to. */
  public comesTo = 'available';
  /** Whether what is deleted goes. */
  public deletes = true;

  public get answers(): Answers {
    const all: Record<string, (input: Input) => unknown> = {
      DescribeReplicationGroups: ({ ReplicationGroupId: id }) => ({ ReplicationGroups: [this.look(String(id))] }),
      DescribeCacheClusters: ({ CacheClusterId: id }) => ({ CacheClusters: [this.nodes.get(String(id))] }),
      DescribeSnapshots: ({ SnapshotName: name }) => {
        const snapshot = this.snapshots.get(String(name));
        return snapshot ? { Snapshots: [snapshot] } : sdkError('SnapshotNotFoundFault', 'no snapshot', 404);
      },
      DescribeCacheSubnetGroups: ({ CacheSubnetGroupName: name }) =>
        this.subnetGroups.has(String(name)) ? {} : sdkError('CacheSubnetGroupNotFoundFault', 'no group', 404),
      DescribeCacheParameterGroups: ({ CacheParameterGroupName: name }) =>
        this.parameterGroups.has(String(name)) ? {} : sdkError('CacheParameterGroupNotFound', 'no group', 404),
      CreateReplicationGroup: (input) => this.create(input),
      DeleteReplicationGroup: ({ ReplicationGroupId: id }) => this.delete(String(id)),
    };
    return withFaults(all, this);
  }

  /** Puts a group there, available. */
  public add(id: string, group: Partial<ReplicationGroup> = {}, node: Partial<CacheCluster> = {}): void {
    const ARN = `arn:aws:elasticache:${REGION}:${ACCOUNT}:replicationgroup:${id}`;
    const MemberClusters = [`${id}-001`];
    const complete = { ReplicationGroupId: id, ARN, MemberClusters, Status: 'available', looks: 0 };
    this.groups.set(id, { ...complete, ...group });
    this.nodes.set(`${id}-001`, { CacheClusterId: `${id}-001`, ...node });
  }

  private look(id: string): ReplicationGroup {
    const group = this.groups.get(id);
    if (group === undefined) {
      throw sdkError('ReplicationGroupNotFoundFault', `ReplicationGroup ${id} not found.`, 404);
    }
    group.looks += 1;
    if (group.Status === 'deleting' && this.deletes) {
      this.groups.delete(id);
    } else if (group.Status === 'creating' && group.looks > this.looks) {
      group.Status = this.comesTo;
    }
    return { ...group };
  }

  private create(input: Input): object {
    const id = String(input.ReplicationGroupId);
    if (this.groups.has(id)) {
      return sdkError('ReplicationGroupAlreadyExists');
    }
    const endpoint = { Address: `${id}.example.com`, Port: 6379 };
    const isSharded = input.NodeGroupConfiguration !== undefined;
    this.add(id, {
      Status: 'creating',
      Description: input.ReplicationGroupDescription as string,
      ...(isSharded ? { ConfigurationEndpoint: endpoint } : { NodeGroups: [{ PrimaryEndpoint: endpoint }] }),
    });
    return {};
  }

  private delete(id: string): object {
    const group = this.groups.get(id);
    if (group?.Status === 'creating') {
      return sdkError('InvalidReplicationGroupState', 'is creating');
    }
    if (group !== undefined) {
      group.Status = 'deleting';
    }
    return {};
  }
}

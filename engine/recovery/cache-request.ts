import type { CreateReplicationGroupCommandInput } from '@aws-sdk/client-elasticache';
import type { RestoreExecution } from '../contract/restore-managed';
import type { CacheRestorePlan } from './cache-plan';
import { seedKey } from './cache-seeds';
import type { CacheShape } from './cache-shape';
import type { FoundGroup } from './replication-groups';
import { restoreTags } from './restored-name';

/** What ElastiCache is asked for: everything but the auth token. */
export function requestOf(
  { replicationGroupId, newId, source, shape }: CacheRestorePlan,
  execution: RestoreExecution,
): CreateReplicationGroupCommandInput {
  return {
    ReplicationGroupId: newId,
    ReplicationGroupDescription: descriptionOf(replicationGroupId, execution),
    ...(source.kind === 'snapshot'
      ? { SnapshotName: source.name }
      : {
          SnapshotArns: source.files.map((file) => `${source.store.stagingBucketArn}/${seedKey(execution.id, file)}`),
        }),
    ...topology(shape),
    Engine: shape.engine,
    EngineVersion: shape.engineVersion,
    CacheNodeType: shape.nodeType,
    CacheSubnetGroupName: shape.subnetGroup,
    SecurityGroupIds: [...shape.securityGroupIds],
    CacheParameterGroupName: shape.parameterGroup,
    Port: shape.port,
    AutomaticFailoverEnabled: shape.isClusterMode || shape.replicasPerShard > 0,
    MultiAZEnabled: shape.isMultiAz,
    TransitEncryptionEnabled: shape.isEncryptedInTransit,
    AtRestEncryptionEnabled: shape.isEncryptedAtRest,
    KmsKeyId: shape.keyArn,
    ...(shape.userGroupIds.length > 0 && { UserGroupIds: [...shape.userGroupIds] }),
    ...(shape.hasDataTiering && { DataTieringEnabled: true }),
    SnapshotRetentionLimit: shape.snapshotRetentionDays,
    SnapshotWindow: shape.snapshotWindow,
    Tags: restoreTags(replicationGroupId, execution),
  };
}

/**
 * Whether this execution made a replication group. Its description tells: the tags ElastiCache tells only of a group that is available, which
 * one that is being made is not yet, and one that could not be made never will be.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListTagsForResource.html
 */
export const isOurs = (
  { group }: FoundGroup,
  { replicationGroupId }: CacheRestorePlan,
  execution: RestoreExecution,
): boolean => group.Description === descriptionOf(replicationGroupId, execution);

/** An execution's name is unique for the state machine. */
const descriptionOf = (replicationGroupId: string, { id }: RestoreExecution): string =>
  `Restored from ${replicationGroupId} by ${id}`;

/** Each shard with its slots: ElastiCache asks for them when it seeds a cluster from files. */
function topology({ isClusterMode, slots, replicasPerShard }: CacheShape) {
  if (!isClusterMode) {
    return { NumCacheClusters: replicasPerShard + 1 };
  }
  return {
    NodeGroupConfiguration: slots.map((Slots, index) => ({
      NodeGroupId: String(index + 1).padStart(4, '0'),
      Slots,
      ReplicaCount: replicasPerShard,
    })),
  };
}

import type { NodeGroup, Snapshot } from '@aws-sdk/client-elasticache';
import type { CachePlacement, RestoreRedisRequest } from '../contract/restore-managed';
import type { RedisManifest } from '../redis/redis-manifest';
import type { FoundGroup } from './replication-groups';
import { RestoreRefusedError } from './restore-error';

/** Where and how a restored cache runs. */
export interface CacheShape {
  readonly engine: string;
  /** @default - the newest of ElastiCache */
  readonly engineVersion?: string | undefined;
  readonly nodeType: string;
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  readonly parameterGroup: string;
  /** Whether keys are divided among shards by their slots. */
  readonly isClusterMode: boolean;
  /** Slots of each shard, such as `0-8191`, when in cluster mode; else one entry. */
  readonly slots: readonly string[];
  readonly replicasPerShard: number;
  /** Whether replicas lie in other zones than their primary. */
  readonly isMultiAz: boolean;
  readonly isEncryptedInTransit: boolean;
  readonly isEncryptedAtRest: boolean;
  /** Key of what is encrypted at rest. @default - the service's */
  readonly keyArn?: string | undefined;
  readonly userGroupIds: readonly string[];
  readonly hasDataTiering: boolean;
  readonly port?: number | undefined;
  /** Days for which automatic snapshots are kept. */
  readonly snapshotRetentionDays?: number | undefined;
  readonly snapshotWindow?: string | undefined;
}

/** Number of slots that keys are divided into. https://valkey.io/topics/cluster-spec/ */
const SLOTS = 16_384;

/**
 * Where and how the restored cache runs: as the original, or else as the source tells, except for what the placement says. The shards
 * are as many as the source has, and have the slots that they had.
 *
 * @param original undefined when it is gone; the placement must say what the source does not tell then.
 * @throws RestoreRefusedError when something is not said.
 */
export function plannedCacheShape(
  { replicationGroupId, placement = {} }: RestoreRedisRequest,
  original: FoundGroup | undefined,
  source: Partial<CacheShape>,
): CacheShape {
  const { group, node } = original ?? {};
  const ofOriginal = {
    nodeType: group?.CacheNodeType,
    subnetGroup: node?.CacheSubnetGroupName,
    securityGroupIds: node?.SecurityGroups?.flatMap(({ SecurityGroupId: id }) => id ?? []),
    parameterGroup: node?.CacheParameterGroup?.CacheParameterGroupName,
  };
  const place = { ...defined(source), ...defined(ofOriginal), ...defined(placement) } as Partial<CacheShape>;
  const { nodeType, subnetGroup, securityGroupIds, parameterGroup } = requireEverything(place, replicationGroupId);
  const shards = group?.NodeGroups ?? [];
  const replicasPerShard = placement.replicasPerShard ?? replicasOf(shards) ?? 0;
  const isClusterMode = group?.ClusterEnabled ?? ((source.slots?.length ?? 1) > 1 || CLUSTER_MODE.test(parameterGroup));
  return {
    nodeType,
    subnetGroup,
    securityGroupIds,
    parameterGroup,
    engine: group?.Engine ?? source.engine ?? 'valkey',
    engineVersion: createdVersion(node?.EngineVersion ?? source.engineVersion),
    isClusterMode,
    slots: plannedSlots(placement, isClusterMode, shards, source.slots ?? []),
    replicasPerShard,
    isMultiAz: replicasPerShard > 0 && group?.MultiAZ !== 'disabled',
    isEncryptedInTransit: group?.TransitEncryptionEnabled ?? true,
    isEncryptedAtRest: group?.AtRestEncryptionEnabled ?? true,
    keyArn: group === undefined ? source.keyArn : group.KmsKeyId,
    userGroupIds: placement.userGroupIds ?? group?.UserGroupIds ?? [],
    hasDataTiering: group === undefined ? (source.hasDataTiering ?? false) : group.DataTiering === 'enabled',
    port: source.port,
    snapshotRetentionDays: group?.SnapshotRetentionLimit,
    snapshotWindow: group?.SnapshotWindow,
  };
}

/** What a snapshot of ElastiCache tells of its cache. */
export function shapeOfSnapshot(snapshot: Snapshot): Partial<CacheShape> {
  const nodes = snapshot.NodeSnapshots ?? [];
  return {
    engine: snapshot.Engine,
    engineVersion: snapshot.EngineVersion,
    nodeType: snapshot.CacheNodeType,
    subnetGroup: snapshot.CacheSubnetGroupName,
    parameterGroup: snapshot.CacheParameterGroupName,
    slots: nodes.map(({ NodeGroupConfiguration: configuration }) => configuration?.Slots ?? ''),
    keyArn: snapshot.KmsKeyId,
    hasDataTiering: snapshot.DataTiering === 'enabled',
    port: snapshot.Port,
  };
}

/** What the manifest of an exported backup tells of its cache. */
export function shapeOfManifest({ files, snapshot }: RedisManifest): Partial<CacheShape> {
  return {
    engine: files[0]?.rdb.kind,
    engineVersion: snapshot.engineVersion,
    slots: files.map(() => ''),
  };
}

/** All slots divided among a number of shards, as evenly as can be. */
export function evenSlots(shards: number): string[] {
  return Array.from({ length: shards }, (_, index) => {
    const first = Math.floor((index * SLOTS) / shards);
    const last = Math.floor(((index + 1) * SLOTS) / shards) - 1;
    return `${first}-${last}`;
  });
}

/** Of default parameter groups for cluster mode. */
const CLUSTER_MODE = /\.cluster\.on$/;

/** The slots that the source or the original has, if they fit the number of shards; else they are divided anew. */
function plannedSlots(
  { shards: wanted }: CachePlacement,
  isClusterMode: boolean,
  original: readonly NodeGroup[],
  source: readonly string[],
): readonly string[] {
  const count = wanted ?? Math.max(source.length, 1);
  if (!isClusterMode && count > 1) {
    throw new RestoreRefusedError(
      `A cache that is not in cluster mode has one shard, got: ${count}. HINT: restore it with one, or into a parameter group for cluster mode while the original is gone.`,
    );
  }
  const known = [source, original.map(({ Slots: slots = '' }) => slots)].find(
    (each) => each.length === count && each.every((slots) => slots !== ''),
  );
  return known ?? evenSlots(count);
}

const replicasOf = ([shard]: readonly NodeGroup[]): number | undefined =>
  shard?.NodeGroupMembers === undefined ? undefined : shard.NodeGroupMembers.length - 1;

/**
 * From version 6 on, ElastiCache tells the patch, and takes none.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
 */
function createdVersion(version: string | undefined): string | undefined {
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return Number(major) >= 6 ? `${major}.${minor}` : version;
}

type Place = Pick<CacheShape, 'nodeType' | 'subnetGroup' | 'securityGroupIds' | 'parameterGroup'>;

function requireEverything(place: Partial<CacheShape>, id: string): Place {
  const needed = ['subnetGroup', 'securityGroupIds', 'parameterGroup', 'nodeType'] as const;
  const missing = needed.filter((field) => place[field] === undefined);
  if (missing.length > 0) {
    throw new RestoreRefusedError(
      `The replication group ${id} is gone, and its backup does not tell everything: \`placement\` lacks ${missing.join(', ')}. HINT: take the values from the template of what was there.`,
    );
  }
  return place as Place;
}

const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

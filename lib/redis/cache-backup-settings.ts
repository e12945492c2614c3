import { aws_elasticache as elasticache, Token } from 'aws-cdk-lib';
import type { IConstruct, IMixin } from 'constructs';
import { otherValueProblems } from '../other-value';
import { type Problem, refuse } from '../problem';
import { snapshotRetentionProblems, snapshotWindowProblems, windowStart } from './snapshot-window';

/** Properties of {@link CacheBackupSettings}. */
export interface CacheBackupSettingsProps {
  /** Days for which ElastiCache keeps its automatic snapshots: 1 to 35. @default 7 */
  readonly snapshotRetentionDays?: number;
  /** When each day ElastiCache begins its snapshot, in UTC; at least 60 minutes long. @default '03:00-04:00' */
  readonly snapshotWindow?: string;
}

/** Days for which ElastiCache keeps its automatic snapshots unless told otherwise. */
export const DEFAULT_SNAPSHOT_RETENTION_DAYS = 7;

/** When ElastiCache takes its automatic snapshot unless told otherwise. */
export const DEFAULT_SNAPSHOT_WINDOW = '03:00-04:00';

/** A cache of the same app. */
export type CfnCache = elasticache.CfnReplicationGroup | elasticache.CfnServerlessCache;

/**
 * Lets ElastiCache take a snapshot of a cache of the same app each day: `cache.with(new CacheBackupSettings())`.
 *
 * Refuses a cache that says something else itself, one that is not encrypted, and one that no RDB file can be exported of.
 *
 * A group without cluster mode that is deployed already, and never had automatic snapshots, must name the node that they are taken of:
 * `snapshottingClusterId`, such as `sessions-001`. Without it ElastiCache refuses to switch them on.
 */
export class CacheBackupSettings implements IMixin {
  private readonly days: number;
  private readonly window: string;

  constructor(props: CacheBackupSettingsProps = {}) {
    this.days = props.snapshotRetentionDays ?? DEFAULT_SNAPSHOT_RETENTION_DAYS;
    this.window = props.snapshotWindow ?? DEFAULT_SNAPSHOT_WINDOW;
  }

  /** Either kind of cache. */
  public supports(construct: IConstruct): construct is CfnCache {
    return (
      elasticache.CfnReplicationGroup.isCfnReplicationGroup(construct) ||
      elasticache.CfnServerlessCache.isCfnServerlessCache(construct)
    );
  }

  public applyTo(cache: CfnCache): void {
    refuse(cache.node.path, [
      ...snapshotRetentionProblems(this.days, 'snapshotRetentionDays'),
      ...snapshotWindowProblems(this.window, 'snapshotWindow'),
    ]);
    if (elasticache.CfnServerlessCache.isCfnServerlessCache(cache)) {
      this.applyToServerless(cache);
    } else {
      this.applyToGroup(cache);
    }
  }

  private applyToGroup(group: elasticache.CfnReplicationGroup): void {
    refuse(group.node.path, [
      ...encryptionProblems(group),
      ...exportProblems(group),
      ...snapshottingClusterProblems(group),
      ...otherValueProblems('snapshotRetentionLimit', group.snapshotRetentionLimit, this.days),
      ...otherValueProblems('snapshotWindow', group.snapshotWindow, this.window),
    ]);
    group.snapshotRetentionLimit = this.days;
    group.snapshotWindow = this.window;
  }

  /** A serverless cache is always encrypted, at rest and in transit. It takes a time of day in place of a window. */
  private applyToServerless(cache: elasticache.CfnServerlessCache): void {
    const dailySnapshotTime = windowStart(this.window);
    refuse(cache.node.path, [
      ...(cache.engine === 'memcached'
        ? [{ path: 'engine', message: 'must be valkey or redis: only these are saved in RDB files, got: memcached' }]
        : []),
      ...otherValueProblems('snapshotRetentionLimit', cache.snapshotRetentionLimit, this.days),
      ...otherValueProblems('dailySnapshotTime', cache.dailySnapshotTime, dailySnapshotTime),
    ]);
    cache.snapshotRetentionLimit = this.days;
    cache.dailySnapshotTime = dailySnapshotTime;
  }
}

/** The probe speaks TLS alone, and a snapshot is encrypted as its cache is. Neither can be switched on later without a new group. */
function encryptionProblems(group: elasticache.CfnReplicationGroup): Problem[] {
  return (['transitEncryptionEnabled', 'atRestEncryptionEnabled'] as const).flatMap((path) =>
    group[path] === true || Token.isUnresolved(group[path])
      ? []
      : [{ path, message: `must be true on a cache that is backed up, got: ${group[path]}` }],
  );
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html */
function exportProblems({ dataTieringEnabled }: elasticache.CfnReplicationGroup): Problem[] {
  return dataTieringEnabled === true
    ? [{ path: 'dataTieringEnabled', message: 'must not be true: ElastiCache exports no snapshots of such a cache' }]
    : [];
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html */
function snapshottingClusterProblems(group: elasticache.CfnReplicationGroup): Problem[] {
  return group.snapshottingClusterId !== undefined && hasShards(group)
    ? [
        {
          path: 'snapshottingClusterId',
          message: `must be absent with cluster mode: each shard is saved, got: ${group.snapshottingClusterId}`,
        },
      ]
    : [];
}

function hasShards({
  numNodeGroups = 1,
  clusterMode,
  nodeGroupConfiguration,
}: elasticache.CfnReplicationGroup): boolean {
  const configured = Array.isArray(nodeGroupConfiguration) ? nodeGroupConfiguration.length : 1;
  return clusterMode === 'enabled' || numNodeGroups > 1 || configured > 1;
}

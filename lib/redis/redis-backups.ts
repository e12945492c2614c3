import { type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  type CacheStore,
  type CacheTarget,
  DEFAULT_SAVE_POINTS,
  type SavePointRule,
  type SnapshotRedisEvent,
} from '../../engine/contract/redis';
import { DEFAULT_RETENTION, type Retention } from '../../engine/contract/retention';
import { LockMode } from '../files/lock-mode';
import { type Network, networkProblems } from '../network';
import type { Paging } from '../paging/paging';
import { alarmedNameProblems } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';
import { DumpsBucket } from '../tenants/dumps-bucket';
import {
  type CacheBackupSettingsProps,
  DEFAULT_SNAPSHOT_RETENTION_DAYS,
  DEFAULT_SNAPSHOT_WINDOW,
} from './cache-backup-settings';
import { ExportFunction } from './export-function';
import { LastSaveAlarm } from './last-save-alarm';
import type { ProtectedCache } from './protected-cache';
import { savePointsProblems } from './save-points-problems';
import { SnapshotFunction } from './snapshot-function';
import { snapshotRetentionProblems, snapshotWindowProblems } from './snapshot-window';
import { StagingBucket } from './staging-bucket';

/** How a cache is backed up. */
export interface CacheBackupOptions extends CacheBackupSettingsProps {
  /**
   * Where the probe runs.
   *
   * Its subnets need ways to the cache and, through a NAT gateway or VPC endpoints, to ElastiCache's API, S3, CloudWatch and, to
   * sign in, Secrets Manager. The way to S3 is a gateway endpoint or NAT: interface endpoints of S3 do not speak TLS 1.3.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingEncryptionInTransit.html
   */
  readonly network: Network;
  /** When snapshots are due beside the daily one; none for an empty list. @default DEFAULT_SAVE_POINTS */
  readonly savePoints?: readonly SavePointRule[];
  /** How long exported snapshots are kept and locked. @default DEFAULT_RETENTION */
  readonly retention?: Retention;
  /** How firm the locks are. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
}

/** Properties of {@link RedisBackups}. */
export interface RedisBackupsProps extends CacheBackupOptions {
  readonly recovery: RecoveryRegion;
  /** Name of the protected cache: lower-case letters, digits and hyphens. */
  readonly resource: string;
  readonly cache: ProtectedCache;
  /** Key that encrypts the exported snapshots. */
  readonly encryptionKey: kms.IKey;
  readonly paging: Paging;
}

/**
 * Backs up one cache: the probe that takes snapshots when save points are due, the function that exports one a day, the bucket
 * that ElastiCache exports into and the one that keeps the exports, locked and replicated, and the alarm on the age of the newest
 * snapshot. The replica is the recovery stack's: `RecoveryStack.addRedisReplica`.
 */
export class RedisBackups extends Construct {
  /** Where the exported snapshots are kept. */
  public readonly bucket: s3.Bucket;
  /** Where ElastiCache exports to. */
  public readonly stagingBucket: s3.Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RedisBackupsProps,
  ) {
    super(scope, id);
    const { recovery, resource, cache, network, encryptionKey, paging } = props;
    const { prefix } = recovery;
    refuse(this.node.path, [
      ...alarmedNameProblems(resource),
      ...cache.problems,
      ...networkProblems(network, 'network'),
      ...savePointsProblems(this.target.savePoints, 'savePoints'),
      ...snapshotRetentionProblems(this.target.snapshotRetentionDays, 'snapshotRetentionDays'),
      ...snapshotWindowProblems(this.target.snapshotWindow, 'snapshotWindow'),
    ]);
    cache.configure(props);
    this.bucket = new DumpsBucket(this, 'Bucket', {
      recovery,
      resource,
      encryptionKey,
      retention: this.retention,
    }).bucket;
    this.stagingBucket = new StagingBucket(this, 'Staging', { prefix, resource }).bucket;
    const { stagingBucket } = this;
    const shared = { prefix, resource, cache, stagingBucket, event: () => this.event };
    new SnapshotFunction(this, 'Snapshots', { ...shared, network });
    new ExportFunction(this, 'Exports', {
      ...shared,
      bucket: this.bucket,
      key: encryptionKey,
      retention: this.retention,
    });
    new LastSaveAlarm(this, 'LastSave', { target: this.target, paging });
  }

  /** What the functions are told of the cache. */
  public get target(): CacheTarget {
    const { resource, cache, savePoints = DEFAULT_SAVE_POINTS } = this.props;
    return {
      resource,
      kind: cache.kind,
      id: cache.id,
      login: cache.signIn.login,
      savePoints: savePoints.map(({ changes, seconds }) => ({ changes, seconds })),
      snapshotRetentionDays: this.props.snapshotRetentionDays ?? DEFAULT_SNAPSHOT_RETENTION_DAYS,
      snapshotWindow: this.props.snapshotWindow ?? DEFAULT_SNAPSHOT_WINDOW,
    };
  }

  /** What the functions are told of where snapshots are kept. */
  public get store(): CacheStore {
    const { encryptionKey, lockMode } = this.props;
    return {
      bucket: this.bucket.bucketName,
      region: Stack.of(this).region,
      keyArn: encryptionKey.keyArn,
      lockMode: lockMode ?? LockMode.GOVERNANCE,
      retention: this.retention.counts,
      stagingBucket: this.stagingBucket.bucketName,
    };
  }

  private get event(): SnapshotRedisEvent {
    return { target: this.target, store: this.store };
  }

  private get retention(): Retention {
    return this.props.retention ?? DEFAULT_RETENTION;
  }
}

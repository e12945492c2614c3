import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import {
  type CacheStore,
  type CacheTarget,
  cacheProofsPrefix,
  type VerifyRedisEvent,
} from '../../engine/contract/redis';
import { System } from '../../engine/contract/signals';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { allowReplicaKey } from '../functions/replica-key';
import { throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { replicationFailedAlarm } from '../signals/replication-failed-alarm';
import { pagedBy, scheduledAlarms } from '../signals/ruled-alarm';
import { readBackupsStatements, recordProofsStatement } from '../tenants/backup-access';
import type { ProtectedCache } from './protected-cache';

/** Time between two verifications. */
const VERIFY_EVERY = Duration.hours(1);

/** Properties of a {@link RedisVerification}. */
export interface RedisVerificationProps {
  readonly recovery: RecoveryRegion;
  /** Bucket for the reports of verifications. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
  readonly paging: Paging;
}

/** A cache whose backups are verified. */
export interface VerifiedCache {
  readonly cache: ProtectedCache;
  readonly target: CacheTarget;
  readonly store: CacheStore;
  /** The bucket of the store. */
  readonly bucket: s3.IBucket;
}

/**
 * Proves each hour that the snapshots of every protected cache are taken, exported, whole and copied, and raises the alarms when they
 * are not, or when nothing was proved: silence is a failure. One function and one schedule, however many caches.
 */
export class RedisVerification extends Construct {
  private readonly verified: VerifiedCache[] = [];
  private readonly verifier: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RedisVerificationProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    this.verifier = new HoldfastFunction(this, 'Verifier', {
      bundle: 'verify-redis',
      functionName: `${prefix}-verify-redis`,
      roleName: roleNames.verifyRedis(prefix),
      description: 'Proves that the snapshots of the protected caches are there, whole and copied',
      timeout: Duration.minutes(15),
      memorySizeMiB: 1024,
    });
    new FunctionSchedule(this, 'Schedule', {
      name: `${prefix}-verify-redis`,
      description: 'Verifies the snapshots of the protected caches',
      function: this.verifier.function,
      schedule: scheduler.ScheduleExpression.rate(VERIFY_EVERY),
      event: () => this.event,
      retryAttempts: 2,
      maxEventAge: VERIFY_EVERY,
    });
    scheduledAlarms(this, { paging: props.paging, system: System.REDIS });
    this.allowOwnResources();
    this.node.addValidation({
      validate: () => (this.verified.length > 0 ? [] : ['nothing to verify: protect at least one cache']),
    });
  }

  /** Adds a cache to what is verified. */
  public verify(verified: VerifiedCache): void {
    this.verified.push(verified);
    const { target, store, bucket } = verified;
    this.allowLookingAt(verified.cache);
    replicationFailedAlarm(this, `ReplicationFailed-${target.resource}`, {
      paging: this.props.paging,
      resource: target.resource,
      sourceBucketName: bucket.bucketName,
      replicaBucketName: this.replicaOf(target.resource),
    });
    for (const statement of readBackupsStatements({ bucket, resource: target.resource })) {
      this.verifier.role.addToPrincipalPolicy(statement);
    }
    this.verifier.role.addToPrincipalPolicy(recordProofsStatement({ bucket, resource: target.resource }));
    this.verifier.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [store.keyArn], throughService('s3', store.region));
    this.verifier.allow(['s3:GetObject', 's3:PutObject'], [this.proofsOf(target.resource)]);
    const replica = `arn:${Stack.of(this).partition}:s3:::${this.replicaOf(target.resource)}`;
    this.verifier.allow(['s3:ListBucket'], [replica]);
    this.verifier.allow(['s3:GetObject', 's3:GetObjectVersion'], [`${replica}/*`]);
  }

  private get event(): VerifyRedisEvent {
    const { recovery, proofsBucket } = this.props;
    const replica = (resource: string) => ({
      bucket: this.replicaOf(resource),
      region: recovery.region,
      keyArn: recovery.replicaKeyOrAliasArn(this),
    });
    return {
      targets: this.verified.map(({ target, store }) => ({ target, store })),
      replicas: Object.fromEntries(this.verified.map(({ target: { resource } }) => [resource, replica(resource)])),
      proofs: { bucket: proofsBucket.bucketName, region: Stack.of(this).region },
      ...pagedBy(this.props.paging, BACKUP_FAILED),
    };
  }

  private allowLookingAt(cache: ProtectedCache): void {
    const arns = cache.arns(this);
    this.verifier.allow([...cache.readActions], [...arns.cache, `${arns.snapshots}*`]);
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, recovery, paging } = this.props;
    const { region } = Stack.of(this);
    this.verifier.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    this.verifier.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [proofsKey.keyArn], throughService('s3', region));
    allowReplicaKey(this.verifier, recovery);
    this.verifier.allowMetrics();
    const { alarmName, incidentName } = pagedBy(paging, BACKUP_FAILED);
    this.verifier.allowAlarmStates(alarmName, incidentName);
  }

  private proofsOf(resource: string): string {
    return this.props.proofsBucket.arnForObjects(`${cacheProofsPrefix(resource)}*`);
  }

  private replicaOf(resource: string): string {
    return this.props.recovery.replicaBucketName(this, resource);
  }
}

const BACKUP_FAILED = alarmRule(System.REDIS, 'backupFailed');

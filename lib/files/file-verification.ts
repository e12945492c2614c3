import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import { System } from '../../engine/contract/signals';
import type { FilesTarget, VerifyFilesEvent } from '../../engine/contract/verify-files';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { allowReplicaKey } from '../functions/replica-key';
import { throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { replicationFailedAlarm } from '../signals/replication-failed-alarm';
import { pagedBy, scheduledAlarms } from '../signals/ruled-alarm';

/** Properties of a {@link FileVerification}. */
export interface FileVerificationProps {
  readonly recovery: RecoveryRegion;
  /** Bucket for the state and the reports of verifications. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
  readonly paging: Paging;
  /** Time between two verifications, in whole minutes. @default Duration.minutes(15) */
  readonly every?: Duration;
  /** Time within which each version of the replicas is read in full once, in whole days. @default Duration.days(30) */
  readonly readCycle?: Duration;
}

/** A bucket to verify. */
export interface VerifiedBucket {
  /** Name of the protected resource. */
  readonly resource: string;
  readonly sourceBucketName: string;
  /**
   * Key that encrypts the source.
   * @default - the source is not encrypted with a customer key, and keys in the replica are not checked
   */
  readonly sourceKeyArn?: string;
  /** Age at which the source's lifecycle expires current versions. @default - they do not expire */
  readonly expireAfterDays?: number;
}

/**
 * Proves on a schedule that every replica holds what its source holds, and raises the alarms when it does not, or when
 * nothing was proved: silence is a failure. One function and one schedule, however many buckets.
 */
export class FileVerification extends Construct {
  private readonly verified: VerifiedBucket[] = [];
  private readonly verifier: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FileVerificationProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    const every = props.every ?? Duration.minutes(15);
    this.verifier = new HoldfastFunction(this, 'Verifier', {
      bundle: 'verify-files',
      functionName: `${prefix}-verify-files`,
      roleName: roleNames.verifyFiles(prefix),
      description: 'Proves that the replicas of the protected buckets hold what the buckets hold',
      timeout: Duration.minutes(15),
      memorySizeMiB: 1024,
    });
    this.schedule(every);
    scheduledAlarms(this, { paging: props.paging, system: System.STORAGE, period: every });
    this.allowOwnResources();
    this.node.addValidation({
      validate: () => (this.verified.length > 0 ? [] : ['nothing to verify: protect at least one bucket']),
    });
  }

  /** Adds a bucket to what is verified. */
  public verify(bucket: VerifiedBucket): void {
    this.verified.push(bucket);
    replicationFailedAlarm(this, `ReplicationFailed-${bucket.resource}`, {
      paging: this.props.paging,
      resource: bucket.resource,
      sourceBucketName: bucket.sourceBucketName,
      replicaBucketName: this.props.recovery.replicaBucketName(this, bucket.resource),
    });
    const { partition, region } = Stack.of(this);
    const { recovery } = this.props;
    const source = `arn:${partition}:s3:::${bucket.sourceBucketName}`;
    const replica = `arn:${partition}:s3:::${recovery.replicaBucketName(this, bucket.resource)}`;
    // Without s3:ListBucket, S3 answers 403 and not 404 for a version that expired since it was listed.
    this.verifier.allow(['s3:ListBucket', 's3:ListBucketVersions'], [source, replica]);
    this.verifier.allow(['s3:GetObjectVersion'], [`${source}/*`, `${replica}/*`]);
    if (bucket.sourceKeyArn !== undefined) {
      this.verifier.allow(['kms:Decrypt'], [bucket.sourceKeyArn], throughService('s3', region));
    }
  }

  private schedule(every: Duration): void {
    const { recovery, proofsBucket, readCycle } = this.props;
    const event = (): VerifyFilesEvent => ({
      targets: this.verified.map((bucket) => this.targetOf(bucket)),
      proofs: { bucket: proofsBucket.bucketName, region: Stack.of(this).region },
      ...pagedBy(this.props.paging, BACKUP_FAILED),
      readCycleDays: (readCycle ?? Duration.days(30)).toDays(),
    });
    // Under the name that CDK leaves out of logical ids, so that the schedule and its queue keep theirs.
    new FunctionSchedule(this, 'Default', {
      name: `${recovery.prefix}-verify-files`,
      description: 'Verifies the replicas of the protected buckets',
      function: this.verifier.function,
      schedule: scheduler.ScheduleExpression.rate(every),
      event,
      retryAttempts: 2,
      maxEventAge: Duration.minutes(Math.max(every.toMinutes(), 1)),
    });
  }

  private targetOf(bucket: VerifiedBucket): FilesTarget {
    const { recovery } = this.props;
    return {
      resource: bucket.resource,
      source: {
        bucket: bucket.sourceBucketName,
        region: Stack.of(this).region,
        expireAfterDays: bucket.expireAfterDays,
      },
      replica: {
        bucket: recovery.replicaBucketName(this, bucket.resource),
        region: recovery.region,
        keyArn: bucket.sourceKeyArn === undefined ? undefined : recovery.replicaKeyOrAliasArn(this),
      },
    };
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, recovery, paging } = this.props;
    const { region } = Stack.of(this);
    this.verifier.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    this.verifier.allow(['s3:GetObject', 's3:PutObject'], [proofsBucket.arnForObjects('files/*')]);
    this.verifier.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [proofsKey.keyArn], throughService('s3', region));
    allowReplicaKey(this.verifier, recovery);
    this.verifier.allowMetrics();
    const { alarmName, incidentName } = pagedBy(paging, BACKUP_FAILED);
    this.verifier.allowAlarmStates(alarmName, incidentName);
  }
}

const BACKUP_FAILED = alarmRule(System.STORAGE, 'backupFailed');

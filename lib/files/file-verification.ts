import {
  aws_cloudwatch as cloudwatch,
  Duration,
  type aws_kms as kms,
  Stack,
  type aws_s3 as s3,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Severity } from '../../engine/contract/paging';
import { Dimension, METRIC_NAMESPACE, Metric, REPLICATION_DELAY_SECONDS, System } from '../../engine/contract/signals';
import type { FilesTarget, VerifyFilesEvent } from '../../engine/contract/verify-files';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { allowReplicaKey } from '../functions/replica-key';
import { throughService } from '../key-conditions';
import type { Paging } from '../paging/paging';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';

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
 * nothing was proved: silence is a failure. One function, one schedule and two alarms, however many buckets.
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
    this.backupFailedAlarm(every);
    this.replicationDelayAlarm(every);
    this.allowOwnResources();
    this.node.addValidation({
      validate: () => (this.verified.length > 0 ? [] : ['nothing to verify: protect at least one bucket']),
    });
  }

  /** Adds a bucket to what is verified. */
  public verify(bucket: VerifiedBucket): void {
    this.verified.push(bucket);
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

  private get backupFailedAlarmName(): string {
    return `${this.props.recovery.prefix}-${System.STORAGE}-backupFailed`;
  }

  private schedule(every: Duration): void {
    const { recovery, proofsBucket, readCycle } = this.props;
    const event = (): VerifyFilesEvent => ({
      targets: this.verified.map((bucket) => this.targetOf(bucket)),
      proofs: { bucket: proofsBucket.bucketName, region: Stack.of(this).region },
      alarmName: this.backupFailedAlarmName,
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

  private backupFailedAlarm(every: Duration): void {
    const alarm = new cloudwatch.Alarm(this, 'BackupFailed', {
      alarmName: this.backupFailedAlarmName,
      alarmDescription:
        'A replica in the recovery Region does not hold what its bucket holds, or nobody knows: the verification found ' +
        'damage, failed, or did not run. First: read the report named in the reason; without one, read the log of the ' +
        'function verify-files. Runbook: docs/runbooks/files-backup-failed.md',
      metric: this.metric(Metric.SUCCESS, cloudwatch.Stats.MINIMUM, every),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    this.props.paging.route(alarm, Severity.CRITICAL);
  }

  private replicationDelayAlarm(every: Duration): void {
    const alarm = new cloudwatch.Alarm(this, 'ReplicationDelay', {
      alarmName: `${this.props.recovery.prefix}-${System.STORAGE}-replicationDelay`,
      alarmDescription:
        `A version has waited more than ${REPLICATION_DELAY_SECONDS} s for its copy in the recovery Region: what was ` +
        'written since would be lost with the primary Region. First: see which bucket lags in the metric replication. ' +
        'Runbook: docs/runbooks/files-replication-delay.md',
      metric: this.metric(Metric.REPLICATION, cloudwatch.Stats.MAXIMUM, every),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: REPLICATION_DELAY_SECONDS,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    this.props.paging.route(alarm, Severity.WARNING);
  }

  /** The figure for all buckets. A period as long as the schedule's holds one datapoint, late ones included. */
  private metric(metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [Dimension.SYSTEM]: System.STORAGE },
      statistic,
      period,
    });
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, recovery } = this.props;
    const { region } = Stack.of(this);
    this.verifier.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    this.verifier.allow(['s3:GetObject', 's3:PutObject'], [proofsBucket.arnForObjects('files/*')]);
    this.verifier.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [proofsKey.keyArn], throughService('s3', region));
    allowReplicaKey(this.verifier, recovery);
    this.verifier.allowMetrics();
    this.verifier.allowAlarmStates(this.backupFailedAlarmName);
  }
}

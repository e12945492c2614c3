import { Duration, type aws_kms as kms, Stack, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BackupFile } from '../../engine/contract/backup-layout';
import { deploymentParameter } from '../../engine/contract/deployment';
import { REPORTS_PREFIX } from '../../engine/contract/layout';
import type { WriteReportEvent } from '../../engine/contract/write-report';
import { FunctionSchedule } from '../functions/function-schedule';
import { HoldfastFunction } from '../functions/holdfast-function';
import { throughService } from '../key-conditions';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';

/** Time between two reports: as often as most verifications are made. */
const REPORT_EVERY = Duration.hours(1);

/** Properties of a {@link ReportSchedule}. */
export interface ReportScheduleProps {
  readonly recovery: RecoveryRegion;
  /** Bucket of the proof records, which the reports are written into. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
}

/**
 * Keeps each hour, as a page in the proofs bucket, what could be restored then, with charts and the evidence of the newest drills: for people
 * without access to AWS, and for audits later. Its function reads, and writes nothing but these pages.
 */
export class ReportSchedule extends Construct {
  private readonly writer: HoldfastFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReportScheduleProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    this.writer = new HoldfastFunction(this, 'Writer', {
      bundle: 'write-report',
      functionName: `${prefix}-write-report`,
      roleName: roleNames.writeReport(prefix),
      description: 'Writes what can be restored, and the evidence of it, as a page',
      timeout: Duration.minutes(5),
      memorySizeMiB: 1024,
    });
    new FunctionSchedule(this, 'Schedule', {
      name: `${prefix}-write-report`,
      description: 'Keeps a report of what can be restored',
      function: this.writer.function,
      schedule: scheduler.ScheduleExpression.rate(REPORT_EVERY),
      event: () => this.event,
      retryAttempts: 2,
      maxEventAge: REPORT_EVERY,
    });
    this.allowProofs();
    this.allowSignals();
  }

  /**
   * Lets reports tell of the backups of a protected resource that lie in a bucket under manifests: of dumps of tenants, or of exported
   * snapshots of caches. What is in the backups stays closed to it.
   *
   * @param key that encrypts the bucket.
   */
  public readBackups(bucket: s3.IBucket, key: kms.IKey): void {
    const files = [BackupFile.MANIFEST, BackupFile.TENANTS, 'proofs/*'].map((file) =>
      bucket.arnForObjects(`*/${file}`),
    );
    this.writer.allow(['s3:ListBucket'], [bucket.bucketArn]);
    this.writer.allow(['s3:GetObject', 's3:GetObjectVersion'], files);
    this.writer.allow(['kms:Decrypt'], [key.keyArn], throughService('s3', Stack.of(this).region));
  }

  private get event(): WriteReportEvent {
    const { recoveryRoleArn } = this;
    return { prefix: this.props.recovery.prefix, ...(recoveryRoleArn !== undefined && { recoveryRoleArn }) };
  }

  /** Only where the recovery Region lies in another account. */
  private get recoveryRoleArn(): string | undefined {
    const { recovery } = this.props;
    const { partition, account } = Stack.of(this);
    return recovery.isOtherAccountThan(account)
      ? `arn:${partition}:iam::${recovery.accountOf(this)}:role/${roleNames.readRecoveryAlarms(recovery.prefix)}`
      : undefined;
  }

  private allowProofs(): void {
    const { proofsBucket, proofsKey } = this.props;
    const reports = proofsBucket.arnForObjects(`${REPORTS_PREFIX}*`);
    this.writer.allow(['s3:ListBucket'], [proofsBucket.bucketArn]);
    // A report whose answer was lost is compared with what is there.
    this.writer.allow(['s3:GetObject'], [proofsBucket.arnForObjects('*/proofs/*'), reports]);
    this.writer.allow(['s3:PutObject'], [reports]);
    this.writer.allow(
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      [proofsKey.keyArn],
      throughService('s3', Stack.of(this).region),
    );
  }

  /** CloudWatch tells of composite alarms, and of metrics, only who may read all of them; see the pages of both actions. */
  private allowSignals(): void {
    const { partition, region, account } = Stack.of(this);
    const parameter = deploymentParameter(this.props.recovery.prefix);
    this.writer.allow(['ssm:GetParameter'], [`arn:${partition}:ssm:${region}:${account}:parameter${parameter}`]);
    this.writer.allow(['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'], ['*']);
    const { recoveryRoleArn } = this;
    if (recoveryRoleArn !== undefined) {
      this.writer.allow(['sts:AssumeRole'], [recoveryRoleArn]);
    }
  }
}

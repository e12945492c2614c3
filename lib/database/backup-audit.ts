import { aws_backup as backup, aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { lockRange } from '../../engine/contract/backup-plan';
import type { Retention } from '../../engine/contract/retention';
import type { RecoveryRegion } from '../platform/recovery-region';

/** Tag of the plan and of its recovery points, with the prefix of the deployment as its value: what the controls look at. */
export const BACKUP_TAG = 'holdfast';

/** First part of the keys of the reports of AWS Backup in the bucket of the proofs. */
const REPORTS_PREFIX = 'aws-backup';

/** Hours that the newest recovery point may be old: a day, the start window and a run of normal length. */
const OLDEST_BACKUP_HOURS = 36;

/** Properties of {@link BackupAudit}. */
export interface BackupAuditProps {
  readonly recovery: RecoveryRegion;
  readonly retention: Retention;
  /** Bucket that the reports go to. */
  readonly proofsBucket: s3.Bucket;
  /** Key of that bucket. */
  readonly proofsKey: kms.IKey;
  /** Whether there are the controls too, for which AWS Config must record. @default true */
  readonly controls?: boolean;
}

/**
 * Evidence for auditors, by AWS Backup Audit Manager: reports on each day's backup, copy and restore jobs, and controls that are
 * evaluated anew each day, with a report on them.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html
 */
export class BackupAudit extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupAuditProps,
  ) {
    super(scope, id);
    const reports = (['BACKUP_JOB_REPORT', 'COPY_JOB_REPORT', 'RESTORE_JOB_REPORT'] as const).map((template) =>
      this.reportPlan(template, {}),
    );
    if (props.controls ?? true) {
      const { attrFrameworkArn } = this.framework();
      reports.push(this.reportPlan('CONTROL_COMPLIANCE_REPORT', { FrameworkArns: [attrFrameworkArn] }));
    }
    this.admitReports(reports);
  }

  private reportPlan(template: string, setting: Record<string, unknown>): backup.CfnReportPlan {
    const { proofsBucket } = this.props;
    const name = template.toLowerCase().replace(/_report$/, '');
    return new backup.CfnReportPlan(this, template, {
      reportPlanName: this.named(name),
      reportPlanDescription: `Daily report of AWS Backup: ${name.replaceAll('_', ' ')}`,
      reportDeliveryChannel: {
        S3BucketName: proofsBucket.bucketName,
        S3KeyPrefix: REPORTS_PREFIX,
        Formats: ['CSV', 'JSON'],
      },
      reportSetting: { ReportTemplate: template, ...setting },
    });
  }

  private framework(): backup.CfnFramework {
    const { recovery, retention } = this.props;
    const { leastDays, mostDays } = lockRange(retention);
    const databases = { ComplianceResourceTypes: ['RDS', 'Aurora'] };
    const tagged = { Tags: [{ Key: BACKUP_TAG, Value: recovery.prefix }] };
    return new backup.CfnFramework(this, 'Framework', {
      frameworkName: this.named('databases'),
      frameworkDescription: `What is promised of the backups of databases of ${recovery.prefix}`,
      frameworkControls: [
        control('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN', databases),
        control('BACKUP_LAST_RECOVERY_POINT_CREATED', databases, {
          recoveryPointAgeUnit: 'hours',
          recoveryPointAgeValue: String(OLDEST_BACKUP_HOURS),
        }),
        control('BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION', databases, { crossRegionList: recovery.region }),
        control('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK', databases, {
          minRetentionDays: String(leastDays),
          maxRetentionDays: String(mostDays),
        }),
        control('BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK', tagged, {
          requiredFrequencyUnit: 'days',
          requiredFrequencyValue: '1',
          requiredRetentionDays: String(leastDays),
        }),
        control('BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK', tagged, { requiredRetentionDays: String(leastDays) }),
        control('BACKUP_RECOVERY_POINT_ENCRYPTED', tagged),
      ],
    });
  }

  /**
   * Lets the service-linked role in that delivers the reports. Neither a bucket nor a key takes a policy with a principal that is not
   * there yet, and AWS Backup makes the role with the first report plan: so the policy of the bucket waits for the plans, and that of
   * the key names the role in a condition. S3 would take such a policy of a bucket for a public one.
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
   */
  private admitReports(reports: readonly backup.CfnReportPlan[]): void {
    const { proofsBucket, proofsKey } = this.props;
    const { partition, account } = Stack.of(this);
    const roleArn = `arn:${partition}:iam::${account}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports`;
    proofsBucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AdmitReports',
        principals: [new iam.ArnPrincipal(roleArn)],
        actions: ['s3:PutObject'],
        resources: [proofsBucket.arnForObjects(`${REPORTS_PREFIX}/*`)],
        conditions: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
    proofsBucket.policy?.node.addDependency(...reports);
    proofsKey.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AdmitReports',
        principals: [new iam.AnyPrincipal()],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { ArnEquals: { 'aws:PrincipalArn': roleArn }, StringEquals: { 'kms:CallerAccount': account } },
      }),
    );
  }

  /** Names take letters, digits and underscores alone. */
  private named(what: string): string {
    return `${this.props.recovery.prefix.replaceAll('-', '_')}_${what}`;
  }
}

/** What a control looks at: types of resources, or one tag. The type of CDK is open here, so the names are CloudFormation's own. */
type ControlScope =
  | { readonly ComplianceResourceTypes: readonly string[] }
  | { readonly Tags: readonly { readonly Key: string; readonly Value: string }[] };

/**
 * One control, with its parameters and what it looks at.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html
 */
function control(
  controlName: string,
  controlScope: ControlScope,
  parameters: Readonly<Record<string, string>> = {},
): backup.CfnFramework.FrameworkControlProperty {
  return {
    controlName,
    controlScope,
    controlInputParameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
      parameterName,
      parameterValue,
    })),
  };
}

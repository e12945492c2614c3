import { Template } from 'aws-cdk-lib/assertions';
import { BackupAudit, type BackupAuditProps, DEFAULT_RETENTION, ProofsBucket, Retention } from '../../../lib';
import { EncryptionKey } from '../../../lib/encryption-key';
import { onlyResource, primaryStack, recoveryRegion, resources, type Statement, statements } from '../deployment';
import { allows } from '../tenants/policy-simulation';

const REPORT_ROLE =
  'arn:aws:iam::111122223333:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports';

describe('with minimal properties', () => {
  const template = audited();

  test('reports on backup, copy and restore jobs, and on the controls, each day', () => {
    const reports = resources(template, 'AWS::Backup::ReportPlan');
    expect(reports.map(([, { Properties }]) => [Properties.ReportPlanName, Properties.ReportSetting])).toEqual([
      ['acme_backup_job', { ReportTemplate: 'BACKUP_JOB_REPORT' }],
      ['acme_copy_job', { ReportTemplate: 'COPY_JOB_REPORT' }],
      ['acme_restore_job', { ReportTemplate: 'RESTORE_JOB_REPORT' }],
      [
        'acme_control_compliance',
        {
          ReportTemplate: 'CONTROL_COMPLIANCE_REPORT',
          FrameworkArns: [{ 'Fn::GetAtt': [onlyResource(template, 'AWS::Backup::Framework')[0], 'FrameworkArn'] }],
        },
      ],
    ]);
    const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');
    for (const [, { Properties }] of reports) {
      expect(Properties.ReportDeliveryChannel).toEqual({
        S3BucketName: { Ref: bucketId },
        S3KeyPrefix: 'aws-backup',
        Formats: ['CSV', 'JSON'],
      });
    }
  });

  test('has each promise evaluated, once: AWS Backup refuses a control that is there twice', () => {
    const controls = controlsOf(template);
    expect(Object.keys(controls)).toHaveLength(7);
    expect(controls.BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION).toEqual({ crossRegionList: 'eu-central-1' });
    expect(controls.BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK).toEqual({
      minRetentionDays: '30',
      maxRetentionDays: '2557',
    });
    expect(controls.BACKUP_LAST_RECOVERY_POINT_CREATED).toEqual({
      recoveryPointAgeUnit: 'hours',
      recoveryPointAgeValue: '36',
    });
    expect(controls.BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK).toEqual({
      requiredFrequencyUnit: 'days',
      requiredFrequencyValue: '1',
      requiredRetentionDays: '30',
    });
    expect(controls.BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK).toEqual({ requiredRetentionDays: '30' });
    expect(controls.BACKUP_RECOVERY_POINT_ENCRYPTED).toEqual({});
    expect(controls.BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN).toEqual({});
  });

  test('looks at databases, or by one tag at the plan and its recovery points', () => {
    const scopes = frameworkOf(template).map(({ ControlScope }) => JSON.stringify(ControlScope));
    expect(new Set(scopes)).toEqual(
      new Set(['{"ComplianceResourceTypes":["RDS","Aurora"]}', '{"Tags":[{"Key":"holdfast","Value":"acme"}]}']),
    );
  });
});

test('maximal properties: names and numbers are those of the deployment', () => {
  const retention = Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 });
  const template = audited({ recovery: recoveryRegion({ prefix: 'acme-eu' }), retention, controls: true });
  expect(controlsOf(template).BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK).toEqual({ requiredRetentionDays: '7' });
  template.hasResourceProperties('AWS::Backup::Framework', { FrameworkName: 'acme_eu_databases' });
});

test('without controls, AWS Config need not record', () => {
  const template = audited({ controls: false });
  template.resourceCountIs('AWS::Backup::Framework', 0);
  template.resourceCountIs('AWS::Backup::ReportPlan', 3);
});

describe('whoever delivers the reports', () => {
  const template = audited();
  const [, policy] = onlyResource(template, 'AWS::S3::BucketPolicy');
  const admitted = statements(policy).filter(({ Sid }) => Sid === 'AdmitReports');
  const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');

  test('may write reports into the bucket, and nothing beside them', () => {
    const context = { 's3:x-amz-acl': 'bucket-owner-full-control' };
    const put = (key: string) => ({ action: 's3:PutObject', resource: `<${bucketId}>/${key}`, context });
    expect(admitted.map(({ Principal }) => Principal)).toEqual([{ AWS: REPORT_ROLE }]);
    expect(allows(admitted, put('aws-backup/Backup/report.csv'))).toBe(true);
    expect(allows(admitted, put('databases/report.json'))).toBe(false);
  });

  test('is there before the policy names it', () => {
    const plans = resources(template, 'AWS::Backup::ReportPlan').map(([id]) => id);
    expect(policy.DependsOn).toEqual(expect.arrayContaining(plans));
  });

  test('may use the key, and nobody else by that statement', () => {
    const [, key] = onlyResource(template, 'AWS::KMS::Key');
    const [onKey] = statements(key, 'KeyPolicy').filter(({ Sid }) => Sid === 'AdmitReports');
    const use = (principal: string, account: string) => ({
      action: 'kms:GenerateDataKey',
      resource: '*',
      context: { 'aws:PrincipalArn': principal, 'kms:CallerAccount': account },
    });
    const allowed = (...who: [string, string]) => allows([onKey as Statement], use(...who));
    expect(allowed(REPORT_ROLE, '111122223333')).toBe(true);
    expect(allowed(REPORT_ROLE, '444455556666')).toBe(false);
    expect(allowed('arn:aws:iam::111122223333:role/application', '111122223333')).toBe(false);
  });
});

function audited(props: Partial<BackupAuditProps> = {}): Template {
  const stack = primaryStack();
  const proofsKey = new EncryptionKey(stack, 'Key', { alias: 'acme-files', description: 'Encrypts the files' });
  const { bucket } = new ProofsBucket(stack, 'Proofs', { prefix: 'acme', encryptionKey: proofsKey });
  new BackupAudit(stack, 'Audit', {
    recovery: recoveryRegion(),
    retention: DEFAULT_RETENTION,
    proofsBucket: bucket,
    proofsKey,
    ...props,
  });
  return Template.fromStack(stack);
}

interface Control {
  readonly ControlName: string;
  readonly ControlScope: unknown;
  readonly ControlInputParameters: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
}

function frameworkOf(template: Template): readonly Control[] {
  const [, framework] = onlyResource(template, 'AWS::Backup::Framework');
  return framework.Properties.FrameworkControls as readonly Control[];
}

/** Parameters of each control, by its name. */
function controlsOf(template: Template): Record<string, Record<string, string>> {
  return Object.fromEntries(
    frameworkOf(template).map(({ ControlName, ControlInputParameters }) => [
      ControlName,
      Object.fromEntries(
        ControlInputParameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]),
      ),
    ]),
  );
}

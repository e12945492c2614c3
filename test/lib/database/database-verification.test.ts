import { aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { DatabaseTarget, VerifyDatabaseEvent } from '../../../engine/contract/verify-database';
import { parseVerifyDatabaseEvent } from '../../../engine/database/verify-database-event';
import { DEFAULT_RETENTION, LockMode, Paging, Retention } from '../../../lib';
import { DatabaseVerification, type DatabaseVerificationProps } from '../../../lib/database/database-verification';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  type Statement,
  scheduledInput,
  statements,
} from '../deployment';
import { topicOf } from '../pages';
import { allows, type Request } from '../tenants/policy-simulation';

const VAULT_KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/vault';
const DATABASE_KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/database';
const RECOVERY_ALIAS_ARN = 'arn:aws:kms:eu-central-1:111122223333:alias/acme-recovery-vault';
const ORDERS: DatabaseTarget = {
  resource: 'orders',
  kind: 'instance',
  identifier: 'orders-db',
  hasCrossRegionBackups: false,
};
const BILLS: DatabaseTarget = {
  resource: 'bills',
  kind: 'cluster',
  identifier: 'bills-db',
  keyArn: DATABASE_KEY_ARN,
  hasCrossRegionBackups: false,
};

describe('with the least that must be said', () => {
  const template = verificationOf([ORDERS]);

  test('runs each hour, and not again long after its time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-verify-database',
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 2 } },
    });
  });

  test('sends the function all it needs, in the form that the function reads', () => {
    const expected: VerifyDatabaseEvent = {
      targets: [ORDERS],
      retention: DEFAULT_RETENTION.counts,
      planTime: { hour: 3, minute: 0, timeZone: 'UTC' },
      planId: 'plan-1',
      lockMode: 'governance',
      vault: { name: 'acme-vault', region: 'eu-west-1', account: '111122223333', keyArn: VAULT_KEY_ARN },
      recoveryVault: {
        name: 'acme-recovery-vault',
        region: 'eu-central-1',
        account: '111122223333',
        keyArn: RECOVERY_ALIAS_ARN,
      },
      proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
      alarmName: 'acme-database-backupFailed',
      incidentName: 'acme-database-incident',
      warningAlarmName: 'acme-database-drift',
      warningIncidentName: 'acme-database-attention',
    };
    expect(parseVerifyDatabaseEvent(scheduledInput(template))).toEqual(expected);
  });

  test('calls the function, and keeps calls that failed', () => {
    const [functionId] = onlyResource(template, 'AWS::Lambda::Function');
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'acme-verify-database-dead-letters' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        Arn: { 'Fn::GetAtt': [functionId, 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } },
      },
    });
  });

  test('is a function whose role the other account admits by its name', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-verify-database', Timeout: 300 });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-verify-database' });
  });
});

describe('with everything that can be said', () => {
  const template = verificationOf([ORDERS, BILLS], {
    recovery: recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN }),
    retention: Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 }),
    planTime: { hour: 23, minute: 30, timeZone: 'Europe/Berlin' },
    lockMode: LockMode.COMPLIANCE,
  });

  test('sends every database, the configuration, and the role for the vault of the other account', () => {
    expect(parseVerifyDatabaseEvent(scheduledInput(template))).toMatchObject({
      targets: [ORDERS, BILLS],
      retention: { daily: 7, weekly: 4, monthly: 0, yearly: 0 },
      planTime: { hour: 23, minute: 30, timeZone: 'Europe/Berlin' },
      lockMode: 'compliance',
      recoveryVault: {
        account: OTHER_ACCOUNT,
        keyArn: `arn:aws:kms:eu-central-1:${OTHER_ACCOUNT}:alias/acme-recovery-vault`,
        readRoleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/acme-read-recovery-vault`,
      },
    });
  });

  test('needs one function, one schedule and the same alarms for them all', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    expect(resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName)).toEqual(
      ['backupFailed', 'rpo', 'drift', 'backupAge', 'proofAgePresent'].map((name) => `acme-database-${name}`),
    );
  });

  test('looks into the vault of the other account under that role alone', () => {
    const policy = policyOf(template);
    const role = (name: string) => `arn:aws:iam::${OTHER_ACCOUNT}:role/${name}`;
    expect(allows(policy, { action: 'sts:AssumeRole', resource: role('acme-read-recovery-vault') })).toBe(true);
    expect(allows(policy, { action: 'sts:AssumeRole', resource: role('admin') })).toBe(false);
    const resource = `arn:aws:backup:eu-central-1:${OTHER_ACCOUNT}:backup-vault:acme-recovery-vault`;
    expect(allows(policy, { action: 'backup:ListRecoveryPointsByBackupVault', resource })).toBe(false);
    const context = { 'kms:ResourceAliases': 'alias/acme-recovery-vault' };
    expect(allows(policy, { action: 'kms:DescribeKey', resource: REPLICA_KEY_ARN, context })).toBe(false);
  });
});

describe('the role', () => {
  const policy = policyOf(verificationOf([ORDERS, BILLS]));
  const may = (action: string, resource: string, context?: Request['context']) =>
    allows(policy, { action, resource, ...(context && { context }) });
  const rds = (rest: string, region = 'eu-west-1') => `arn:aws:rds:${region}:111122223333:${rest}`;
  const backup = (rest: string, region = 'eu-west-1') => `arn:aws:backup:${region}:111122223333:${rest}`;
  const kms = (rest: string, region = 'eu-west-1') => `arn:aws:kms:${region}:111122223333:key/${rest}`;

  test('describes the databases that it verifies, and no other', () => {
    expect(may('rds:DescribeDBInstances', rds('db:orders-db'))).toBe(true);
    expect(may('rds:DescribeDBClusters', rds('cluster:bills-db'))).toBe(true);
    expect(may('rds:DescribeDBInstances', rds('db:other'))).toBe(false);
    expect(may('rds:DescribeDBClusters', rds('cluster:other'))).toBe(false);
  });

  test('finds automated backups in both Regions', () => {
    for (const region of ['eu-west-1', 'eu-central-1']) {
      expect(may('rds:DescribeDBInstanceAutomatedBackups', rds('auto-backup:ab-1', region))).toBe(true);
      expect(may('rds:DescribeDBInstanceAutomatedBackups', rds('db:orders-db', region))).toBe(true);
      expect(may('rds:DescribeDBClusterAutomatedBackups', rds('cluster-auto-backup:ab-1', region))).toBe(true);
    }
  });

  test('looks at the plan, the settings and both vaults, and at no other', () => {
    expect(may('backup:GetBackupPlan', backup('backup-plan:plan-1'))).toBe(true);
    expect(may('backup:GetBackupPlan', backup('backup-plan:plan-2'))).toBe(false);
    expect(may('backup:DescribeRegionSettings', '*')).toBe(true);
    for (const action of ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault']) {
      expect(may(action, backup('backup-vault:acme-vault'))).toBe(true);
      expect(may(action, backup('backup-vault:acme-recovery-vault', 'eu-central-1'))).toBe(true);
      expect(may(action, backup('backup-vault:other'))).toBe(false);
    }
  });

  test('describes the keys that it must know, and no other', () => {
    for (const action of ['kms:DescribeKey', 'kms:GetKeyRotationStatus']) {
      expect(may(action, kms('vault'))).toBe(true);
      expect(may(action, kms('database'))).toBe(true);
      expect(may(action, kms('x', 'eu-central-1'), { 'kms:ResourceAliases': 'alias/acme-recovery-vault' })).toBe(true);
      expect(may(action, kms('x', 'eu-central-1'), { 'kms:ResourceAliases': 'alias/other' })).toBe(false);
      expect(may(action, kms('x'), { 'kms:ResourceAliases': 'alias/aws/rds' })).toBe(true);
      expect(may(action, kms('x'))).toBe(false);
    }
  });

  test('uses no key but that of the reports, and that through S3 alone', () => {
    const through = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      expect(may(action, kms(KEY_ID), through)).toBe(true);
      expect(may(action, kms(KEY_ID))).toBe(false);
      expect(may(action, kms('vault'), through)).toBe(false);
      expect(may(action, kms('database'), through)).toBe(false);
    }
    for (const action of ['kms:Encrypt', 'kms:CreateGrant']) {
      expect(may(action, kms(KEY_ID), through)).toBe(false);
    }
  });

  test('writes reports and records of proofs, finds the records again, and does nothing else in the bucket', () => {
    const record = 'arn:aws:s3:::acme-proofs/database/orders/proofs/present/1-proved.json';
    expect(may('s3:PutObject', 'arn:aws:s3:::acme-proofs/database/reports/1.json')).toBe(true);
    expect(may('s3:PutObject', record)).toBe(true);
    expect(may('s3:GetObject', record)).toBe(true);
    expect(may('s3:ListBucket', 'arn:aws:s3:::acme-proofs')).toBe(true);
    expect(may('s3:PutObject', 'arn:aws:s3:::acme-proofs/files/uploads/state.json')).toBe(false);
    expect(may('s3:GetObject', 'arn:aws:s3:::acme-proofs/database/reports/1.json')).toBe(false);
  });

  test('publishes metrics of Holdfast, and writes into two alarms and those that page for them', () => {
    expect(may('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'Holdfast' })).toBe(true);
    expect(may('cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/RDS' })).toBe(false);
    const alarm = (name: string) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`;
    expect(may('cloudwatch:SetAlarmState', alarm('acme-database-backupFailed'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('acme-database-drift'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('acme-database-incident'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('acme-database-attention'))).toBe(true);
    expect(may('cloudwatch:SetAlarmState', alarm('acme-database-rpo'))).toBe(false);
  });

  test('changes and deletes nothing', () => {
    const actions = policy.flatMap(({ Action }) => Action);
    expect(
      actions.filter(
        (action) =>
          !/:(Describe|Get|List|Put(Object|MetricData)$|SetAlarmState$|GenerateDataKey$|Decrypt$|CreateLogStream$|PutLogEvents$)/.test(
            action,
          ),
      ),
    ).toEqual([]);
  });

  test('does not look for the key of AWS where each database has an expected one', () => {
    const expected = policyOf(verificationOf([BILLS]));
    const context = { 'kms:ResourceAliases': 'alias/aws/rds' };
    expect(allows(expected, { action: 'kms:DescribeKey', resource: kms('x'), context })).toBe(false);
  });
});

describe('alarms', () => {
  const template = verificationOf([ORDERS]);

  test('backupFailed pages when a verification found what endangers a restore, failed, or was silent', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-database-backupFailed',
      Namespace: 'Holdfast',
      MetricName: 'success',
      Dimensions: [{ Name: 'System', Value: 'database' }],
      Statistic: 'Minimum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-database-backupFailed')).toBe('acme-critical');
  });

  test('rpo pages when more than an hour would be lost, and of silence', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-database-rpo',
      MetricName: 'rpo',
      Dimensions: [{ Name: 'System', Value: 'database' }],
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 3600,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-database-rpo')).toBe('acme-critical');
  });

  test('drift warns when something is not set as configured', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-database-drift',
      MetricName: 'warnings',
      Dimensions: [{ Name: 'System', Value: 'database' }],
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-database-drift')).toBe('acme-warning');
  });

  test('say what to do first, and where to read on', () => {
    for (const [, alarm] of resources(template, 'AWS::CloudWatch::Alarm')) {
      expect(alarm.Properties.AlarmDescription).toMatch(
        / First: .* Runbook: docs\/runbooks\/[a-z-]+\.md Dashboard: https:\/\/\S+$/,
      );
    }
  });
});

test('refuses to verify nothing', () => {
  expect(() => verificationOf([])).toThrow(/nothing to verify: protect at least one database/);
});

function verificationOf(targets: readonly DatabaseTarget[], props: Partial<DatabaseVerificationProps> = {}): Template {
  const stack = primaryStack();
  const verification = new DatabaseVerification(stack, 'Verification', {
    recovery: recoveryRegion(),
    retention: DEFAULT_RETENTION,
    planTime: { hour: 3, minute: 0, timeZone: 'UTC' },
    planId: 'plan-1',
    lockMode: LockMode.GOVERNANCE,
    vault: { name: 'acme-vault', keyArn: VAULT_KEY_ARN },
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
  for (const target of targets) {
    verification.verify(target);
  }
  return Template.fromStack(stack);
}

/** What the function may do. */
function policyOf(template: Template): readonly Statement[] {
  return resources(template, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('VerificationVerifier'))
    .flatMap(([, policy]) => statements(policy));
}

import { aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Paging } from '../../../lib/paging/paging';
import { DatabaseRestore } from '../../../lib/recovery/database-restore';
import { RedisRestore } from '../../../lib/recovery/redis-restore';
import { CacheSignIn } from '../../../lib/redis/cache-sign-in';
import { KEY_ID, keyOf, primaryStack, recoveryRegion, resources, type Statement, statements } from '../deployment';
import { topicOf } from '../pages';
import { allows, flat } from '../tenants/policy-simulation';

const RDS = 'arn:aws:rds:eu-west-1:111122223333';
const CACHES = 'arn:aws:elasticache:eu-west-1:111122223333';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:sessions-a1b2c3';
const KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

function databaseTemplate(): Template {
  const stack = primaryStack();
  const paging = new Paging(stack, 'Paging', { prefix: 'acme', routes: {} });
  new DatabaseRestore(stack, 'Restore', { recovery: recoveryRegion(), paging });
  return Template.fromStack(stack);
}

function redisTemplate(names: readonly string[] = ['sessions']): Template {
  const stack = primaryStack();
  const paging = new Paging(stack, 'Paging', { prefix: 'acme', routes: {} });
  const restore = new RedisRestore(stack, 'Restore', { prefix: 'acme', paging });
  const key = keyOf(stack);
  for (const resource of names) {
    restore.add({
      resource,
      bucket: s3.Bucket.fromBucketName(stack, `Bucket-${resource}`, `acme-${resource}`),
      stagingBucket: s3.Bucket.fromBucketName(stack, `Staging-${resource}`, `acme-${resource}-staging`),
      key,
      signIn: resource === 'sessions' ? CacheSignIn.withSecret({ secretArn: SECRET }) : CacheSignIn.open(),
    });
  }
  return Template.fromStack(stack);
}

/** The statements of the role of the function. */
function policyOf(template: Template): readonly Statement[] {
  return resources(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (Properties.Roles as unknown[]).some((role) => flat(role).includes('Steps')))
    .flatMap(([, policy]) => statements(policy));
}

/** What the state machine sends in every step. */
function settingsOf(template: Template): unknown {
  const [[, machine] = []] = resources(template, 'AWS::StepFunctions::StateMachine');
  const text = flat(machine?.Properties.DefinitionString);
  return JSON.parse(text).States.Plan.Parameters.Payload.settings;
}

describe.each([
  ['database', databaseTemplate(), 'database'],
  ['redis', redisTemplate(), 'redis'],
])('the restore of kind %s', (kind, template, system) => {
  test('is a state machine with traces and a log of everything', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: `acme-restore-${kind}`,
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/aws/vendedlogs/states/acme-restore-${kind}`,
    });
  });

  test('warns when something is left behind', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `acme-restore-${kind}-leftBehind`,
      MetricName: 'leftBehind',
      Dimensions: [{ Name: 'System', Value: system }],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test('warns when an execution is stopped, which then takes nothing back', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: `acme-restore-${kind}-stopped` });
  });

  test('says what to do first, and where to read on, and pages nobody, since it may be a drill', () => {
    const alarms = resources(template, 'AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(2);
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmDescription).toMatch(
        / First: .* Runbook: docs\/runbooks\/(database|redis)-restore\.md Dashboard: /,
      );
      expect(topicOf(template, String(Properties.AlarmName))).toBe('acme-warning');
    }
  });

  test('lets the state machine call the one function, and publish in the namespace of Holdfast', () => {
    const [, policy] =
      resources(template, 'AWS::IAM::Policy').find(([, each]) =>
        statements(each).some(({ Action }) => Action === 'lambda:InvokeFunction'),
      ) ?? [];
    const given = policy === undefined ? [] : statements(policy);
    expect(given.find(({ Action }) => Action === 'lambda:InvokeFunction')?.Resource).toEqual({
      'Fn::GetAtt': [expect.stringContaining('Steps'), 'Arn'],
    });
    expect(given.find(({ Action }) => Action === 'cloudwatch:PutMetricData')?.Condition).toEqual({
      StringEquals: { 'cloudwatch:namespace': 'Holdfast' },
    });
  });
});

describe('the function that restores databases', () => {
  const policy = policyOf(databaseTemplate());
  const may = (action: string, resource: string, context = {}) => allows(policy, { action, resource, context });

  test('is told the vaults and the role of AWS Backup', () => {
    expect(settingsOf(databaseTemplate())).toEqual({
      timeoutSeconds: 43_200,
      vaultName: 'acme-vault',
      recoveryVault: { name: 'acme-recovery-vault', region: 'eu-central-1', account: '111122223333' },
      backupRoleArn: expect.stringContaining('BackupRole'),
    });
  });

  test.each(['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'rds:RebootDBInstance', 'rds:CreateDBInstance'])(
    'may %s what bears the name of something restored, and no other',
    (action) => {
      expect(may(action, `${RDS}:db:orders-restored-20261123120000`)).toBe(true);
      expect(may(action, `${RDS}:db:orders-restored`)).toBe(true);
      expect(may(action, `${RDS}:db:orders`)).toBe(false);
    },
  );

  test.each(['rds:DeleteDBCluster', 'rds:ModifyDBCluster'])('may %s likewise', (action) => {
    expect(may(action, `${RDS}:cluster:orders-restored-20261123120000`)).toBe(true);
    expect(may(action, `${RDS}:cluster:orders`)).toBe(false);
  });

  test('may restore any database, and delete no backup', () => {
    expect(may('rds:RestoreDBInstanceToPointInTime', `${RDS}:db:orders`)).toBe(true);
    expect(may('rds:RestoreDBClusterToPointInTime', `${RDS}:cluster:orders`)).toBe(true);
    for (const action of ['rds:DeleteDBSnapshot', 'backup:DeleteRecoveryPoint', 'backup:DeleteBackupVault']) {
      expect(may(action, `${RDS}:snapshot:awsbackup:job-1`)).toBe(false);
      expect(may(action, '*')).toBe(false);
    }
  });

  test('may start jobs on the recovery points of databases, in either Region, and pass the one role', () => {
    expect(may('backup:StartRestoreJob', `${RDS}:snapshot:awsbackup:job-1`)).toBe(true);
    const copy = 'arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:awsbackup:copyjob-1';
    expect(may('backup:StartCopyJob', copy)).toBe(true);
    expect(may('backup:StartRestoreJob', copy)).toBe(false);
    const passing = policy.filter(({ Action }) => Action === 'iam:PassRole');
    expect(passing).toEqual([
      expect.objectContaining({
        Resource: { 'Fn::GetAtt': [expect.stringContaining('BackupRole'), 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
      }),
    ]);
  });

  test('may use keys through RDS and Secrets Manager alone', () => {
    const through = (service: string) => ({ 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` });
    expect(may('kms:Decrypt', KEY, through('rds'))).toBe(true);
    expect(may('kms:Decrypt', KEY, through('s3'))).toBe(false);
    expect(may('kms:Decrypt', KEY)).toBe(false);
    expect(may('kms:CreateGrant', KEY, { ...through('rds'), 'kms:GrantIsForAWSResource': 'true' })).toBe(true);
    expect(may('kms:CreateGrant', KEY, through('rds'))).toBe(false);
  });

  test('may make secrets of RDS, and read none', () => {
    const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-1';
    expect(may('secretsmanager:CreateSecret', secret)).toBe(true);
    expect(may('secretsmanager:CreateSecret', SECRET)).toBe(false);
    expect(may('secretsmanager:GetSecretValue', secret)).toBe(false);
  });
});

describe('the function that restores caches', () => {
  const policy = policyOf(redisTemplate(['sessions', 'queue']));
  const may = (action: string, resource: string, context = {}) => allows(policy, { action, resource, context });

  test('is told where the backups of each cache are', () => {
    expect(settingsOf(redisTemplate(['sessions', 'queue']))).toEqual({
      timeoutSeconds: 43_200,
      stores: {
        sessions: {
          bucket: 'acme-sessions',
          stagingBucketArn: expect.stringMatching(/:s3:::acme-sessions-staging$/),
          authSecretArn: SECRET,
        },
        queue: { bucket: 'acme-queue', stagingBucketArn: expect.stringMatching(/:s3:::acme-queue-staging$/) },
      },
    });
  });

  test('may delete what bears the name of something restored, and no other', () => {
    expect(may('elasticache:DeleteReplicationGroup', `${CACHES}:replicationgroup:sessions-restored-1`)).toBe(true);
    expect(may('elasticache:DeleteReplicationGroup', `${CACHES}:replicationgroup:sessions`)).toBe(false);
    expect(may('elasticache:CreateReplicationGroup', `${CACHES}:replicationgroup:sessions`)).toBe(false);
    expect(may('elasticache:CreateReplicationGroup', `${CACHES}:snapshot:evening`)).toBe(true);
    expect(may('elasticache:DeleteSnapshot', `${CACHES}:snapshot:evening`)).toBe(false);
  });

  test('may let ElastiCache alone use keys, under either of its names', () => {
    const grant = (service: string, isForAws = 'true') =>
      may('kms:CreateGrant', KEY, {
        'kms:ViaService': `${service}.eu-west-1.amazonaws.com`,
        'kms:GrantIsForAWSResource': isForAws,
      });
    expect([grant('elasticache'), grant('dax'), grant('rds'), grant('dax', 'false')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('may read backups, and write and remove copies in one folder of the staging bucket', () => {
    const bucket = 'arn:aws:s3:::acme-sessions';
    expect(may('s3:GetObjectVersion', `${bucket}/daily/sessions/x/0001.rdb`)).toBe(true);
    expect(may('s3:PutObject', `${bucket}/daily/sessions/x/0001.rdb`)).toBe(false);
    for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:GetObject']) {
      expect(may(action, `${bucket}-staging/restore/execution-1/0001.rdb`)).toBe(true);
      expect(may(action, `${bucket}-staging/exports/sessions.json`)).toBe(false);
    }
  });

  test('may read the secrets of the caches that have one', () => {
    expect(may('secretsmanager:GetSecretValue', SECRET)).toBe(true);
    expect(may('secretsmanager:GetSecretValue', `${SECRET}x`)).toBe(false);
  });
});

import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_RETENTION, LockMode, Paging, RecoveryVault, type RecoveryVaultProps, Retention } from '../../../lib';
import { OTHER_ACCOUNT, onlyResource, PRIMARY, recoveryStack, resources, statements } from '../deployment';
import { allows } from '../tenants/policy-simulation';

const NETWORK = { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef0'] };

describe('with minimal properties', () => {
  const template = vault();

  test('is the locked vault that the primary Region copies into, under a key of its own that is found by its alias', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::Backup::BackupVault');
    const [keyId] = resources(template, 'AWS::KMS::Key').find(([id]) => id.startsWith('Databases')) ?? [];
    expect(Properties).toMatchObject({
      BackupVaultName: 'acme-recovery-vault',
      EncryptionKeyArn: { 'Fn::GetAtt': [keyId, 'Arn'] },
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 2557 },
    });
    template.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/acme-recovery-vault',
      TargetKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    });
  });

  test('tests no restore without a network for it', () => {
    template.resourceCountIs('AWS::Backup::RestoreTestingPlan', 0);
  });

  test('tells of jobs that fail here', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-backup-events' });
    expect(JSON.stringify(resources(template, 'AWS::Events::Rule'))).toContain('acme-recovery-vault');
  });

  test('admits nobody else: the account is the same', () => {
    const [, policy] = onlyResource(template, 'AWS::Backup::BackupVault');
    expect(statements(policy, 'AccessPolicy').filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
    expect(roleNames(template)).not.toContain('acme-read-recovery-vault');
  });
});

describe('with maximal properties', () => {
  const template = vault({
    retention: Retention.gfs({ daily: 7, weekly: 0, monthly: 0, yearly: 1 }),
    lockMode: LockMode.COMPLIANCE,
    time: { hour: 22, timeZone: 'Europe/Berlin' },
    restoreTesting: NETWORK,
  });

  test('is locked as firmly and as long as asked', () => {
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      LockConfiguration: { ChangeableForDays: 7, MinRetentionDays: 7, MaxRetentionDays: 366 },
    });
  });

  test('tests restores each quarter', () => {
    template.hasResourceProperties('AWS::Backup::RestoreTestingPlan', {
      RestoreTestingPlanName: 'acme_restores_quarterly',
      ScheduleExpression: 'cron(0 2 3 1,4,7,10 ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
  });
});

describe('in another account', () => {
  const template = vault({}, OTHER_ACCOUNT);

  test('admits copies of the primary account', () => {
    const [, policy] = onlyResource(template, 'AWS::Backup::BackupVault');
    expect(statements(policy, 'AccessPolicy').at(-1)).toMatchObject({
      Effect: 'Allow',
      Action: 'backup:CopyIntoBackupVault',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    });
  });

  test('lets the verification of the primary account look, by a role that names it and that may do no more', () => {
    const [roleId, role] =
      resources(template, 'AWS::IAM::Role').find(
        ([, each]) => each.Properties.RoleName === 'acme-read-recovery-vault',
      ) ?? [];
    expect(role?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/acme-verify-database' } },
        },
      ],
    });
    const [, policy] =
      resources(template, 'AWS::IAM::Policy').find(([, each]) =>
        JSON.stringify(each.Properties.Roles).includes(`"${roleId}"`),
      ) ?? [];
    const granted = policy ? statements(policy) : [];
    const [vaultId] = onlyResource(template, 'AWS::Backup::BackupVault');
    const onVault = (action: string) => allows(granted, { action, resource: `<${vaultId}>` });
    expect(onVault('backup:DescribeBackupVault')).toBe(true);
    expect(onVault('backup:ListRecoveryPointsByBackupVault')).toBe(true);
    expect(onVault('backup:DeleteRecoveryPoint')).toBe(false);
    expect(onVault('backup:StartRestoreJob')).toBe(false);
    expect(granted.flatMap(({ Action }) => Action)).toEqual([
      'backup:DescribeBackupVault',
      'backup:ListRecoveryPointsByBackupVault',
      'kms:DescribeKey',
      'kms:GetKeyRotationStatus',
    ]);
  });
});

test('refuses a time and a network that cannot be', () => {
  const restoreTesting = { ...NETWORK, securityGroupIds: [] };
  expect(() => vault({ time: { hour: 24 }, restoreTesting })).toThrow(
    'Recovery/Databases: databaseBackups.time.hour: must be a whole number from 0 to 23, got: 24\n' +
      'Recovery/Databases: databaseBackups.restoreTesting.securityGroupIds: must be a list of 1 to 5, got: 0',
  );
});

function vault(props: Partial<RecoveryVaultProps> = {}, account: string = PRIMARY.account): Template {
  const stack = recoveryStack(account);
  new RecoveryVault(stack, 'Databases', {
    prefix: 'acme',
    primaryAccount: PRIMARY.account,
    retention: DEFAULT_RETENTION,
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
  return Template.fromStack(stack);
}

function roleNames(template: Template): unknown[] {
  return resources(template, 'AWS::IAM::Role').map(([, { Properties }]) => Properties.RoleName);
}

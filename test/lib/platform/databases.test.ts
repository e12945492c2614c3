import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  DatabaseSignIn,
  FileCategory,
  LockMode,
  ManagedDatabase,
  OptInMode,
  PrimaryStack,
  type PrimaryStackProps,
  RecoveryStack,
  type RecoveryStackProps,
  Retention,
  TenantDatabase,
  Tenants,
} from '../../../lib';
import {
  app,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  RECOVERY,
  recoveryRegion,
  resources,
  resourcesBesideWatch,
} from '../deployment';

const SHORT = Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 });
const NETWORK = { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef0'] };

describe('the primary stack', () => {
  test('backs up the first database and the next by one plan, with the defaults', () => {
    const stack = primaryStack();
    stack.backups.protectDatabase('orders', ManagedDatabase.cluster('orders'));
    stack.backups.protectDatabase('billing', ManagedDatabase.instance('billing'));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: {
        Resources: [
          'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
          'arn:aws:rds:eu-west-1:111122223333:db:billing',
        ],
      },
    });
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 2557 },
    });
  });

  test('keeps recovery points as the platform does, and hands on how', () => {
    const stack = primaryStack({
      retention: SHORT,
      databaseBackups: {
        time: { hour: 22 },
        lockMode: LockMode.COMPLIANCE,
        serviceOptIn: OptInMode.SET,
        restoreTesting: NETWORK,
        auditControls: false,
      },
    });
    stack.backups.protectDatabase('orders', ManagedDatabase.cluster('orders'));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      LockConfiguration: { ChangeableForDays: 7, MinRetentionDays: 7, MaxRetentionDays: 35 },
    });
    template.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanRule: [Match.objectLike({ RuleName: 'weekly' }), Match.anyValue(), Match.anyValue()] },
    });
    template.hasResourceProperties('AWS::Backup::RestoreTestingPlan', { ScheduleExpression: 'cron(0 2 2 * ? *)' });
    template.hasResourceProperties('Custom::HoldfastBackupOptIn', { mode: 'set' });
    template.resourceCountIs('AWS::Backup::Framework', 0);
  });

  test('has one bucket of proofs for files and databases', () => {
    const stack = primaryStack();
    stack.backups.protectDatabase('orders', ManagedDatabase.cluster('orders'));
    stack.backups.protectFiles('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
    const names = resourcesBesideWatch(Template.fromStack(stack), 'AWS::S3::Bucket').map(
      ([, each]) => each.Properties.BucketName,
    );
    expect(names).toEqual(['acme-proofs-111122223333-eu-west-1', 'acme-documents-111122223333-eu-west-1']);
  });

  test('refuses the name of a database whose tenants are dumped, since both publish metrics under it', () => {
    const stack = primaryStack();
    const database = TenantDatabase.at({
      host: 'orders.example.com',
      port: 5432,
      name: 'orders',
      signIn: DatabaseSignIn.withSecret({
        secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-dump-a1b2c3',
      }),
    });
    stack.backups.protectTenants('orders', database, {
      tenants: Tenants.schemasLike('tenant%'),
      network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
      postgresMajor: 17,
    });
    stack.backups.protectDatabase('orders-cluster', ManagedDatabase.cluster('orders'));
    expect(() => stack.backups.protectDatabase('orders', ManagedDatabase.cluster('others'))).toThrow(
      'Primary/Backups/orders: resource: must be unique among databases, whose metrics bear it, got: "orders". HINT: ',
    );
  });

  test('has nothing of AWS Backup before a database is protected', () => {
    const types = Object.values<{ Type: string }>(Template.fromStack(primaryStack()).toJSON().Resources).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => type.startsWith('AWS::Backup'))).toEqual([]);
  });
});

describe('the recovery stack', () => {
  test('has the vault that copies go to, under a key of its own', () => {
    const stack = recoveryStack();
    stack.addDatabaseVault();
    const template = Template.fromStack(stack);
    const [keyId] = resources(template, 'AWS::KMS::Key').find(([id]) => id.startsWith('Databases')) ?? [];
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      BackupVaultName: 'acme-recovery-vault',
      EncryptionKeyArn: { 'Fn::GetAtt': [keyId, 'Arn'] },
      LockConfiguration: { MinRetentionDays: 30, MaxRetentionDays: 2557 },
    });
  });

  test('keeps copies as the stack does, and hands on how', () => {
    const stack = recoveryStack({
      retention: SHORT,
      databaseBackups: { time: { hour: 22 }, lockMode: LockMode.COMPLIANCE, restoreTesting: NETWORK },
    });
    stack.addDatabaseVault();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Backup::BackupVault', {
      LockConfiguration: { ChangeableForDays: 7, MinRetentionDays: 7, MaxRetentionDays: 35 },
    });
    template.hasResourceProperties('AWS::Backup::RestoreTestingPlan', {
      ScheduleExpression: 'cron(0 2 3 1,4,7,10 ? *)',
    });
  });

  test('admits the primary account where that is another one', () => {
    const stack = recoveryStack({
      env: { account: OTHER_ACCOUNT, region: RECOVERY },
      recovery: recoveryRegion({ account: OTHER_ACCOUNT }),
    });
    stack.addDatabaseVault();
    const [, vault] = onlyResource(Template.fromStack(stack), 'AWS::Backup::BackupVault');
    expect(JSON.stringify(vault.Properties.AccessPolicy)).toContain('backup:CopyIntoBackupVault');
  });

  test('has no vault unless asked for', () => {
    Template.fromStack(recoveryStack()).resourceCountIs('AWS::Backup::BackupVault', 0);
  });
});

function primaryStack(props: Partial<PrimaryStackProps> = {}): PrimaryStack {
  return new PrimaryStack(app(), 'Primary', { env: PRIMARY, recovery: recoveryRegion(), paging: {}, ...props });
}

function recoveryStack(props: Partial<RecoveryStackProps> = {}): RecoveryStack {
  return new RecoveryStack(app(), 'Recovery', {
    env: { account: PRIMARY.account, region: RECOVERY },
    recovery: recoveryRegion(),
    primary: PRIMARY,
    paging: {},
    ...props,
  });
}

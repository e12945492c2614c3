import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  DatabaseProtection,
  type DatabaseProtectionProps,
  DEFAULT_RETENTION,
  LockMode,
  ManagedDatabase,
  OptInMode,
  Paging,
  ProofsBucket,
} from '../../../lib';
import { EncryptionKey } from '../../../lib/encryption-key';
import { onlyResource, primaryStack, recoveryRegion, resources } from '../deployment';
import { cluster, instance } from './databases';

const NETWORK = { subnetGroup: 'restore-tests', securityGroupIds: ['sg-0123456789abcdef0'] };

describe('with minimal properties', () => {
  const { stack, protection } = protectedStack();
  protection.protect('orders', ManagedDatabase.cluster('orders'));
  protection.protect('billing', ManagedDatabase.instance('billing', { crossRegionBackups: true }));
  const template = Template.fromStack(stack);

  test('has one plan, one vault, one verification and one listener, however many databases', () => {
    for (const type of ['BackupPlan', 'BackupVault', 'BackupSelection', 'Framework']) {
      template.resourceCountIs(`AWS::Backup::${type}`, 1);
    }
    expect(functionNames(template)).toEqual(['acme-backup-events', 'acme-opt-in-backup', 'acme-verify-database']);
  });

  test('verifies what it backs up, with the values that it deploys', () => {
    const event = verificationOf(template);
    expect(event).toContain('"resource":"orders","kind":"cluster","identifier":"orders","hasCrossRegionBackups":false');
    expect(event).toContain(
      '"resource":"billing","kind":"instance","identifier":"billing","hasCrossRegionBackups":true',
    );
    expect(event).toContain('"retention":{"daily":30,"weekly":12,"monthly":12,"yearly":7}');
    expect(event).toContain('"planTime":{"hour":3,"minute":0,"timeZone":"UTC"}');
    expect(event).toContain('"lockMode":"governance"');
    expect(event).toContain('"name":"acme-vault"');
    expect(event).toContain('"keyArn":"arn:aws:kms:eu-central-1:111122223333:alias/acme-recovery-vault"');
  });

  test('listens to what RDS tells of each database', () => {
    for (const identifier of ['orders', 'billing']) {
      template.hasResourceProperties('AWS::Events::Rule', {
        EventPattern: { source: ['aws.rds'], detail: { SourceIdentifier: [identifier] } },
      });
    }
  });

  test('tests no restore without a network for it', () => {
    template.resourceCountIs('AWS::Backup::RestoreTestingPlan', 0);
  });
});

describe('with maximal properties', () => {
  const { stack, protection } = protectedStack({
    time: { hour: 22, minute: 30, timeZone: 'Europe/Berlin' },
    lockMode: LockMode.COMPLIANCE,
    serviceOptIn: OptInMode.SET,
    restoreTesting: NETWORK,
    auditControls: false,
  });
  protection.protect('orders', ManagedDatabase.cluster('orders'));
  const template = Template.fromStack(stack);

  test('hands them to plan, vault, verification and opt-in', () => {
    template.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: {
        BackupPlanRule: Match.arrayWith([Match.objectLike({ ScheduleExpression: 'cron(30 22 * * ? *)' })]),
      },
    });
    template.hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: { ChangeableForDays: 7 } });
    template.hasResourceProperties('Custom::HoldfastBackupOptIn', { mode: 'set', resourceTypes: ['Aurora'] });
    expect(verificationOf(template)).toContain('"lockMode":"compliance"');
    expect(verificationOf(template)).toContain('"planTime":{"minute":30,"timeZone":"Europe/Berlin","hour":22}');
  });

  test('tests restores each month, from the vault of this Region', () => {
    const [vaultId] = onlyResource(template, 'AWS::Backup::BackupVault');
    template.hasResourceProperties('AWS::Backup::RestoreTestingPlan', {
      RestoreTestingPlanName: 'acme_restores_monthly',
      RecoveryPointSelection: { IncludeVaults: [{ 'Fn::GetAtt': [vaultId, 'BackupVaultArn'] }] },
    });
  });

  test('has no controls that AWS Config must record for', () => {
    template.resourceCountIs('AWS::Backup::Framework', 0);
  });
});

test('databases of the same app are selected as CloudFormation calls them, and set as AWS Backup wants them', () => {
  const { stack, protection } = protectedStack({ time: { hour: 5 } });
  protection.protect('orders', ManagedDatabase.ofCluster(cluster(stack)));
  protection.protect('billing', ManagedDatabase.ofInstance(instance(stack), { crossRegionBackups: true }));
  const template = Template.fromStack(stack);
  const set = { BackupRetentionPeriod: 35, PreferredBackupWindow: '11:00-12:00', DeletionProtection: true };
  template.hasResourceProperties('AWS::RDS::DBCluster', set);
  template.hasResourceProperties('AWS::RDS::DBInstance', { ...set, AutomaticBackupReplicationRegion: 'eu-central-1' });
  const [clusterId] = onlyResource(template, 'AWS::RDS::DBCluster');
  template.hasResourceProperties('AWS::Backup::BackupSelection', {
    BackupSelection: {
      Resources: Match.arrayWith([
        { 'Fn::Join': ['', ['arn:aws:rds:eu-west-1:111122223333:cluster:', { Ref: clusterId }]] },
      ]),
    },
  });
});

describe('refuses', () => {
  test.each(['storage', 'database', 'redis'])('the name "%s", which alarms of Holdfast have', (name) => {
    const { protection } = protectedStack();
    expect(() => protection.protect(name, ManagedDatabase.cluster('orders'))).toThrow(
      `Primary/Databases/${name}: resource: must not be "${name}", alarms of Holdfast have it`,
    );
  });

  test('a database that cannot be', () => {
    const { protection } = protectedStack();
    expect(() => protection.protect('orders', ManagedDatabase.cluster('Orders!'))).toThrow(
      /^Primary\/Databases\/orders: database: must be the identifier of an instance or a cluster: .*, got: "Orders!"$/,
    );
  });

  test('a second database of the same name', () => {
    const { protection } = protectedStack();
    protection.protect('orders', ManagedDatabase.cluster('orders'));
    expect(() => protection.protect('orders', ManagedDatabase.cluster('others'))).toThrow(
      'Primary/Databases/orders: resource: must be unique, a database has it already, got: "orders"',
    );
  });

  test('the same database under a second name, but not an instance that is called as a cluster', () => {
    const { protection } = protectedStack();
    protection.protect('orders', ManagedDatabase.cluster('orders'));
    protection.protect('orders-instance', ManagedDatabase.instance('orders'));
    expect(() => protection.protect('again', ManagedDatabase.cluster('orders'))).toThrow(
      'Primary/Databases/again: database: must be protected once, "orders" is the same cluster, got: "orders"',
    );
  });

  test('automated backups where RDS does not replicate them', () => {
    const { protection } = protectedStack({ recovery: recoveryRegion({ region: 'ap-southeast-2' }) });
    expect(() =>
      protection.protect('billing', ManagedDatabase.instance('billing', { crossRegionBackups: true })),
    ).toThrow(
      /^Primary\/Databases\/billing: crossRegionBackups: must not be true here: .*, got: ap-southeast-2\. HINT: /,
    );
  });

  test('a time that cannot be', () => {
    expect(() => protectedStack({ time: { hour: 3, timeZone: 'Mars/Olympus' } })).toThrow(
      /^Primary\/Databases: databaseBackups\.time\.timeZone: must be .*, got: "Mars\/Olympus"$/,
    );
  });

  test('a database of the same app that is not encrypted', () => {
    const { stack, protection } = protectedStack();
    const plain = instance(stack, { storageEncryptionKey: undefined, storageEncrypted: false });
    expect(() => protection.protect('billing', ManagedDatabase.ofInstance(plain))).toThrow(
      /kmsKeyId: must be a customer key on a database whose backups are kept, got: no encryption\. HINT: /,
    );
  });
});

function protectedStack(props: Partial<DatabaseProtectionProps> = {}) {
  const stack = primaryStack();
  const proofsKey = new EncryptionKey(stack, 'Key', { alias: 'acme-files', description: 'Encrypts the files' });
  const { bucket } = new ProofsBucket(stack, 'Proofs', { prefix: 'acme', encryptionKey: proofsKey });
  const protection = new DatabaseProtection(stack, 'Databases', {
    recovery: recoveryRegion(),
    retention: DEFAULT_RETENTION,
    proofsBucket: bucket,
    proofsKey,
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
  return { stack, protection };
}

function functionNames(template: Template): unknown[] {
  return resources(template, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties.FunctionName)
    .sort();
}

/** The event that the verification gets, with what only CloudFormation knows left out. */
function verificationOf(template: Template): string {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  const { Input } = schedule.Properties.Target as { Input: { 'Fn::Join': [string, unknown[]] } };
  return Input['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '')).join('');
}

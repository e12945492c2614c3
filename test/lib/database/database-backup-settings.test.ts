import { Duration, aws_kms as kms, aws_rds as rds, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseBackupSettings, type DatabaseBackupSettingsProps } from '../../../lib';
import { KEY_ID, OTHER_ACCOUNT, primaryStack, REPLICA_KEY_ARN, recoveryRegion } from '../deployment';
import { cluster, instance } from './databases';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';
const SET = {
  BackupRetentionPeriod: 35,
  PreferredBackupWindow: '09:00-10:00',
  DeletionProtection: true,
  DeleteAutomatedBackups: false,
  CopyTagsToSnapshot: true,
};
const KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

test('minimal properties: sets retention, window, protection and what stays after deletion of an instance', () => {
  instance(stack).with(settings());
  const template = Template.fromStack(stack);
  template.hasResourceProperties(INSTANCE, SET);
  expect(JSON.stringify(template.findResources(INSTANCE))).not.toContain('AutomaticBackupReplication');
});

test('maximal properties: keeps away from the plan and replicates automated backups', () => {
  const planTime = { hour: 23, minute: 30, timeZone: 'Asia/Kolkata' };
  instance(stack).with(settings({ planTime, crossRegionBackups: true }));
  Template.fromStack(stack).hasResourceProperties(INSTANCE, {
    ...SET,
    PreferredBackupWindow: '00:00-01:00',
    AutomaticBackupReplicationRegion: 'eu-central-1',
    AutomaticBackupReplicationKmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
    AutomaticBackupReplicationRetentionPeriod: 35,
  });
});

test('sets a cluster, and leaves its instances to it', () => {
  cluster(stack).with(settings());
  const template = Template.fromStack(stack);
  template.hasResourceProperties(CLUSTER, SET);
  const [writer] = Object.values(template.findResources(INSTANCE));
  expect(writer?.Properties).not.toHaveProperty('BackupRetentionPeriod');
});

test('applied twice, it is as applied once', () => {
  instance(stack).with(settings(), settings());
  Template.fromStack(stack).hasResourceProperties(INSTANCE, SET);
});

test('takes what a database says itself, where that is the same', () => {
  const planned = new rds.CfnDBInstance(stack, 'Billing', {
    storageEncrypted: true,
    kmsKeyId: KEY,
    backupRetentionPeriod: 35,
    preferredBackupWindow: '12:00-12:30',
    deletionProtection: true,
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
  });
  planned.with(settings());
  Template.fromStack(stack).hasResourceProperties(INSTANCE, { ...SET, PreferredBackupWindow: '12:00-12:30' });
});

test('leaves Aurora its window, since it takes snapshots at any hour', () => {
  cluster(stack, { backup: { retention: Duration.days(35), preferredWindow: '03:00-03:30' } }).with(settings());
  Template.fromStack(stack).hasResourceProperties(CLUSTER, { ...SET, PreferredBackupWindow: '03:00-03:30' });
});

test('leaves a maintenance window beside a window that the database has itself', () => {
  const props = { preferredBackupWindow: '12:00-12:30', preferredMaintenanceWindow: 'Sun:09:00-Sun:09:30' };
  instance(stack, props).with(settings());
  Template.fromStack(stack).hasResourceProperties(INSTANCE, { PreferredBackupWindow: '12:00-12:30' });
});

test('supports databases only', () => {
  expect(settings().supports(new kms.CfnKey(stack, 'Key', {}))).toBe(false);
});

describe('refuses', () => {
  test.each([
    ['backupRetentionPeriod', 7, 'must be absent or 35, as it is to be backed up, got: 7'],
    ['backupRetentionPeriod', 0, 'must be absent or 35, as it is to be backed up, got: 0'],
    ['deletionProtection', false, 'must be absent or true, as it is to be backed up, got: false'],
    ['deleteAutomatedBackups', true, 'must be absent or false, as it is to be backed up, got: true'],
    ['copyTagsToSnapshot', false, 'must be absent or true, as it is to be backed up, got: false'],
    ['preferredBackupWindow', '03:00-03:30', expect.stringContaining('got: "03:00-03:30" UTC. HINT: leave')],
    ['preferredMaintenanceWindow', 'Sun:09:00-Sun:09:30', expect.stringContaining('"09:00-10:00", got: "Sun:09:00-')],
  ])('%s of %p', (path, value, message) => {
    const database = new rds.CfnDBInstance(stack, 'Billing', { storageEncrypted: true, kmsKeyId: KEY, [path]: value });
    expect(mistakes(() => database.with(settings()))).toEqual([[`Primary/Billing: ${path}`, message]]);
  });

  test.each([
    ['no encryption', {}],
    ['the key of AWS', { storageEncrypted: true }],
  ])('%s', (what, props) => {
    const database = new rds.CfnDBCluster(stack, 'Orders', props);
    expect(mistakes(() => database.with(settings()))).toEqual([
      [
        'Primary/Orders: kmsKeyId',
        expect.stringContaining(`must be a customer key on a database whose backups are kept, got: ${what}. HINT: `),
      ],
    ]);
  });

  test('automated backups of a cluster in the recovery Region', () => {
    expect(() => cluster(stack).with(settings({ crossRegionBackups: true }))).toThrow(
      /crossRegionBackups: must not be true of a cluster: RDS replicates automated backups of instances alone/,
    );
  });

  test('automated backups in a Region that RDS does not replicate to', () => {
    const recovery = recoveryRegion({ region: 'ap-southeast-2' });
    expect(() => instance(stack).with(settings({ recovery, crossRegionBackups: true }))).toThrow(
      /crossRegionBackups: must not be true here: RDS replicates automated backups from eu-west-1 to ca-central-1, .*, got: ap-southeast-2\. HINT: /,
    );
  });

  test('automated backups in another account', () => {
    const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
    expect(() => instance(stack).with(settings({ recovery, crossRegionBackups: true }))).toThrow(
      /crossRegionBackups: must not be true while the recovery Region lies in another account \(444455556666\).*HINT: /,
    );
  });

  test('all mistakes at once', () => {
    const database = new rds.CfnDBInstance(stack, 'Billing', { deletionProtection: false, backupRetentionPeriod: 7 });
    expect(mistakes(() => database.with(settings())).map(([path]) => path)).toEqual([
      'Primary/Billing: kmsKeyId',
      'Primary/Billing: backupRetentionPeriod',
      'Primary/Billing: deletionProtection',
    ]);
  });
});

function settings(props: Partial<DatabaseBackupSettingsProps> = {}): DatabaseBackupSettings {
  return new DatabaseBackupSettings({ recovery: recoveryRegion(), ...props });
}

/** Place and words of each line of an error. */
function mistakes(act: () => unknown): [place: string, words: string][] {
  try {
    act();
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => {
      const [where = '', path = '', ...words] = line.split(': ');
      return [`${where}: ${path}`, words.join(': ')];
    });
  }
  return [];
}

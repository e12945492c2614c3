import type { VerifyDatabaseEvent } from '../../../engine/contract/verify-database';
import { verifyDatabases } from '../../../engine/database/verify-databases';
import { sdkError } from '../../fakes/sdk-client';
import {
  CLUSTER,
  cluster,
  copyOf,
  EVENT,
  FakeAccount,
  findingsIn,
  findingsOf,
  instance,
  KEY,
  NOW,
  OTHER_KEY,
  POINTS,
  point,
  TARGET,
  verify,
} from './fake-account';

const ofCluster = (original: (typeof POINTS)[number], name = 'bills-db') => ({
  ...original,
  ResourceArn: `arn:aws:rds:eu-west-1:111122223333:cluster:${name}`,
});
const unexpectedKey = { ...TARGET, keyArn: undefined };

test('finds nothing where everything is as it should be', async () => {
  expect(await verify()).toEqual({
    databases: [
      {
        resource: 'orders',
        findings: [],
        rpoSeconds: 180,
        ageSeconds: {
          yearly: (NOW - Date.parse('2026-01-01T03:00:00Z')) / 1_000,
          monthly: 22.5 * 86_400,
          weekly: 43_200,
          daily: 43_200,
        },
      },
    ],
    common: [],
  });
});

test('finds nothing wrong with an Aurora cluster, under whatever name AWS Backup lists it', async () => {
  for (const name of ['bills-db', 'cluster-BILLS']) {
    const points = POINTS.map((each) => ofCluster(each, name));
    const copies = points.map((each) => copyOf(each));
    expect(await findingsIn({ points, copies }, { targets: [CLUSTER] })).toEqual([]);
  }
});

test('tells each database apart, and lists each vault once for all', async () => {
  const account = new FakeAccount({
    points: [...POINTS, ...POINTS.map((each) => ofCluster(each))],
    copies: POINTS.map((each) => copyOf(each)),
  });
  const { databases } = await verifyDatabases(
    { ...EVENT, targets: [TARGET, CLUSTER] },
    { clients: account.clients, now: NOW },
  );
  expect(databases.map(({ resource, findings }) => [resource, findings.map(({ kind }) => kind)])).toEqual([
    ['orders', []],
    // That of this morning has had no time to be copied.
    ['bills', ['copyMissing', 'copyMissing', 'copyMissing']],
  ]);
  expect(account.inputsOf('backup', 'eu-west-1', 'ListRecoveryPointsByBackupVault')).toHaveLength(1);
  expect(account.inputsOf('backup', 'eu-central-1', 'ListRecoveryPointsByBackupVault')).toHaveLength(1);
});

test('reads a list to its end, page by page', async () => {
  const account = new FakeAccount({ pageSize: 1 });
  const { databases } = await verifyDatabases(EVENT, { clients: account.clients, now: NOW });
  expect(databases[0]?.findings).toEqual([]);
  expect(account.inputsOf('backup', 'eu-west-1', 'ListRecoveryPointsByBackupVault')).toEqual(
    ['undefined', '1', '2', '3'].map((token) => ({
      BackupVaultName: 'acme-vault',
      MaxResults: 1_000,
      NextToken: token === 'undefined' ? undefined : token,
    })),
  );
});

test('looks into the vault of another account under the role that it gives, and nowhere else', async () => {
  const readRoleArn = 'arn:aws:iam::444455556666:role/acme-read-recovery-vault';
  const account = new FakeAccount();
  const event: VerifyDatabaseEvent = { ...EVENT, recoveryVault: { ...EVENT.recoveryVault, readRoleArn } };
  await verifyDatabases(event, { clients: account.clients, now: NOW });
  expect([...new Set(account.asked)].sort()).toEqual([
    `backup eu-central-1 ${readRoleArn}`,
    'backup eu-west-1',
    `kms eu-central-1 ${readRoleArn}`,
    'kms eu-west-1',
    'rds eu-west-1',
  ]);
});

describe('a database that is gone', () => {
  test('is missing, while RDS has kept its automated backups', async () => {
    expect(await findingsIn({ instances: [], automatedBackups: [{}] })).toEqual([
      'databaseMissing!: there is no instance orders-db in eu-west-1, must be one: restore it, or take it out of the configuration',
    ]);
  });

  test('is worse when RDS has kept none', async () => {
    expect(await findingsIn({ instances: [] })).toEqual([
      expect.stringMatching(/^databaseMissing!/),
      'automatedBackupsNotKept!: RDS has kept no automated backups of orders-db, must have kept them: restore from the newest recovery point of the vault',
    ]);
    const [first, second] = await findingsIn({ clusters: [] }, { targets: [CLUSTER] });
    expect([first, second]).toEqual([
      expect.stringMatching(/^databaseMissing!: there is no cluster bills-db/),
      expect.stringMatching(/^automatedBackupsNotKept!: .* bills-db/),
    ]);
  });

  test('still has its recovery points looked at', async () => {
    const { databases } = await verify({ instances: [], automatedBackups: [{}] });
    expect(databases[0]?.ageSeconds).toHaveProperty('daily', 43_200);
    expect(databases[0]).not.toHaveProperty('rpoSeconds');
    expect(await findingsOf('recoveryPointLate', { instances: [], points: [] })).toHaveLength(1);
  });
});

describe('encryption', () => {
  test('must be there', async () => {
    expect(await findingsIn({ instances: [instance({ StorageEncrypted: false, KmsKeyId: undefined })] })).toEqual([
      'wrongKey!: it is not encrypted, must be with a customer key: copy a snapshot of it under such a key, and restore that',
    ]);
  });

  test('must be with the expected key', async () => {
    expect(await findingsOf('wrongKey', { instances: [instance({ KmsKeyId: OTHER_KEY })] })).toContain(
      `wrongKey!: it is encrypted with ${OTHER_KEY}, must be with ${KEY}: copy a snapshot of it under that key and restore it, or correct the configuration`,
    );
  });

  test('must not be with the key of AWS where none is expected', async () => {
    const targets = [unexpectedKey];
    expect(await findingsIn({ managedKey: OTHER_KEY }, { targets })).toEqual([]);
    expect(await findingsIn({}, { targets })).toEqual([]);
    expect(await findingsIn({ managedKey: KEY }, { targets })).toEqual([
      expect.stringMatching(/^wrongKey!: it is encrypted with .*key\/database, must be with a customer key/),
    ]);
  });

  test('does not ask for the key of AWS where another is expected', async () => {
    const account = new FakeAccount();
    await verifyDatabases(EVENT, { clients: account.clients, now: NOW });
    expect(account.inputsOf('kms', 'eu-west-1', 'DescribeKey')).not.toContainEqual({ KeyId: 'alias/aws/rds' });
  });

  test('must have a key that works and rotates', async () => {
    expect(await findingsIn({ keys: { [KEY]: { KeyState: 'Disabled' } } })).toEqual([
      expect.stringMatching(/^keyUnusable!: the key of the database .* is in state Disabled, must be Enabled/),
    ]);
    expect(await findingsIn({ rotationDays: { [KEY]: 0 } })).toEqual([
      expect.stringMatching(/^keyNotRotating: the key of the database .* is not rotated/),
    ]);
  });
});

describe('the opt-in', () => {
  test('is missed critically for Aurora, which is backed up in no way without it', async () => {
    const points = POINTS.map((each) => ofCluster(each));
    const inventory = { points, copies: points.map((each) => copyOf(each)), optIns: { RDS: true, Aurora: false } };
    expect(await findingsIn(inventory, { targets: [CLUSTER] })).toEqual([
      'notOptedIn!: AWS Backup is not opted in for Aurora in eu-west-1, must be, else it takes no backup and tells of no failure: opt in (aws backup update-region-settings --resource-type-opt-in-preference Aurora=true)',
    ]);
    expect(await findingsIn(inventory)).not.toContainEqual(expect.stringContaining('notOptedIn'));
  });

  test('is warned of for RDS, whose databases are selected by their names', async () => {
    const without: Readonly<Record<string, boolean>>[] = [{ RDS: false, Aurora: true }, {}];
    for (const optIns of without) {
      expect(await findingsIn({ optIns })).toEqual([expect.stringMatching(/^notOptedIn: .* for RDS in eu-west-1/)]);
    }
    const clusters = [cluster({ Engine: 'postgres' })];
    expect(await findingsOf('notOptedIn', { clusters, optIns: {} }, { targets: [CLUSTER] })).toEqual([
      expect.stringContaining('for RDS in'),
    ]);
  });
});

describe('what cannot be looked up', () => {
  const denied = () => sdkError('AccessDeniedException', 'not authorized');
  const throttled = () => sdkError('ThrottlingException', 'Rate exceeded');

  test.each([
    ['eu-west-1 DescribeDBInstances', 'describe the instance orders-db', 'rds:DescribeDBInstances on it'],
    ['eu-west-1 GetBackupPlan', 'read the backup plan plan-1', 'backup:GetBackupPlan on it'],
    ['eu-west-1 DescribeRegionSettings', 'read the settings of AWS Backup in eu-west-1', 'DescribeRegionSettings'],
    ['eu-west-1 DescribeBackupVault', 'describe the vault acme-vault', 'on the vault acme-vault in eu-west-1'],
    ['eu-central-1 DescribeBackupVault', 'describe the vault acme-recovery-vault', 'in eu-central-1'],
    ['eu-west-1 ListRecoveryPointsByBackupVault', 'list the recovery points of the vault acme-vault', 'ListRecovery'],
    ['eu-central-1 ListRecoveryPointsByBackupVault', 'list the recovery points of the vault acme-rec', 'ListRecovery'],
    ['eu-central-1 DescribeKey', 'describe the key of the vault acme-recovery-vault', 'kms:DescribeKey'],
  ])('is a finding of its own, and no other: %s', async (operation, attempt, permission) => {
    const findings = await findingsIn({ answers: { [operation]: denied } });
    expect(findings).toEqual([expect.stringMatching(/^unknown!: could not /)]);
    expect(findings[0]).toContain(attempt);
    expect(findings[0]).toContain('AccessDeniedException: not authorized');
    expect(findings[0]).toContain(permission);
  });

  test('is told of a key of KMS that serves vault and database, for both', async () => {
    expect(await findingsIn({ answers: { 'eu-west-1 DescribeKey': throttled } })).toEqual([
      expect.stringContaining(`could not describe the key ${KEY} (ThrottlingException: Rate exceeded)`),
      expect.stringContaining('could not describe the key of the vault acme-vault'),
    ]);
  });

  test('is the key of AWS, when it is refused and not missing', async () => {
    const answers = { 'eu-west-1 DescribeKey': denied };
    expect(await findingsIn({ answers }, { targets: [unexpectedKey] })).toContainEqual(
      expect.stringContaining('could not describe the key that AWS manages for RDS'),
    );
  });

  test('are the automated backups of a database that is gone', async () => {
    const answers = { 'eu-west-1 DescribeDBInstanceAutomatedBackups': denied };
    expect(await findingsIn({ instances: [], answers })).toEqual([
      expect.stringMatching(/^databaseMissing!/),
      expect.stringMatching(/^unknown!: could not look for the automated backups of orders-db/),
    ]);
  });

  test('hides no other finding, of this database or another', async () => {
    const findings = await findingsIn(
      {
        answers: { 'eu-west-1 DescribeDBInstances': throttled, 'eu-central-1 DescribeBackupVault': throttled },
        points: [point('daily', '2026-11-19T03:00:00Z')],
        clusters: [],
      },
      { targets: [TARGET, CLUSTER] },
    );
    expect(findings.map((text) => text.split(':')[0])).toEqual([
      'unknown!',
      'recoveryPointLate!',
      'databaseMissing!',
      'automatedBackupsNotKept!',
      'recoveryPointLate!',
      'unknown!',
    ]);
  });

  test('is a service that answers nothing', async () => {
    const nothing = () => ({});
    expect(await findingsIn({ answers: { 'eu-west-1 GetBackupPlan': nothing } })).toEqual([
      expect.stringContaining('AWS Backup describes no plan plan-1'),
    ]);
    expect(await findingsIn({ answers: { 'eu-central-1 DescribeKey': nothing } })).toEqual([
      expect.stringContaining('KMS describes no key for'),
    ]);
    expect(await findingsOf('databaseMissing', { answers: { 'eu-west-1 DescribeDBInstances': nothing } })).toHaveLength(
      1,
    );
    expect(await findingsOf('notOptedIn', { answers: { 'eu-west-1 DescribeRegionSettings': nothing } })).toHaveLength(
      1,
    );
    expect(
      await findingsOf('recoveryPointLate', { answers: { 'eu-west-1 ListRecoveryPointsByBackupVault': nothing } }),
    ).toHaveLength(1);
    expect(await findingsOf('lockMissing', { answers: { 'eu-west-1 DescribeBackupVault': nothing } })).toHaveLength(1);
  });

  test('never tells more than 200 characters of what a service says', async () => {
    const answers = { 'eu-west-1 GetBackupPlan': () => sdkError('InternalError', 'x'.repeat(5_000), 500) };
    const [finding = ''] = await findingsIn({ answers });
    expect(finding.length).toBeLessThan(500);
  });
});

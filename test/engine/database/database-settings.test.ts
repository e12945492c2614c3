import { verifyDatabases } from '../../../engine/database/verify-databases';
import {
  CLUSTER,
  cluster,
  EVENT,
  FakeAccount,
  findingsIn,
  findingsOf,
  instance,
  KEY,
  NOW,
  TARGET,
  verify,
} from './fake-account';

const withInstance = (more: Parameters<typeof instance>[0]) => ({ instances: [instance(more)] });
const secondsAgo = (seconds: number) => new Date(NOW - seconds * 1_000);

describe('the newest moment that can be restored', () => {
  const rpo = async (latest: Date | undefined) =>
    (await verify(withInstance({ LatestRestorableTime: latest }))).databases[0]?.rpoSeconds;

  test('is how much would be lost, never less than nothing', async () => {
    expect(await rpo(secondsAgo(240))).toBe(240);
    expect(await rpo(secondsAgo(-5))).toBe(0);
    expect(await rpo(undefined)).toBeUndefined();
  });

  test('may lie an hour back, and no longer', async () => {
    expect(await findingsIn(withInstance({ LatestRestorableTime: secondsAgo(3_600) }))).toEqual([]);
    expect(await findingsIn(withInstance({ LatestRestorableTime: secondsAgo(3_601) }))).toEqual([
      'notRestorable!: the newest moment that can be restored is 60 min ago, must be within 60 min; its status is available and its automated backups are kept for 35 days: read the events of the database in RDS',
    ]);
  });

  test('must be there', async () => {
    const findings = await findingsOf(
      'notRestorable',
      withInstance({ LatestRestorableTime: undefined, BackupRetentionPeriod: 0 }),
    );
    expect(findings).toEqual([
      'notRestorable!: no moment can be restored, must be one within the last 60 min; its status is available and its automated backups are kept for 0 days: turn automated backups on, or wait for the first one',
    ]);
  });

  test('is looked at of clusters, too', async () => {
    const clusters = [cluster({ LatestRestorableTime: secondsAgo(10_000), Status: 'stopped' })];
    expect(await findingsOf('notRestorable', { clusters }, { targets: [CLUSTER] })).toEqual([
      expect.stringMatching(/is 167 min ago, must be within 60 min; its status is stopped/),
    ]);
  });
});

describe('the settings of a database', () => {
  test('keep automated backups as long as AWS Backup does', async () => {
    for (const days of [7, 34, undefined]) {
      expect(await findingsIn(withInstance({ BackupRetentionPeriod: days }))).toEqual([
        `drift: automated backups are kept for ${days ?? 0} days, must be 35: set the retention of the database to it where the database is defined`,
      ]);
    }
  });

  test('leave automated backups to AWS Backup, so that they outlive the database', async () => {
    const unmanaged = { AwsBackupRecoveryPointArn: undefined };
    expect(await findingsIn(withInstance(unmanaged))).toEqual([
      expect.stringMatching(/^automatedBackupsNotKept: AWS Backup does not manage its automated backups, must do so/),
    ]);
    const of = (clusters: ReturnType<typeof cluster>[]) =>
      findingsOf('automatedBackupsNotKept', { clusters }, { targets: [CLUSTER] });
    expect(await of([cluster(unmanaged)])).toHaveLength(1);
    expect(await of([cluster({ ...unmanaged, Engine: 'postgres' })])).toEqual([]);
  });

  test('let RDS use the key', async () => {
    for (const status of ['inaccessible-encryption-credentials', 'inaccessible-encryption-credentials-recoverable']) {
      expect(await findingsIn(withInstance({ DBInstanceStatus: status }))).toEqual([
        `keyUnusable!: RDS cannot use the key ${KEY} (status ${status}), within seven days the database is lost but for its backups: enable the key, then start the database`,
      ]);
    }
  });

  test('may be hardly known', async () => {
    const answers = { 'eu-west-1 DescribeDBInstances': () => ({ DBInstances: [{}] }) };
    expect((await findingsIn({ answers })).map((text) => text.replace(/:.*/, ''))).toEqual([
      'notRestorable!',
      'drift',
      'automatedBackupsNotKept',
      'wrongKey!',
    ]);
  });
});

describe('automated backups in the recovery Region', () => {
  const targets = [{ ...TARGET, hasCrossRegionBackups: true }];
  const arn = (region: string) => `arn:aws:rds:${region}:111122223333:auto-backup:ab-orders`;
  const replicated = (region: string) =>
    withInstance({ DBInstanceAutomatedBackupsReplications: [{ DBInstanceAutomatedBackupsArn: arn(region) }, {}] });
  const found = (LatestTime: Date | undefined) => ({
    ...replicated('eu-central-1'),
    automatedBackups: [{ RestoreWindow: { LatestTime } }],
  });

  test('are as they should be when they are two hours behind at most', async () => {
    expect(await findingsIn(found(secondsAgo(7_200)), { targets })).toEqual([]);
    expect(await findingsIn(found(secondsAgo(-60)), { targets })).toEqual([]);
    expect(await findingsIn(found(secondsAgo(7_201)), { targets })).toEqual([
      'copyMissing!: of its automated backups in eu-central-1, none that is newer than 120 min can be restored, must be one within 120 min: see the replication of automated backups of the instance in RDS',
    ]);
  });

  test('must be replicated there, and hold something', async () => {
    for (const elsewhere of [{}, replicated('us-east-1')]) {
      expect(await findingsIn(elsewhere, { targets })).toEqual([
        expect.stringMatching(
          /^copyMissing!: RDS does not replicate its automated backups to eu-central-1, must do so/,
        ),
      ]);
    }
    for (const nothing of [found(undefined), { ...replicated('eu-central-1'), automatedBackups: [] }]) {
      expect(await findingsIn(nothing, { targets })).toEqual([expect.stringContaining('no moment can be restored')]);
    }
  });

  test('are asked for by their ARN, in that Region; nobody asks where they are not wished for', async () => {
    const account = new FakeAccount(found(secondsAgo(60)));
    await verifyDatabases({ ...EVENT, targets }, { clients: account.clients, now: NOW });
    expect(account.inputsOf('rds', 'eu-central-1', 'DescribeDBInstanceAutomatedBackups')).toEqual([
      { DBInstanceAutomatedBackupsArn: arn('eu-central-1') },
    ]);
    expect(await findingsIn({})).toEqual([]);
  });

  test('cannot be looked up', async () => {
    const answers = { 'eu-central-1 DescribeDBInstanceAutomatedBackups': () => new Error('no') };
    expect(await findingsIn({ ...found(secondsAgo(60)), answers }, { targets })).toEqual([
      expect.stringMatching(/^unknown!: could not describe the automated backups in eu-central-1 \(Error: no\)/),
    ]);
  });
});

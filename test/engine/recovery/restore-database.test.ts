import type { RestoreDatabaseRequest } from '../../../engine/contract/restore-managed';
import { COPIED_BACK, COPY, POINT } from '../../fakes/managed-backup';
import { sdkError } from '../../fakes/sdk-client';
import { CLUSTER, DatabaseRig, EXECUTION, INSTANCE, NEW, SETTINGS } from './database-rig';

const TAGS = [
  { Key: 'holdfast:restored-from', Value: 'orders' },
  { Key: 'holdfast:restore', Value: 'execution-1' },
];
const FROM_POINT: RestoreDatabaseRequest = {
  ...INSTANCE,
  source: { kind: 'recoveryPoint', recoveryPointArn: POINT, vaultName: 'acme-vault' },
};
const FROM_RECOVERY_VAULT: RestoreDatabaseRequest = {
  ...INSTANCE,
  source: { kind: 'recoveryVault', recoveryPointArn: COPY },
};

describe('an instance to a point in time', () => {
  test('is made where and how the original is, beside it', async () => {
    const rig = new DatabaseRig();
    const { answer } = await rig.run({ ...INSTANCE, source: { kind: 'pointInTime', at: '2026-11-23T09:00:00Z' } });
    expect(rig.sdk.rds.inputsOf('RestoreDBInstanceToPointInTime')).toEqual([
      {
        SourceDbiResourceId: 'db-ORDERS',
        TargetDBInstanceIdentifier: NEW,
        RestoreTime: new Date('2026-11-23T09:00:00Z'),
        DBInstanceClass: 'db.r8g.large',
        DBSubnetGroupName: 'private',
        VpcSecurityGroupIds: ['sg-1', 'sg-2'],
        DBParameterGroupName: 'tuned',
        MultiAZ: true,
        Port: 5432,
        PubliclyAccessible: false,
        EnableIAMDatabaseAuthentication: true,
        EnableCloudwatchLogsExports: ['postgresql'],
        CopyTagsToSnapshot: true,
        Tags: TAGS,
      },
    ]);
    expect(answer.result).toEqual({
      identifier: NEW,
      arn: `arn:aws:rds:us-east-1:111122223333:db:${NEW}`,
      endpoint: { address: `${NEW}.example.com`, port: 5432 },
      secretArn: `arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!${NEW}`,
      durationSeconds: expect.any(Number),
    });
    expect(rig.present).toEqual(['orders', NEW]);
  });

  test('has a new master password that RDS manages, under the same key as before, and is protected against deletion', async () => {
    const rig = new DatabaseRig();
    await rig.run(INSTANCE);
    expect(rig.sdk.rds.inputsOf('ModifyDBInstance')).toEqual([
      {
        DBInstanceIdentifier: NEW,
        ApplyImmediately: true,
        ManageMasterUserPassword: true,
        MasterUserSecretKmsKeyId: 'arn:secret-key',
      },
      { DBInstanceIdentifier: NEW, ApplyImmediately: true, DeletionProtection: true },
    ]);
    expect(rig.rds.instances.get(NEW)?.DeletionProtection).toBe(true);
  });

  test('takes the newest time when none is said', async () => {
    const rig = new DatabaseRig();
    await rig.run(INSTANCE);
    const [request] = rig.sdk.rds.inputsOf('RestoreDBInstanceToPointInTime');
    expect(request).toMatchObject({ UseLatestRestorableTime: true });
    expect(request).not.toHaveProperty('RestoreTime');
  });

  test('can be placed elsewhere', async () => {
    const rig = new DatabaseRig();
    rig.rds.subnetGroups.add('other');
    await rig.run({
      ...INSTANCE,
      newIdentifier: 'drill-restored',
      placement: { subnetGroup: 'other', securityGroupIds: ['sg-9'], instanceClass: 'db.t4g.medium', multiAz: false },
    });
    expect(rig.sdk.rds.inputsOf('RestoreDBInstanceToPointInTime')).toEqual([
      expect.objectContaining({
        TargetDBInstanceIdentifier: 'drill-restored',
        DBSubnetGroupName: 'other',
        VpcSecurityGroupIds: ['sg-9'],
        DBInstanceClass: 'db.t4g.medium',
        MultiAZ: false,
        DBParameterGroupName: 'tuned',
      }),
    ]);
  });

  test('measures the time from the start of the execution to the end, and publishes it in a step of its own', async () => {
    const rig = new DatabaseRig();
    const { answer } = await rig.run(INSTANCE);
    const seconds = (rig.now - Date.parse(EXECUTION.startedAt)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(answer.result?.durationSeconds).toBe(seconds);
    expect(rig.published).toEqual([]);
    const report = await rig.call(INSTANCE, { progress: answer.progress, isReport: true });
    expect(rig.published).toEqual([`succeeded after ${seconds} s`]);
    expect(report).toMatchObject({ isDone: true, result: answer.result });
  });

  test('waits until the database is out of the middle of something before it changes it', async () => {
    const rig = new DatabaseRig();
    let refusals = 2;
    rig.rds.fault = (operation) => {
      refusals -= operation === 'ModifyDBInstance' ? 1 : 0;
      return operation === 'ModifyDBInstance' && refusals >= 0 ? sdkError('InvalidDBInstanceStateFault') : undefined;
    };
    const { answer } = await rig.run(INSTANCE);
    expect(answer.result?.identifier).toBe(NEW);
  });
});

describe('a cluster to a point in time', () => {
  test('is made with as many instances as the original, the writer first, and waits for them', async () => {
    const rig = new DatabaseRig('cluster');
    const { answer } = await rig.run(CLUSTER);
    expect(rig.sdk.rds.inputsOf('RestoreDBClusterToPointInTime')).toEqual([
      expect.objectContaining({
        SourceDbClusterResourceId: 'cluster-ORDERS',
        DBClusterIdentifier: NEW,
        RestoreType: 'full-copy',
        UseLatestRestorableTime: true,
        DBSubnetGroupName: 'private',
        VpcSecurityGroupIds: ['sg-1', 'sg-2'],
        DBClusterParameterGroupName: 'tuned-cluster',
        Tags: TAGS,
      }),
    ]);
    expect(rig.sdk.rds.inputsOf('CreateDBInstance')).toEqual([
      expect.objectContaining({
        DBInstanceIdentifier: `${NEW}-1`,
        DBClusterIdentifier: NEW,
        DBInstanceClass: 'db.r8g.xlarge',
        DBParameterGroupName: 'tuned',
        Engine: 'aurora-postgresql',
        Tags: TAGS,
      }),
      expect.objectContaining({ DBInstanceIdentifier: `${NEW}-2`, DBInstanceClass: 'db.r8g.large' }),
    ]);
    expect(rig.rds.instances.get(`${NEW}-2`)?.status).toBe('available');
    expect(answer.result).toMatchObject({
      endpoint: { address: `${NEW}.cluster.example.com`, port: 5432 },
      secretArn: `arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!${NEW}`,
    });
  });

  test('can have fewer instances, of another class', async () => {
    const rig = new DatabaseRig('cluster');
    await rig.run({ ...CLUSTER, placement: { instances: 1, instanceClass: 'db.t4g.medium' } });
    expect(rig.sdk.rds.inputsOf('CreateDBInstance')).toEqual([
      expect.objectContaining({ DBInstanceIdentifier: `${NEW}-1`, DBInstanceClass: 'db.t4g.medium' }),
    ]);
  });

  test('keeps the capacity of serverless instances', async () => {
    const rig = new DatabaseRig('cluster');
    Object.assign(rig.rds.clusters.get('orders') ?? {}, {
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
    });
    await rig.run({ ...CLUSTER, placement: { instanceClass: 'db.serverless' } });
    expect(rig.sdk.rds.inputsOf('RestoreDBClusterToPointInTime')).toEqual([
      expect.objectContaining({ ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 } }),
    ]);
  });

  test('of Multi-AZ kind leaves its instances to RDS', async () => {
    const rig = new DatabaseRig('cluster');
    Object.assign(rig.rds.clusters.get('orders') ?? {}, { DBClusterInstanceClass: 'db.m6gd.large' });
    await rig.run(CLUSTER);
    expect(rig.sdk.rds.inputsOf('RestoreDBClusterToPointInTime')).toEqual([
      expect.objectContaining({ DBClusterInstanceClass: 'db.m6gd.large' }),
    ]);
    expect(rig.sdk.rds.inputsOf('CreateDBInstance')).toEqual([]);
  });
});

describe('an instance from a recovery point', () => {
  test('is made by AWS Backup, as it was set up, under the new name and in the right place', async () => {
    const rig = new DatabaseRig();
    const { answer } = await rig.run(FROM_POINT);
    expect(rig.sdk.backup.inputsOf('StartRestoreJob')).toEqual([
      {
        RecoveryPointArn: POINT,
        IamRoleArn: SETTINGS.backupRoleArn,
        IdempotencyToken: 'execution-1',
        Metadata: {
          Engine: 'postgres',
          Port: '5432',
          DBInstanceIdentifier: NEW,
          DBInstanceClass: 'db.r8g.large',
          DBSubnetGroupName: 'private',
          VpcSecurityGroupIds: '["sg-1","sg-2"]',
          DBParameterGroupName: 'tuned',
          MultiAZ: 'true',
          DeletionProtection: 'false',
        },
      },
    ]);
    expect(rig.rds.instances.get(NEW)?.TagList).toEqual(TAGS);
    expect(answer.result).toMatchObject({ identifier: NEW, secretArn: expect.stringContaining('rds!') });
  });

  test('is corrected where AWS Backup did not set it up as planned, and started again for its parameters', async () => {
    const rig = new DatabaseRig();
    rig.backup.fault = (operation, input) => {
      if (operation === 'StartRestoreJob') {
        Object.assign(input.Metadata as object, {
          DBParameterGroupName: 'default.postgres17',
          VpcSecurityGroupIds: '["sg-default"]',
          MultiAZ: 'false',
        });
      }
      return undefined;
    };
    const { answer } = await rig.run(FROM_POINT);
    expect(rig.sdk.rds.inputsOf('ModifyDBInstance')[0]).toEqual({
      DBInstanceIdentifier: NEW,
      ApplyImmediately: true,
      VpcSecurityGroupIds: ['sg-1', 'sg-2'],
      DBParameterGroupName: 'tuned',
      MultiAZ: true,
    });
    expect(rig.sdk.rds.inputsOf('RebootDBInstance')).toEqual([{ DBInstanceIdentifier: NEW }]);
    expect(answer.isDone).toBe(true);
  });

  test('needs the whole placement when the original is gone', async () => {
    const rig = new DatabaseRig();
    rig.rds.instances.delete('orders');
    await expect(rig.run(FROM_POINT)).rejects.toThrow(
      /The instance orders is gone.* it lacks subnetGroup, securityGroupIds, parameterGroup, instanceClass\. HINT: /,
    );
    const placement = {
      subnetGroup: 'private',
      securityGroupIds: ['sg-1'],
      parameterGroup: 'tuned',
      instanceClass: 'db.r8g.large',
    };
    const { answer } = await rig.run({ ...FROM_POINT, placement });
    expect(answer.result?.identifier).toBe(NEW);
  });

  test('fails with what AWS Backup says, and leaves nothing', async () => {
    const rig = new DatabaseRig();
    rig.backup.comesTo = 'FAILED';
    const { error, answer } = await rig.run(FROM_POINT);
    expect(error?.message).toMatch(/^The restore job restore-1 of AWS Backup has failed: The subnet group has too few/);
    expect(answer.failure?.Cause).toBe(error?.message);
    expect(rig.present).toEqual(['orders']);
  });
});

describe('a cluster from a recovery point', () => {
  test('gets its instances after AWS Backup made the cluster', async () => {
    const rig = new DatabaseRig('cluster');
    rig.backup.resourceArn = 'arn:aws:rds:us-east-1:111122223333:cluster:orders';
    rig.backup.metadata = { DBClusterIdentifier: 'orders', Engine: 'aurora-postgresql', KmsKeyId: 'arn:key' };
    const { answer } = await rig.run({ ...FROM_POINT, kind: 'cluster' });
    expect(rig.sdk.backup.inputsOf('StartRestoreJob')).toEqual([
      expect.objectContaining({
        Metadata: {
          Engine: 'aurora-postgresql',
          DBClusterIdentifier: NEW,
          DBClusterParameterGroupName: 'tuned-cluster',
          DBSubnetGroupName: 'private',
          VpcSecurityGroupIds: '["sg-1","sg-2"]',
          DeletionProtection: 'false',
        },
      }),
    ]);
    expect(rig.sdk.rds.inputsOf('CreateDBInstance')).toHaveLength(2);
    expect(answer.isDone).toBe(true);
  });
});

describe('from the recovery vault', () => {
  test('copies the recovery point back first, from the side of the recovery Region, and restores the copy', async () => {
    const rig = new DatabaseRig();
    const { answer } = await rig.run(FROM_RECOVERY_VAULT);
    expect(rig.sdk.backup.inputsOf('StartCopyJob')).toEqual([
      {
        RecoveryPointArn: COPY,
        SourceBackupVaultName: 'acme-recovery-vault',
        DestinationBackupVaultArn: 'arn:aws:backup:us-east-1:111122223333:backup-vault:acme-vault',
        IamRoleArn: SETTINGS.backupRoleArn,
        IdempotencyToken: 'execution-1',
        Lifecycle: { DeleteAfterDays: 30 },
      },
    ]);
    expect(rig.regions).toContain('eu-central-1');
    expect(rig.sdk.backup.inputsOf('StartRestoreJob')).toEqual([
      expect.objectContaining({ RecoveryPointArn: COPIED_BACK }),
    ]);
    expect(answer.result?.copiedRecoveryPointArn).toBe(COPIED_BACK);
  });

  test.each([
    [{}, 7],
    [{ MinRetentionDays: 3 }, 7],
    [{ MaxRetentionDays: 5 }, 5],
    [{ MinRetentionDays: 30, MaxRetentionDays: 2557 }, 30],
  ])('keeps the copy for a week, or as near to it as the lock %j takes', async (lock, days) => {
    const rig = new DatabaseRig();
    rig.backup.lock = lock;
    await rig.run(FROM_RECOVERY_VAULT);
    expect(rig.sdk.backup.inputsOf('StartCopyJob')).toEqual([
      expect.objectContaining({ Lifecycle: { DeleteAfterDays: days } }),
    ]);
  });

  test('says what to run when the recovery vault is in another account', async () => {
    const settings = { recoveryVault: { ...SETTINGS.recoveryVault, account: '444455556666' } };
    await expect(new DatabaseRig().run(FROM_RECOVERY_VAULT, settings)).rejects.toThrow(
      /account 444455556666.*HINT: run there `aws backup start-copy-job --region eu-central-1/,
    );
  });

  test.each(['FAILED', 'PARTIAL'])('a copy that ends as %s fails the restore', async (state) => {
    const rig = new DatabaseRig();
    rig.backup.comesTo = state;
    const { error } = await rig.run(FROM_RECOVERY_VAULT);
    expect(error?.message).toMatch(/^The copy job copy-1 of AWS Backup has failed: /);
    expect(rig.sdk.backup.inputsOf('StartRestoreJob')).toEqual([]);
  });
});

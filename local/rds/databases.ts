import { CreateKeyCommand, EnableKeyRotationCommand } from '@aws-sdk/client-kms';
import { CreateDBClusterCommand, CreateDBInstanceCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { CONTINUOUS_DAYS } from '../../engine/contract/backup-plan';
import type { LocalAws } from '../local-aws';

/**
 * An RDS instance and an Aurora cluster that are there before Holdfast is, made through the API. The emulator has their settings
 * and no server behind them, and its AWS Backup takes no recovery points.
 */
export class ManagedDatabases {
  /** Name and identifier of the instance. */
  static readonly INSTANCE = 'billing';
  /** Name and identifier of the cluster. */
  static readonly CLUSTER = 'orders-cluster';

  private constructor(
    private readonly aws: LocalAws,
    private readonly region: string,
    private readonly keyArn: string,
  ) {}

  /** Makes both, set as AWS Backup wants them. */
  static async create(aws: LocalAws, region: string): Promise<ManagedDatabases> {
    const kms = aws.kms(region);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'Encrypts databases' }));
    await kms.send(new EnableKeyRotationCommand({ KeyId: KeyMetadata?.KeyId }));
    const databases = new ManagedDatabases(aws, region, KeyMetadata?.Arn ?? '');
    const rds = aws.rds(region);
    const shared = {
      MasterUsername: 'holdfast',
      ManageMasterUserPassword: true,
      StorageEncrypted: true,
      KmsKeyId: databases.keyArn,
      BackupRetentionPeriod: CONTINUOUS_DAYS,
      CopyTagsToSnapshot: true,
      DeletionProtection: true,
    };
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: ManagedDatabases.INSTANCE,
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.micro',
        AllocatedStorage: 20,
        ...shared,
      }),
    );
    await rds.send(
      new CreateDBClusterCommand({
        DBClusterIdentifier: ManagedDatabases.CLUSTER,
        Engine: 'aurora-postgresql',
        ...shared,
      }),
    );
    return databases;
  }

  /** The entries of `rds.databases` in the configuration. */
  configuration(): object[] {
    const { keyArn } = this;
    return [
      { name: ManagedDatabases.INSTANCE, instance: ManagedDatabases.INSTANCE, keyArn },
      { name: ManagedDatabases.CLUSTER, cluster: ManagedDatabases.CLUSTER, keyArn },
    ];
  }

  /** Sets for how many days RDS keeps the automated backups of the instance. */
  async keepAutomatedBackups(days: number): Promise<void> {
    await this.aws.rds(this.region).send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: ManagedDatabases.INSTANCE,
        BackupRetentionPeriod: days,
        ApplyImmediately: true,
      }),
    );
  }
}

import { type aws_rds as rds, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OptInResourceType } from '../../engine/contract/backup-opt-in';
import type { DatabaseKind, DatabaseTarget } from '../../engine/contract/verify-database';
import type { RecoveryRegion } from '../platform/recovery-region';
import type { Problem } from '../problem';
import { crossRegionBackupProblems } from './cross-region-backups';
import { DatabaseBackupSettings, type DatabaseBackupSettingsProps } from './database-backup-settings';

/** What is known of a database beside its name. */
export interface ManagedDatabaseProps {
  /** ARN of the key that the database is encrypted with, for the verification. @default - any customer key */
  readonly keyArn?: string;
  /**
   * Whether RDS replicates the automated backups of an instance to the recovery Region, so that any point in time can be restored
   * there too. Aurora does not do it. Of a database that is there already, it must be switched on in RDS.
   * @default false
   */
  readonly crossRegionBackups?: boolean;
}

/** A database on RDS or Aurora whose snapshots and logs are kept. */
export class ManagedDatabase {
  /**
   * An RDS instance that is already there, and no member of a cluster. Its settings are not changed, except that AWS Backup keeps its
   * automated backups for 35 days from then on.
   *
   * @param identifier identifier of the instance, such as `orders`
   */
  public static instance(identifier: string, props: ManagedDatabaseProps = {}): ManagedDatabase {
    return new ManagedDatabase('instance', identifier, props);
  }

  /**
   * An Aurora cluster that is already there. Its settings are not changed, except that AWS Backup keeps its automated backups for 35
   * days from then on.
   *
   * @param identifier identifier of the cluster, such as `orders`
   */
  public static cluster(identifier: string, props: ManagedDatabaseProps = {}): ManagedDatabase {
    return new ManagedDatabase('cluster', identifier, props);
  }

  /** An RDS instance of the same app, or one that is imported. The former's settings are set, as {@link DatabaseBackupSettings} does. */
  public static ofInstance(instance: rds.IDatabaseInstance, props: ManagedDatabaseProps = {}): ManagedDatabase {
    return new ManagedDatabase('instance', instance.instanceIdentifier, props, instance);
  }

  /** An Aurora cluster of the same app, or one that is imported. The former's settings are set, as {@link DatabaseBackupSettings} does. */
  public static ofCluster(cluster: rds.IDatabaseCluster, props: ManagedDatabaseProps = {}): ManagedDatabase {
    return new ManagedDatabase('cluster', cluster.clusterIdentifier, props, cluster);
  }

  private constructor(
    /** What RDS calls this kind. */
    public readonly kind: DatabaseKind,
    /** Identifier of the instance or cluster; of a database of the same app, often known at deployment alone. */
    public readonly identifier: string,
    private readonly props: ManagedDatabaseProps,
    private readonly construct?: Construct,
  ) {}

  /** What AWS Backup calls this kind. */
  public get resourceType(): OptInResourceType {
    return this.kind === 'instance' ? 'RDS' : 'Aurora';
  }

  /** Sets the backups of a database of the same app; does nothing with one that is there already. */
  public configure(settings: Omit<DatabaseBackupSettingsProps, 'crossRegionBackups'>): void {
    this.construct?.with(new DatabaseBackupSettings({ ...settings, crossRegionBackups: this.hasCrossRegionBackups }));
  }

  /** ARN, in the account and Region of the stack of a construct. */
  public arn(scope: Construct): string {
    const { partition, region, account } = Stack.of(scope);
    const type = this.kind === 'instance' ? 'db' : 'cluster';
    return `arn:${partition}:rds:${region}:${account}:${type}:${this.identifier}`;
  }

  /** The form in which the verification is told. */
  public target(resource: string): DatabaseTarget {
    return {
      resource,
      kind: this.kind,
      identifier: this.identifier,
      keyArn: this.props.keyArn,
      hasCrossRegionBackups: this.hasCrossRegionBackups,
    };
  }

  /** What is wrong with what is said of the database, in the stack of a construct. */
  public problems(scope: Construct, recovery: RecoveryRegion): Problem[] {
    const recoveryPlace = { account: recovery.accountOf(scope), region: recovery.region };
    return [
      ...databaseIdentifierProblems(this.identifier, 'database'),
      ...(this.hasCrossRegionBackups
        ? crossRegionBackupProblems(this.kind, Stack.of(scope), recoveryPlace, 'crossRegionBackups')
        : []),
    ];
  }

  private get hasCrossRegionBackups(): boolean {
    return this.props.crossRegionBackups ?? false;
  }
}

/**
 * What is wrong with the identifier of an instance or a cluster.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
function databaseIdentifierProblems(identifier: string, path: string): Problem[] {
  return Token.isUnresolved(identifier) || DATABASE_IDENTIFIER.form.test(identifier)
    ? []
    : [{ path, message: `must be ${DATABASE_IDENTIFIER.allowed}, got: "${identifier}"` }];
}

/** Form of the identifier of an instance or a cluster, as RDS stores it. */
export const DATABASE_IDENTIFIER = {
  form: /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  allowed:
    'the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and single hyphens, beginning with a letter',
} as const;

import { CfnOutput, aws_iam as iam, type aws_kms as kms, Stack, type StackProps, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { recoveryVaultName } from '../../engine/contract/backup-plan';
import { sourceBucketName } from '../../engine/contract/bucket-names';
import { ProofSystem } from '../../engine/contract/proofs';
import { DEFAULT_RETENTION, type Retention } from '../../engine/contract/retention';
import type { WatchTrail } from '../audit/deletion-watch';
import type { RecoveryVaultOptions } from '../database/database-backup-options';
import { RecoveryVault } from '../database/recovery-vault';
import { EncryptionKey } from '../encryption-key';
import type { FileCategory } from '../files/file-category';
import type { FileLifecycle } from '../files/file-lifecycle';
import type { LockMode } from '../files/lock-mode';
import { admitRole, ReplicaBucket } from '../files/replica-bucket';
import { Paging, type PagingRoutes } from '../paging/paging';
import { refuse } from '../problem';
import type { MaintenanceWindow } from '../signals/maintenance-window';
import { type ObjectiveOverrides, resolveObjectives } from '../signals/objectives';
import { replicationLatencyAlarm } from '../signals/replication-failed-alarm';
import { DumpsReplicaBucket } from '../tenants/dumps-replica-bucket';
import { roleNames } from './names';
import type { RecoveryRegion } from './recovery-region';
import { RecoveryWatch } from './recovery-watch';

/** Properties of a {@link RecoveryStack}. */
export interface RecoveryStackProps extends StackProps {
  readonly recovery: RecoveryRegion;
  /** Account and Region that are protected. */
  readonly primary: { readonly account: string; readonly region: string };
  /** Who is told about replication that lags. */
  readonly paging: PagingRoutes;
  /** How long backups of databases are kept; the same value as in the primary Region. @default DEFAULT_RETENTION */
  readonly retention?: Retention;
  /** How copies of the snapshots of databases are kept; time and locks as in the primary Region. @default - as each option says */
  readonly databaseBackups?: RecoveryVaultOptions;
  /** What must hold, as in the primary Region; the dashboard shows it. @default - DEFAULT_OBJECTIVES */
  readonly objectives?: ObjectiveOverrides;
  /** When nothing pages. @default - always something may */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** Which trail of CloudTrail records deletions. @default WatchTrail.OWN */
  readonly deletionTrail?: WatchTrail;
}

/** A replica in the recovery Region; the same values as where the source is protected. */
export interface ReplicaProps {
  /** What kind of files the source holds. */
  readonly category: FileCategory;
  /** Name of a source bucket that is already there. @default - Holdfast makes the bucket, and names it */
  readonly sourceBucketName?: string;
  /** How firm Object Lock is. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /**
   * Fields of the source's lifecycle that differ from the category's; of a bucket that is already there, the lifecycle it
   * has.
   * @default - the category's; of a bucket that is already there, nothing expires
   */
  readonly lifecycle?: FileLifecycle;
  /** Fields of the replica's lifecycle that differ from the source's, kept longer. @default - none */
  readonly replicaLifecycle?: FileLifecycle;
}

/** The replica of a bucket of dumps; the same values as where the database is protected. */
export interface DumpsReplicaProps {
  /** How long backups are kept. @default - as the stack keeps them */
  readonly retention?: Retention;
  /** How firm the locks are. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
}

/**
 * The recovery Region: the replica key under its alias, the locked replicas, the topics, and the alarms on replication,
 * whose latency S3 publishes only in the Region of the destination. Deploys before the primary stack and needs nothing
 * of it.
 */
export class RecoveryStack extends Stack {
  private readonly replicaKey: kms.Key;
  private readonly paging: Paging;
  private readonly watch: RecoveryWatch;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryStackProps,
  ) {
    super(scope, id, { ...props, description: props.description ?? 'Holdfast: replicas in the recovery Region' });
    const { recovery, primary } = props;
    refuse(this.node.path, [
      ...(primary.region === recovery.region
        ? [{ path: 'recovery.region', message: `must differ from the primary Region, got: ${recovery.region}` }]
        : []),
    ]);
    this.replicaKey = new EncryptionKey(this, 'ReplicaKey', {
      alias: recovery.replicaKeyAlias,
      description: `Encrypts the replicas of ${recovery.prefix}`,
    });
    const otherAccount = recovery.isOtherAccountThan(primary.account);
    if (otherAccount) {
      this.admitVerification(primary.account, roleNames.verifyFiles(recovery.prefix));
      this.admitRole(primary.account, roleNames.verifyKeys(recovery.prefix), [
        'kms:DescribeKey',
        'kms:GetKeyRotationStatus',
        'kms:ListGrants',
      ]);
    }
    const { slack, ...withoutSlack } = props.paging;
    this.paging = new Paging(this, 'Paging', {
      prefix: recovery.prefix,
      routes: otherAccount ? props.paging : withoutSlack,
      objectives: resolveObjectives(props.objectives),
      maintenance: props.maintenance,
    });
    this.watch = new RecoveryWatch(this, 'Watch', {
      recovery,
      primary,
      paging: this.paging,
      routes: props.paging,
      trail: props.deletionTrail,
    });
    this.watch.watchKey(this.replicaKey, recovery.replicaKeyAlias.replace(/^alias\//, ''));
    this.watch.watchKey(this.paging.encryptionKey, `${recovery.prefix}-paging`);
    new CfnOutput(this, 'ReplicaKeyArn', {
      value: this.replicaKey.keyArn,
      description: 'ARN of the replica key; the primary stack needs it when it lies in another account',
    });
  }

  /**
   * Adds the replica of a protected resource.
   *
   * @param resource name of the resource, the same as in the primary Region
   */
  public addReplica(resource: string, props: ReplicaProps): ReplicaBucket {
    const { recovery, primary } = this.props;
    const { category, lifecycle = {}, sourceBucketName: existing } = props;
    const replica = new ReplicaBucket(this, `Replica-${resource}`, {
      prefix: recovery.prefix,
      resource,
      category,
      encryptionKey: this.replicaKey,
      sourceAccount: primary.account,
      lockMode: props.lockMode,
      sourceLifecycle: existing === undefined ? category.sourceLifecycle(lifecycle) : lifecycle,
      replicaLifecycle: props.replicaLifecycle,
    });
    this.replicated(resource, replica.bucket, existing);
    this.watch.show(ProofSystem.FILES, resource);
    return replica;
  }

  /**
   * Adds the replica of the dumps of a database.
   *
   * @param resource name of the protected database, the same as in the primary Region
   */
  public addDumpsReplica(resource: string, props: DumpsReplicaProps = {}): DumpsReplicaBucket {
    const { prefix } = this.props.recovery;
    this.watch.show(ProofSystem.TENANTS, resource);
    const replica = this.backupsReplica(resource, props);
    for (const verifier of [roleNames.verifyTenants(prefix), roleNames.verifyTenantsTask(prefix)]) {
      this.admitReader(
        replica.bucket,
        verifier,
        ['s3:ListBucket', 's3:ListBucketVersions'],
        // Without it, S3 leaves the locks out of what it tells, and every copy would look unlocked.
        [...READING, 's3:GetObjectRetention'],
      );
    }
    return replica;
  }

  private backupsReplica(resource: string, props: DumpsReplicaProps): DumpsReplicaBucket {
    const { recovery, primary, retention } = this.props;
    const replica = new DumpsReplicaBucket(this, `Replica-${resource}`, {
      prefix: recovery.prefix,
      resource,
      retention: props.retention ?? retention ?? DEFAULT_RETENTION,
      encryptionKey: this.replicaKey,
      lockMode: props.lockMode,
      sourceAccount: primary.account,
    });
    this.replicated(resource, replica.bucket);
    return replica;
  }

  /** Lets a role of the primary account read a replica, where that lies in another. */
  private admitReader(replica: s3.Bucket, roleName: string, listing: string[], reading: string[]): void {
    const { recovery, primary } = this.props;
    if (recovery.isOtherAccountThan(primary.account)) {
      admitRole(replica, primary.account, roleName, listing, replica.bucketArn);
      admitRole(replica, primary.account, roleName, reading, replica.arnForObjects('*'));
      this.admitVerification(primary.account, roleName);
    }
  }

  /**
   * Adds the replica of the exported snapshots of a cache.
   *
   * @param resource name of the protected cache, the same as in the primary Region
   */
  public addRedisReplica(resource: string, props: DumpsReplicaProps = {}): DumpsReplicaBucket {
    this.watch.show(ProofSystem.REDIS, resource);
    const replica = this.backupsReplica(resource, props);
    this.admitReader(replica.bucket, roleNames.verifyRedis(this.props.recovery.prefix), ['s3:ListBucket'], READING);
    return replica;
  }

  /** Adds the vault that copies of the snapshots of all databases on RDS and Aurora go to: once, however many there are. */
  public addDatabaseVault(): RecoveryVault {
    const { recovery, primary, retention = DEFAULT_RETENTION, databaseBackups } = this.props;
    const vault = new RecoveryVault(this, 'Databases', {
      ...databaseBackups,
      prefix: recovery.prefix,
      primaryAccount: primary.account,
      retention,
      paging: this.paging,
    });
    this.watch.show(ProofSystem.DATABASE, 'vault');
    this.watch.watchVault(recoveryVaultName(recovery.prefix), vault.encryptionKey);
    return vault;
  }

  /** What each replica needs beside its bucket. */
  private replicated(resource: string, replica: s3.IBucket, existingSource?: string): void {
    const { recovery, primary } = this.props;
    if (recovery.isOtherAccountThan(primary.account)) {
      this.admitReplication(primary.account, resource);
    }
    this.watch.watchReplica(replica.bucketName);
    const source = existingSource ?? sourceBucketName(recovery.prefix, resource, primary.account, primary.region);
    this.latencyAlarm(resource, source, replica);
  }

  private latencyAlarm(resource: string, sourceBucketName: string, replica: s3.IBucket): void {
    replicationLatencyAlarm(this, `ReplicationLatency-${resource}`, {
      paging: this.paging,
      resource,
      sourceBucketName,
      replicaBucketName: replica.bucketName,
    });
  }

  private admitVerification(primaryAccount: string, roleName: string): void {
    this.admitRole(primaryAccount, roleName, ['kms:Decrypt', 'kms:DescribeKey']);
  }

  private admitReplication(primaryAccount: string, resource: string): void {
    this.admitRole(primaryAccount, roleNames.replication(this.props.recovery.prefix, resource), [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:GenerateDataKey',
    ]);
  }

  /** Named in a condition, because KMS refuses a key policy with a principal that does not exist yet. */
  private admitRole(primaryAccount: string, roleName: string, actions: string[]): void {
    this.replicaKey.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.AccountPrincipal(primaryAccount)],
        actions,
        resources: ['*'],
        conditions: {
          ArnEquals: { 'aws:PrincipalArn': `arn:${this.partition}:iam::${primaryAccount}:role/${roleName}` },
        },
      }),
    );
  }
}

/** What whoever verifies copies does with them. */
const READING = ['s3:GetObject', 's3:GetObjectVersion'];

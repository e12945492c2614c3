import { type Duration, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { vaultName } from '../../engine/contract/backup-plan';
import { SEVERITIES, topicName } from '../../engine/contract/paging';
import { ProofSystem } from '../../engine/contract/proofs';
import { DEFAULT_RETENTION, type Retention } from '../../engine/contract/retention';
import { System } from '../../engine/contract/signals';
import { BucketContent, type WatchTrail } from '../audit/deletion-watch';
import type { DatabaseBackupOptions } from '../database/database-backup-options';
import { DatabaseProtection } from '../database/database-protection';
import type { ManagedDatabase } from '../database/managed-database';
import { EncryptionKey } from '../encryption-key';
import { ExistingBucketProtection } from '../files/existing-bucket';
import type { FileCategory } from '../files/file-category';
import type { FileLifecycle } from '../files/file-lifecycle';
import { FileVerification } from '../files/file-verification';
import type { LockMode } from '../files/lock-mode';
import { ProofsBucket } from '../files/proofs-bucket';
import { ProtectedBucket } from '../files/protected-bucket';
import { Replicated } from '../files/replicated';
import { Paging, type PagingRoutes } from '../paging/paging';
import { refuse } from '../problem';
import { DatabaseRestore } from '../recovery/database-restore';
import { RedisRestore } from '../recovery/redis-restore';
import type { ProtectedCache } from '../redis/protected-cache';
import { type CacheBackupOptions, RedisBackups } from '../redis/redis-backups';
import { RedisVerification } from '../redis/redis-verification';
import type { MaintenanceWindow } from '../signals/maintenance-window';
import { type ObjectiveOverrides, objectivesProblems, resolveObjectives } from '../signals/objectives';
import { SystemAlarms } from '../signals/system-alarms';
import type { TenantDatabase } from '../tenants/tenant-database';
import { TenantDumps, type TenantDumpsProps } from '../tenants/tenant-dumps';
import { TenantVerification } from '../tenants/tenant-verification';
import { PlatformWatch } from './platform-watch';
import type { RecoveryRegion } from './recovery-region';

/** Properties of a {@link BackupPlatform}. */
export interface BackupPlatformProps {
  readonly recovery: RecoveryRegion;
  /** Who is told when something is wrong. */
  readonly paging: PagingRoutes;
  /** Time between two verifications of the files, in whole minutes. @default Duration.minutes(15) */
  readonly verifyFilesEvery?: Duration;
  /** Time within which each version of the replicas is read in full once, in whole days. @default Duration.days(30) */
  readonly readCycle?: Duration;
  /** How long backups of databases are kept and locked. @default DEFAULT_RETENTION */
  readonly retention?: Retention;
  /** How the snapshots and logs of databases are kept; time and locks are also the recovery stack's. @default - as each option says */
  readonly databaseBackups?: DatabaseBackupOptions;
  /** Time within which each kept dump of tenants is read in full once, in whole days. @default Duration.days(30) */
  readonly dumpsReadCycle?: Duration;
  /** What must hold, where it differs from the defaults: alarms, status and dashboard share it. @default - DEFAULT_OBJECTIVES */
  readonly objectives?: ObjectiveOverrides;
  /** When nothing pages. @default - always something may */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** Which trail of CloudTrail records deletions. @default WatchTrail.OWN */
  readonly deletionTrail?: WatchTrail;
}

/** How to protect files; the recovery stack takes the same values for the replica. */
export interface ProtectFilesProps {
  /** What kind of files the bucket holds. */
  readonly category: FileCategory;
  /** How firm Object Lock is, where the category or the lifecycle locks. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** Fields of the lifecycle that differ from the category's. @default - the category's */
  readonly lifecycle?: FileLifecycle;
}

/** How to protect files in a bucket that is already there; its category and locks matter to the recovery stack alone. */
export interface ProtectExistingFilesProps {
  /** Name of a versioned bucket in the account and Region of the stack. */
  readonly bucketName: string;
  /** ARN of the customer key that encrypts the bucket. @default - the bucket is not encrypted with a customer key */
  readonly keyArn?: string;
  /** The lifecycle that the bucket has; it is not changed. @default - nothing expires */
  readonly lifecycle?: FileLifecycle;
}

/** How to protect a bucket of the same app. */
export interface ProtectBucketProps {
  /**
   * Lifecycle that the bucket gets in place of its own rules.
   * @default - its own rules stay, and the verification takes it that none expires current versions
   */
  readonly lifecycle?: FileLifecycle;
}

/** How to protect the tenants of a database; retention and locks are also the recovery stack's. */
export interface ProtectTenantsProps
  extends Omit<TenantDumpsProps, 'recovery' | 'resource' | 'database' | 'encryptionKey' | 'paging'> {
  /** How long backups are kept and locked. @default - as the platform keeps them */
  readonly retention?: Retention;
}

/** How to back up a cache; retention and locks are also the recovery stack's. */
export interface ProtectRedisProps extends CacheBackupOptions {
  /** How long exported snapshots are kept. @default - as the platform keeps backups of databases */
  readonly retention?: Retention;
}

/**
 * Protects the resources of the primary Region: makes or takes them, replicates them, proves it, and pages. The first
 * protected file bucket brings their key, their verification and its alarms.
 */
export class BackupPlatform extends Construct {
  private readonly paging: Paging;
  private readonly watch: PlatformWatch;
  private readonly proofs: { readonly bucket: s3.Bucket; readonly key: kms.Key };
  private files?: { key: kms.Key; verification: FileVerification };
  private redis?: { key: kms.Key; verification: RedisVerification; restore: RedisRestore };
  private databases?: DatabaseProtection;
  private dumps?: { key: kms.Key; verification: TenantVerification };
  private readonly databaseNames = new Set<string>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupPlatformProps,
  ) {
    super(scope, id);
    const { recovery, readCycle, maintenance } = props;
    refuse(this.node.path, objectivesProblems(props.objectives ?? {}));
    const { partition, account } = Stack.of(this);
    const recoveryTopics = recovery.isOtherAccountThan(account)
      ? []
      : SEVERITIES.map(
          (severity) => `arn:${partition}:sns:${recovery.region}:${account}:${topicName(recovery.prefix, severity)}`,
        );
    this.paging = new Paging(this, 'Paging', {
      prefix: recovery.prefix,
      routes: props.paging,
      otherTopicArns: recoveryTopics,
      objectives: resolveObjectives(props.objectives, { readCycle }),
      maintenance,
    });
    this.proofs = this.proofsPlace();
    this.watch = new PlatformWatch(this, 'Watch', {
      recovery,
      paging: this.paging,
      routes: props.paging,
      proofs: this.proofs,
      trail: props.deletionTrail,
    });
    this.watch.watchKey(this.paging.encryptionKey, `${recovery.prefix}-paging`);
    this.watch.watchKey(this.proofs.key, keyAlias(recovery.prefix, PROOFS_KEY));
    this.watch.watchBucket(this.proofs.bucket.bucketName, BucketContent.KEPT);
  }

  /**
   * Makes a bucket for files of one category and protects it.
   *
   * @param resource name of the protected resource: lower-case letters, digits and hyphens
   */
  public protectFiles(resource: string, props: ProtectFilesProps): ProtectedBucket {
    const { key, verification } = this.filesProtection();
    const protectedBucket = new ProtectedBucket(this, resource, {
      recovery: this.props.recovery,
      resource,
      encryptionKey: key,
      ...props,
    });
    const { lockDays, currentVersions } = props.category.sourceLifecycle(props.lifecycle);
    const { bucketName } = protectedBucket.bucket;
    verification.verify({
      resource,
      sourceBucketName: bucketName,
      sourceKeyArn: key.keyArn,
      expireAfterDays: currentVersions?.expireAfterDays,
    });
    this.watch.show(ProofSystem.FILES, resource);
    this.watch.watchBucket(bucketName, lockDays === undefined ? BucketContent.FILES : BucketContent.LOCKED_FILES);
    return protectedBucket;
  }

  /**
   * Protects a bucket of the same app, as the mixin {@link Replicated} does, and has it verified.
   *
   * @param resource name of the protected resource: lower-case letters, digits and hyphens
   * @param bucket versioned bucket in the account and Region of the stack
   */
  public protectBucket(resource: string, bucket: s3.Bucket, { lifecycle }: ProtectBucketProps = {}): void {
    const sourceKeyArn = bucket.encryptionKey?.keyArn;
    bucket.with(new Replicated({ recovery: this.props.recovery, resource, lifecycle, sourceKeyArn }));
    this.showFiles(resource, bucket.bucketName);
    this.filesProtection().verification.verify({
      resource,
      sourceBucketName: bucket.bucketName,
      sourceKeyArn,
      expireAfterDays: lifecycle?.currentVersions?.expireAfterDays,
    });
  }

  /**
   * Protects a bucket that is already there and that no app of yours makes. Its lifecycle, encryption and policy stay as they are.
   *
   * @param resource name of the protected resource: lower-case letters, digits and hyphens
   */
  public protectExistingFiles(resource: string, props: ProtectExistingFilesProps): ExistingBucketProtection {
    const { bucketName, keyArn, lifecycle } = props;
    const protection = new ExistingBucketProtection(this, resource, {
      recovery: this.props.recovery,
      resource,
      bucketName,
      keyArn,
    });
    this.showFiles(resource, bucketName);
    this.filesProtection().verification.verify({
      resource,
      sourceBucketName: bucketName,
      sourceKeyArn: keyArn,
      expireAfterDays: lifecycle?.currentVersions?.expireAfterDays,
    });
    return protection;
  }

  /**
   * Keeps the snapshots and logs of a database on RDS or Aurora, with copies in the recovery Region, and has them verified. The first
   * one brings the plan of AWS Backup, its vault and the alarms.
   *
   * @param resource name of the protected database: lower-case letters, digits and hyphens
   */
  public protectDatabase(resource: string, database: ManagedDatabase): void {
    this.claimDatabaseName(resource);
    this.databases ??= this.databaseProtection();
    this.databases.protect(resource, database);
    this.watch.show(ProofSystem.DATABASE, resource);
  }

  /**
   * Backs up every tenant of a PostgreSQL database each day, each into an archive of its own.
   *
   * @param resource name of the protected database: lower-case letters, digits and hyphens
   */
  public protectTenants(resource: string, database: TenantDatabase, props: ProtectTenantsProps): TenantDumps {
    const { recovery, retention } = this.props;
    this.claimDatabaseName(resource);
    const { key, verification } = this.dumpsProtection();
    const dumps = new TenantDumps(this, resource, {
      ...props,
      recovery,
      resource,
      database,
      encryptionKey: key,
      paging: this.paging,
      retention: props.retention ?? retention,
    });
    verification.verify(dumps.verified);
    this.watch.show(ProofSystem.TENANTS, resource);
    this.watch.showBackups(dumps.bucket, key);
    return dumps;
  }

  /**
   * Backs up a Redis or Valkey cache on ElastiCache: snapshots at its save points, and one a day exported, kept and copied.
   *
   * @param resource name of the protected cache: lower-case letters, digits and hyphens
   */
  public protectRedis(resource: string, cache: ProtectedCache, props: ProtectRedisProps): RedisBackups {
    const { recovery, retention } = this.props;
    const { key, verification, restore } = this.redisProtection();
    const backups = new RedisBackups(this, resource, {
      ...props,
      recovery,
      resource,
      cache,
      encryptionKey: key,
      paging: this.paging,
      retention: props.retention ?? retention,
    });
    const { bucket, stagingBucket } = backups;
    verification.verify({ cache, target: backups.target, store: backups.store, bucket });
    restore.add({ resource, bucket, key, stagingBucket, signIn: cache.signIn });
    this.watch.show(ProofSystem.REDIS, resource);
    this.watch.showBackups(bucket, key);
    return backups;
  }

  /** Dumps and snapshots of databases publish metrics of the same names: under one name, each would hide what the other tells. */
  private claimDatabaseName(resource: string): void {
    if (this.databaseNames.has(resource)) {
      const message = `must be unique among databases, whose metrics bear it, got: "${resource}". HINT: name dumps and snapshots of a database differently`;
      refuse(`${this.node.path}/${resource}`, [{ path: 'resource', message }]);
    }
    this.databaseNames.add(resource);
  }

  private databaseProtection(): DatabaseProtection {
    const { recovery, retention = DEFAULT_RETENTION, databaseBackups } = this.props;
    const { bucket, key } = this.proofs;
    new DatabaseRestore(this, 'DatabaseRestore', { recovery, paging: this.paging });
    const protection = new DatabaseProtection(this, 'Databases', {
      ...databaseBackups,
      recovery,
      retention,
      proofsBucket: bucket,
      proofsKey: key,
      paging: this.paging,
    });
    this.watch.watchVault(vaultName(recovery.prefix), protection.vaultKey);
    return protection;
  }

  private dumpsProtection(): { key: kms.Key; verification: TenantVerification } {
    if (!this.dumps) {
      const { recovery, dumpsReadCycle } = this.props;
      const { bucket, key } = this.proofs;
      const verification = new TenantVerification(this, 'TenantVerification', {
        recovery,
        proofsBucket: bucket,
        proofsKey: key,
        readCycle: dumpsReadCycle,
      });
      new SystemAlarms(this, 'TenantAlarms', { paging: this.paging, system: System.TENANTS });
      this.dumps = { key: this.watchedKey('DumpsKey', 'dumps'), verification };
    }
    return this.dumps;
  }

  private redisProtection(): { key: kms.Key; verification: RedisVerification; restore: RedisRestore } {
    if (!this.redis) {
      const { recovery } = this.props;
      const { paging } = this;
      const { bucket, key } = this.proofs;
      const verification = new RedisVerification(this, 'RedisVerification', {
        recovery,
        proofsBucket: bucket,
        proofsKey: key,
        paging,
      });
      const restore = new RedisRestore(this, 'RedisRestore', { prefix: recovery.prefix, paging });
      this.redis = { key: this.watchedKey('RedisKey', 'cache-snapshots'), verification, restore };
    }
    return this.redis;
  }

  private filesProtection(): { key: kms.Key; verification: FileVerification } {
    if (!this.files) {
      const { recovery, verifyFilesEvery, readCycle } = this.props;
      const { bucket, key } = this.proofs;
      const verification = new FileVerification(this, 'FileVerification', {
        recovery,
        proofsBucket: bucket,
        proofsKey: key,
        paging: this.paging,
        every: verifyFilesEvery,
        readCycle,
      });
      this.files = { key, verification };
    }
    return this.files;
  }

  private showFiles(resource: string, bucketName: string): void {
    this.watch.show(ProofSystem.FILES, resource);
    this.watch.watchBucket(bucketName, BucketContent.FILES);
  }

  /** Where verifications write; reports are encrypted with the key of the files. */
  private proofsPlace(): { bucket: s3.Bucket; key: kms.Key } {
    const key = this.key('FilesKey', PROOFS_KEY);
    const { bucket } = new ProofsBucket(this, 'Proofs', { prefix: this.props.recovery.prefix, encryptionKey: key });
    return { bucket, key };
  }

  private watchedKey(id: string, what: string): kms.Key {
    const key = this.key(id, what);
    this.watch.watchKey(key, keyAlias(this.props.recovery.prefix, what));
    return key;
  }

  private key(id: string, what: string): kms.Key {
    const { prefix } = this.props.recovery;
    return new EncryptionKey(this, id, {
      alias: keyAlias(prefix, what),
      description: `Encrypts the ${what} of ${prefix}`,
    });
  }
}

/** What the key of files and proofs is for. */
const PROOFS_KEY = 'files';

const keyAlias = (prefix: string, what: string): string => `${prefix}-${what}`;

import { Duration, aws_kms as kms, RemovalPolicy, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SEVERITIES, topicName } from '../../engine/contract/paging';
import type { Retention } from '../../engine/contract/retention';
import { ExistingBucketProtection } from '../files/existing-bucket';
import type { FileCategory } from '../files/file-category';
import type { FileLifecycle } from '../files/file-lifecycle';
import { FileVerification } from '../files/file-verification';
import type { LockMode } from '../files/lock-mode';
import { ProofsBucket } from '../files/proofs-bucket';
import { ProtectedBucket } from '../files/protected-bucket';
import { Replicated } from '../files/replicated';
import { Paging, type PagingRoutes } from '../paging/paging';
import type { TenantDatabase } from '../tenants/tenant-database';
import { TenantDumps, type TenantDumpsProps } from '../tenants/tenant-dumps';
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

/**
 * Protects the resources of the primary Region: makes or takes them, replicates them, proves it, and pages. The first
 * protected file bucket brings their key, their verification and its alarms.
 */
export class BackupPlatform extends Construct {
  private readonly paging: Paging;
  private files?: { key: kms.Key; verification: FileVerification };
  private dumpsKey?: kms.Key;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupPlatformProps,
  ) {
    super(scope, id);
    const { recovery } = props;
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
    });
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
    verification.verify({
      resource,
      sourceBucketName: protectedBucket.bucket.bucketName,
      sourceKeyArn: key.keyArn,
      expireAfterDays: props.category.sourceLifecycle(props.lifecycle).currentVersions?.expireAfterDays,
    });
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
    this.filesProtection().verification.verify({
      resource,
      sourceBucketName: bucketName,
      sourceKeyArn: keyArn,
      expireAfterDays: lifecycle?.currentVersions?.expireAfterDays,
    });
    return protection;
  }

  /**
   * Backs up every tenant of a PostgreSQL database each day, each into an archive of its own.
   *
   * @param resource name of the protected database: lower-case letters, digits and hyphens
   */
  public protectTenants(resource: string, database: TenantDatabase, props: ProtectTenantsProps): TenantDumps {
    const { recovery, retention } = this.props;
    this.dumpsKey ??= this.key('DumpsKey', 'dumps');
    return new TenantDumps(this, resource, {
      ...props,
      recovery,
      resource,
      database,
      encryptionKey: this.dumpsKey,
      paging: this.paging,
      retention: props.retention ?? retention,
    });
  }

  private filesProtection(): { key: kms.Key; verification: FileVerification } {
    if (!this.files) {
      const { recovery, verifyFilesEvery, readCycle } = this.props;
      const key = this.key('FilesKey', 'files');
      const { bucket } = new ProofsBucket(this, 'Proofs', { prefix: recovery.prefix, encryptionKey: key });
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
  private key(id: string, what: string): kms.Key {
    const { prefix } = this.props.recovery;
    return new kms.Key(this, id, {
      alias: `${prefix}-${what}`,
      description: `Encrypts the ${what} of ${prefix}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

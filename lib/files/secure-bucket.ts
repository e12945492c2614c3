import { Duration, aws_iam as iam, type aws_kms as kms, RemovalPolicy, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LockMode } from './lock-mode';

/** Properties of a {@link SecureBucket}. */
export interface SecureBucketProps {
  readonly bucketName: string;
  /** Key that encrypts the bucket. @default - S3's own key, for services that write to no other bucket */
  readonly encryptionKey?: kms.IKey;
  /** How long versions are kept, and where. */
  readonly lifecycleRules: s3.CfnBucket.RuleProperty[];
  /** Object Lock, which can be brought to a bucket and never taken off it. @default - not locked */
  readonly lock?: BucketLock;
}

/** How a bucket keeps its versions from being deleted. */
export interface BucketLock {
  /** Days for which a version is locked that says nothing itself. @default - such a version is not locked */
  readonly days?: number;
  /** How firm that lock is. @default LockMode.GOVERNANCE */
  readonly mode?: LockMode;
}

/**
 * A bucket as all of Holdfast's are: versioned, encrypted, closed to the public and to anything below TLS 1.3, owned by its
 * account alone, and retained with its policy when its stack goes.
 */
export class SecureBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, { bucketName, encryptionKey, lifecycleRules, lock }: SecureBucketProps) {
    super(scope, id, {
      bucketName,
      versioned: true,
      ...(encryptionKey
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED }),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      ...(lock && objectLock(lock)),
    });
    (this.node.defaultChild as s3.CfnBucket).lifecycleConfiguration = { rules: lifecycleRules };
    this.refuseWhere('RefusePlainHttp', { Bool: { 'aws:SecureTransport': 'false' } });
    this.refuseWhere('RefuseTlsBelow13', { NumericLessThan: { 's3:TlsVersion': '1.3' } });
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  /**
   * Refuses every request that a condition tells to be too weak. Calls that one AWS service makes to another carry neither
   * `s3:TlsVersion` nor `aws:SecureTransport`, so service principals are exempt; they use TLS among themselves.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
   */
  private refuseWhere(sid: string, condition: Record<string, Record<string, string>>): void {
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:*'],
        resources: [this.bucketArn, this.arnForObjects('*')],
        conditions: { ...condition, Bool: { ...condition.Bool, 'aws:PrincipalIsAWSService': 'false' } },
      }),
    );
  }
}

function objectLock({ days, mode }: BucketLock): s3.BucketProps {
  if (days === undefined) {
    return { objectLockEnabled: true };
  }
  const duration = Duration.days(days);
  return {
    objectLockEnabled: true,
    objectLockDefaultRetention:
      mode === LockMode.COMPLIANCE
        ? s3.ObjectLockRetention.compliance(duration)
        : s3.ObjectLockRetention.governance(duration),
  };
}

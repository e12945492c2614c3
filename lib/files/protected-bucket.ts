import { type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { sourceBucketName } from '../../engine/contract/bucket-names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';
import type { FileCategory } from './file-category';
import { type FileLifecycle, lifecycleLock, lifecycleProblems, lifecycleRules } from './file-lifecycle';
import type { LockMode } from './lock-mode';
import { Replicated } from './replicated';
import { SecureBucket } from './secure-bucket';

/** Properties of a {@link ProtectedBucket}. */
export interface ProtectedBucketProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected resource: lower-case letters, digits and hyphens. */
  readonly resource: string;
  /** What kind of files the bucket holds. */
  readonly category: FileCategory;
  /** Key that encrypts the bucket. */
  readonly encryptionKey: kms.IKey;
  /** How firm Object Lock is, where the category or the lifecycle locks. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** Fields of the lifecycle that differ from the category's. @default - the category's */
  readonly lifecycle?: FileLifecycle;
}

/**
 * A bucket for files of one category, protected from its first object on: versioned, encrypted, closed to the public and
 * to anything below TLS 1.3, kept as its category asks, and replicated to the recovery Region.
 */
export class ProtectedBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: ProtectedBucketProps) {
    super(scope, id);
    const { recovery, resource } = props;
    const { account, region } = Stack.of(this);
    const lifecycle = props.category.sourceLifecycle(props.lifecycle);
    refuse(this.node.path, lifecycleProblems(lifecycle, 'lifecycle'));
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: sourceBucketName(recovery.prefix, resource, account, region),
      encryptionKey: props.encryptionKey,
      lifecycleRules: lifecycleRules(lifecycle),
      lock: lifecycleLock(lifecycle, props.lockMode),
    });
    this.bucket.with(new Replicated({ recovery, resource, sourceKeyArn: props.encryptionKey.keyArn }));
  }
}

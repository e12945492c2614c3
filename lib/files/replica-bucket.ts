import { aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { replicaBucketName } from '../../engine/contract/bucket-names';
import { resourceProblems, roleNames } from '../platform/names';
import { refuse } from '../problem';
import type { FileCategory } from './file-category';
import {
  type FileLifecycle,
  lifecycleLock,
  lifecycleProblems,
  lifecycleRules,
  replicaLifecycleProblems,
} from './file-lifecycle';
import type { LockMode } from './lock-mode';
import { SecureBucket } from './secure-bucket';

/** Properties of a {@link ReplicaBucket}. */
export interface ReplicaBucketProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the protected resource. */
  readonly resource: string;
  /** What kind of files the source holds. */
  readonly category: FileCategory;
  /** Key that encrypts the replica. */
  readonly encryptionKey: kms.IKey;
  /** How firm Object Lock is. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** Lifecycle of the source, which the replica outlives; all of it. @default - the category's */
  readonly sourceLifecycle?: FileLifecycle;
  /** Fields of the replica's lifecycle that differ from {@link FileCategory.replicaLifecycle}. @default - none */
  readonly replicaLifecycle?: FileLifecycle;
  /** Account of the source, which may write here. @default - the account of this stack */
  readonly sourceAccount?: string;
}

/**
 * The copy of a protected bucket in the recovery Region: versioned, locked, encrypted with the replica key, closed to
 * the public and to anything below TLS 1.3, and kept longer than its source.
 */
export class ReplicaBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: ReplicaBucketProps) {
    super(scope, id);
    const { prefix, resource, category } = props;
    const source = props.sourceLifecycle ?? category.sourceLifecycle();
    const lifecycle = category.replicaLifecycle(source, props.replicaLifecycle);
    refuse(this.node.path, [
      ...resourceProblems(resource),
      ...lifecycleProblems(lifecycle, 'replicaLifecycle'),
      ...replicaLifecycleProblems(source, lifecycle, 'replicaLifecycle'),
    ]);

    const { account, region } = Stack.of(this);
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: replicaBucketName(prefix, resource, account, region),
      encryptionKey: props.encryptionKey,
      lifecycleRules: lifecycleRules(lifecycle),
      lock: lifecycleLock(lifecycle, props.lockMode),
    });
    if (props.sourceAccount !== undefined && props.sourceAccount !== account) {
      admitReplication(this.bucket, props.sourceAccount, prefix, resource);
      admitVerification(this.bucket, props.sourceAccount, prefix);
    }
  }
}

/** Lets the role in under which the bucket of another account replicates. */
export function admitReplication(bucket: s3.Bucket, sourceAccount: string, prefix: string, resource: string): void {
  admitRole(
    bucket,
    sourceAccount,
    roleNames.replication(prefix, resource),
    ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
    bucket.arnForObjects('*'),
  );
}

/** Lets the role in that verifies files from another account. */
function admitVerification(bucket: s3.Bucket, sourceAccount: string, prefix: string): void {
  const verifier = roleNames.verifyFiles(prefix);
  admitRole(bucket, sourceAccount, verifier, ['s3:ListBucket', 's3:ListBucketVersions'], bucket.bucketArn);
  admitRole(bucket, sourceAccount, verifier, ['s3:GetObjectVersion'], bucket.arnForObjects('*'));
}

/**
 * Lets a role of another account in. It is named in a condition, not as a principal: S3 refuses a policy with a principal
 * that does not exist yet, and the recovery Region deploys first.
 */
export function admitRole(
  bucket: s3.Bucket,
  sourceAccount: string,
  roleName: string,
  actions: string[],
  resourceArn: string,
): void {
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.AccountPrincipal(sourceAccount)],
      actions,
      resources: [resourceArn],
      conditions: {
        ArnEquals: { 'aws:PrincipalArn': `arn:${Stack.of(bucket).partition}:iam::${sourceAccount}:role/${roleName}` },
      },
    }),
  );
}

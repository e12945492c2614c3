import { type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { replicaBucketName } from '../../engine/contract/bucket-names';
import type { Retention } from '../../engine/contract/retention';
import type { LockMode } from '../files/lock-mode';
import { admitReplication } from '../files/replica-bucket';
import { SecureBucket } from '../files/secure-bucket';
import { resourceProblems } from '../platform/names';
import { refuse } from '../problem';
import { dumpsReplicaLifecycleRules } from './dumps-lifecycle';

/** Properties of a {@link DumpsReplicaBucket}. */
export interface DumpsReplicaBucketProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the protected database. */
  readonly resource: string;
  readonly retention: Retention;
  /** Key that encrypts the replica. */
  readonly encryptionKey: kms.IKey;
  /** How firm the lock is on what brings none of its own. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
  /** Account of the source, which may write here. @default - the account of this stack */
  readonly sourceAccount?: string;
}

/**
 * The dumps of one database in the recovery Region. S3 copies the Object Lock date with each dump; what brings none is
 * locked as long as a daily backup is kept. Everything is kept longer than in the source.
 */
export class DumpsReplicaBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: DumpsReplicaBucketProps) {
    super(scope, id);
    const { prefix, resource, retention } = props;
    refuse(this.node.path, resourceProblems(resource));
    const { account, region } = Stack.of(this);
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: replicaBucketName(prefix, resource, account, region),
      encryptionKey: props.encryptionKey,
      lifecycleRules: dumpsReplicaLifecycleRules(retention),
      lock: { days: retention.keepDays('daily'), mode: props.lockMode },
    });
    if (props.sourceAccount !== undefined && props.sourceAccount !== account) {
      admitReplication(this.bucket, props.sourceAccount, prefix, resource);
    }
  }
}

import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { resourceProblems, roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';

/** Properties of a {@link ReplicationRole}. */
export interface ReplicationRoleProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected resource. */
  readonly resource: string;
  /** ARN of the bucket to copy from. */
  readonly sourceBucketArn: string;
  /** Key that encrypts the source. @default - the source is not encrypted with a customer key */
  readonly sourceKeyArn?: string;
}

/**
 * The role S3 assumes to replicate one bucket, with exactly what replication needs: both Object Lock reads on the source,
 * and both keys, of which the replica's needs `kms:Decrypt` too because Bucket Keys are on. With a Bucket Key the
 * encryption context is the bucket's ARN, without one the object's.
 *
 * Its trust policy is the one of the first page below, which has no condition on `aws:SourceArn` or `aws:SourceAccount`: on
 * keys that S3 did not send, a condition would stop all replication. Whoever configures a bucket to replicate under the
 * role needs `iam:PassRole` for it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export class ReplicationRole extends Construct {
  public readonly role: iam.Role;
  /** What the role may do; a resource of its own, so that it can name a bucket that refers to the role. */
  public readonly policy: iam.Policy;

  constructor(scope: Construct, id: string, props: ReplicationRoleProps) {
    super(scope, id);
    const { recovery, resource } = props;
    refuse(this.node.path, resourceProblems(resource));
    const { partition, region, account } = Stack.of(this);
    const sourceArn = props.sourceBucketArn;
    const replicaArn = `arn:${partition}:s3:::${recovery.replicaBucketName(this, resource)}`;

    this.role = new iam.Role(this, 'Role', {
      roleName: roleNames.replication(recovery.prefix, resource),
      description: `Lets S3 replicate ${resource} to ${recovery.region}`,
      assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
    });
    this.policy = new iam.Policy(this, 'Policy', { roles: [this.role] });
    this.allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], sourceArn);
    this.allow(
      [
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionTagging',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
      ],
      `${sourceArn}/*`,
    );
    this.allow(
      [
        's3:ReplicateObject',
        's3:ReplicateDelete',
        's3:ReplicateTags',
        ...(recovery.isOtherAccountThan(account) ? ['s3:ObjectOwnerOverrideToBucketOwner'] : []),
      ],
      `${replicaArn}/*`,
    );
    if (props.sourceKeyArn !== undefined) {
      this.allow(['kms:Decrypt'], props.sourceKeyArn, forBucket(sourceArn, region));
    }
    const replicaKey = recovery.replicaKeyInPolicies(this);
    this.allow(['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'], replicaKey.resource, {
      ...forBucket(replicaArn, recovery.region),
      ...replicaKey.condition,
    });
  }

  private allow(actions: string[], resource: string, conditions: Record<string, unknown> = {}): void {
    this.policy.addStatements(new iam.PolicyStatement({ actions, resources: [resource], conditions }));
  }
}

/**
 * Only for this bucket, and only through S3 in its Region. Objects that were written without a Bucket Key have their own
 * ARN as context.
 */
function forBucket(bucketArn: string, region: string) {
  return {
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
  };
}

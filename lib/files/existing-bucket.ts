import { CustomResource, Duration, aws_iam as iam, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { BucketReplicationProperties } from '../../engine/contract/bucket-replication';
import { HoldfastFunction } from '../functions/holdfast-function';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { type Problem, refuse } from '../problem';
import { replicationTarget } from './replicated';
import { ReplicationRole } from './replication-role';

/** Properties of {@link ExistingBucketProtection}. */
export interface ExistingBucketProtectionProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected resource: its replica in the recovery Region bears it. */
  readonly resource: string;
  /** Name of a versioned bucket in the account and Region of the stack. */
  readonly bucketName: string;
  /**
   * ARN of the customer key that encrypts the bucket. S3 encrypts a copy the way its source is encrypted: objects without
   * a KMS key get copies without the replica key, so the verification does not check keys where there is none.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
   * @default - the bucket is not encrypted with a customer key
   */
  readonly keyArn?: string;
}

/**
 * Replicates a bucket that is already there, and that CloudFormation does not own, to the recovery Region; a bucket of
 * the same app takes the mixin `Replicated` instead. A custom resource writes the replication configuration and takes it
 * away again when it goes; lifecycle, encryption and policy of the bucket stay as they are. The deployment fails when the
 * bucket is missing or not versioned, and when it already replicates by rules of somebody else.
 *
 * S3 does not replicate objects that are older than the configuration: the verification reports them as
 * `beforeReplication` until one S3 Batch Replication job (`aws s3control create-job` with the operation
 * `S3ReplicateObject`) has copied them. CloudFormation has no type for such a job.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html
 */
export class ExistingBucketProtection extends Construct {
  constructor(scope: Construct, id: string, props: ExistingBucketProtectionProps) {
    super(scope, id);
    this.validate(props);
    const { recovery, resource, bucketName } = props;
    const sourceBucketArn = `arn:${Stack.of(this).partition}:s3:::${bucketName}`;
    const { role, policy } = new ReplicationRole(this, 'Role', {
      recovery,
      resource,
      sourceBucketArn,
      sourceKeyArn: props.keyArn,
    });
    const properties: BucketReplicationProperties = {
      ...replicationTarget(this, recovery, resource),
      bucketName,
      roleArn: role.roleArn,
    };
    // Both ids bear the bucket's name. So another bucket means other resources, and CloudFormation ends the replication of
    // the former one before it takes away the function's access to it.
    const protector = BucketProtector.of(this, recovery.prefix);
    const access = protector.access(this, `Access-${bucketName}`, sourceBucketArn);
    const replication = new CustomResource(this, `Replication-${bucketName}`, {
      resourceType: 'Custom::HoldfastBucketReplication',
      serviceToken: protector.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { ...properties },
    });
    replication.node.addDependency(policy, access);
  }

  private validate({ recovery, bucketName, keyArn }: ExistingBucketProtectionProps): void {
    const { region } = Stack.of(this);
    const problems: Problem[] = [];
    if (Token.isUnresolved(bucketName)) {
      problems.push({
        path: 'bucketName',
        message:
          'must be known when the app is synthesized, got a token. HINT: write the name; a bucket of the same app takes the mixin `Replicated`',
      });
    }
    const keyRegion = keyArn === undefined || Token.isUnresolved(keyArn) ? undefined : keyArn.split(':')[3];
    if (keyRegion !== undefined && !Token.isUnresolved(region) && keyRegion !== region) {
      problems.push({
        path: 'keyArn',
        message: `must be a key in the Region of the bucket (${region}), got: ${keyArn}`,
      });
    }
    if (region === recovery.region) {
      problems.push({
        path: 'recovery.region',
        message: `must differ from the Region of the bucket, got: ${recovery.region}`,
      });
    }
    refuse(this.node.path, problems);
  }
}

/** The function may wait a minute for IAM to know its new policy, and 20 seconds for its answer to get through. */
const FUNCTION_TIMEOUT = Duration.minutes(2);

/** Lambda repeats a run that broke off, so CloudFormation waits for two of them. Its default is an hour. */
const SERVICE_TIMEOUT = Duration.minutes(5);

/** The function behind the custom resources: one a deployment, however many buckets. */
class BucketProtector extends HoldfastFunction {
  /** The function of the deployment with this prefix in the stack of a construct. */
  public static of(scope: Construct, prefix: string): BucketProtector {
    const stack = Stack.of(scope);
    const present = stack.node.tryFindChild(`${prefix}-protect-bucket`);
    return present instanceof BucketProtector ? present : new BucketProtector(stack, prefix);
  }

  private constructor(stack: Stack, prefix: string) {
    super(stack, `${prefix}-protect-bucket`, {
      bundle: 'protect-bucket',
      functionName: `${prefix}-protect-bucket`,
      description: 'Writes the replication configuration of buckets that were there before',
      timeout: FUNCTION_TIMEOUT,
      memorySizeMiB: 256,
    });
    this.allow(
      ['iam:PassRole'],
      [`arn:${stack.partition}:iam::${stack.account}:role/${roleNames.replication(prefix, '*')}`],
      { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
    );
  }

  /**
   * Allows the function to configure the replication of one bucket. A policy of its own, so that it can outlive the custom
   * resource that needs it. Deleting the configuration takes `s3:PutReplicationConfiguration` too.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html
   */
  public access(scope: Construct, id: string, bucketArn: string): iam.Policy {
    return new iam.Policy(scope, id, {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetBucketVersioning', 's3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
          resources: [bucketArn],
        }),
      ],
    });
  }
}

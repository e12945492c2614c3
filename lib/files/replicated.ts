import { type aws_iam as iam, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct, IConstruct, IMixin } from 'constructs';
import {
  REPLICATION_TIME_MINUTES,
  type ReplicationTarget,
  replicationRuleId,
} from '../../engine/contract/bucket-replication';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';
import { type FileLifecycle, lifecycleProblems, lifecycleRules } from './file-lifecycle';
import { ReplicationRole } from './replication-role';

/** Properties of {@link Replicated}. */
export interface ReplicatedProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected resource: its replica in the recovery Region bears it. */
  readonly resource: string;
  /** Lifecycle of the bucket. @default - the bucket's own rules stay */
  readonly lifecycle?: FileLifecycle;
  /** ARN of the bucket's key. @default - the key of the bucket's default encryption, where it is a customer key */
  readonly sourceKeyArn?: string;
}

/**
 * Replicates a bucket of the same app to the recovery Region: `bucket.with(new Replicated({ ... }))`.
 *
 * Adds the replication rule (delete markers, replica key, metrics, replication time control), the role it runs under, and
 * the lifecycle. Refuses a bucket that is not versioned, one that already replicates, and one in the recovery Region.
 */
export class Replicated implements IMixin {
  constructor(private readonly props: ReplicatedProps) {}

  /** The bucket's CloudFormation resource; `with` finds it inside any bucket construct. */
  public supports(construct: IConstruct): construct is s3.CfnBucket {
    return s3.CfnBucket.isCfnBucket(construct);
  }

  public applyTo(bucket: s3.CfnBucket): void {
    const { recovery, resource, lifecycle } = this.props;
    this.validate(bucket);

    const sourceIsNamed = Stack.of(bucket).resolve(bucket.bucketName) !== undefined;
    const sourceKeyArn = this.props.sourceKeyArn ?? customerKeyOf(bucket);
    const { role, policy } = new ReplicationRole(bucket.node.scope ?? bucket, `Replication-${resource}`, {
      recovery,
      resource,
      sourceBucketArn: sourceIsNamed ? `arn:${Stack.of(bucket).partition}:s3:::${bucket.bucketName}` : bucket.attrArn,
      sourceKeyArn,
    });
    bucket.replicationConfiguration = {
      role: role.roleArn,
      rules: [replicationRule(replicationTarget(bucket, recovery, resource))],
    };
    if (sourceIsNamed) {
      bucket.addResourceDependency(policy.node.defaultChild as iam.CfnPolicy);
    }
    if (lifecycle) {
      bucket.lifecycleConfiguration = { rules: lifecycleRules(lifecycle) };
    }
  }

  private validate(bucket: s3.CfnBucket): void {
    const { recovery, lifecycle } = this.props;
    const problems = lifecycle ? lifecycleProblems(lifecycle, 'lifecycle') : [];
    const versioning = bucket.versioningConfiguration as s3.CfnBucket.VersioningConfigurationProperty | undefined;
    if (versioning?.status !== 'Enabled') {
      problems.push({
        path: 'versioningConfiguration',
        message: `must be enabled on a bucket that is replicated, got: ${versioning?.status ?? 'none'}. HINT: set \`versioned: true\``,
      });
    }
    if (bucket.replicationConfiguration !== undefined) {
      problems.push({
        path: 'replicationConfiguration',
        message: 'the bucket already has one. HINT: protect it once, and remove the replication it has',
      });
    }
    if (Stack.of(bucket).region === recovery.region) {
      problems.push({
        path: 'recovery.region',
        message: `must differ from the Region of the bucket, got: ${recovery.region}`,
      });
    }
    refuse(bucket.node.path, problems);
  }
}

/** Where the bucket of a protected resource replicates to, as seen from a construct of the primary Region. */
export function replicationTarget(scope: Construct, recovery: RecoveryRegion, resource: string): ReplicationTarget {
  const { partition, account } = Stack.of(scope);
  return {
    ruleId: replicationRuleId(resource),
    replicaBucketArn: `arn:${partition}:s3:::${recovery.replicaBucketName(scope, resource)}`,
    replicaKeyArn: recovery.replicaKeyOrAliasArn(scope),
    ...(recovery.isOtherAccountThan(account) && { replicaAccount: recovery.accountOf(scope) }),
  };
}

/** The rule as CloudFormation takes it; `engine/files/bucket-replication.ts` has the same for the S3 API. */
function replicationRule(target: ReplicationTarget): s3.CfnBucket.ReplicationRuleProperty {
  return {
    id: target.ruleId,
    status: 'Enabled',
    priority: 1,
    filter: { prefix: '' },
    deleteMarkerReplication: { status: 'Enabled' },
    sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
    destination: {
      bucket: target.replicaBucketArn,
      encryptionConfiguration: { replicaKmsKeyId: target.replicaKeyArn },
      metrics: { status: 'Enabled', eventThreshold: { minutes: REPLICATION_TIME_MINUTES } },
      replicationTime: { status: 'Enabled', time: { minutes: REPLICATION_TIME_MINUTES } },
      ...(target.replicaAccount !== undefined && {
        account: target.replicaAccount,
        accessControlTranslation: { owner: 'Destination' },
      }),
    },
  };
}

/** The key of the bucket's default encryption, where the template names it by ARN. */
function customerKeyOf(bucket: s3.CfnBucket): string | undefined {
  const encryption = bucket.bucketEncryption as s3.CfnBucket.BucketEncryptionProperty | undefined;
  const rules = encryption?.serverSideEncryptionConfiguration as
    | s3.CfnBucket.ServerSideEncryptionRuleProperty[]
    | undefined;
  const byDefault = rules?.[0]?.serverSideEncryptionByDefault as
    | s3.CfnBucket.ServerSideEncryptionByDefaultProperty
    | undefined;
  return byDefault?.kmsMasterKeyId;
}

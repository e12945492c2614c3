import { type aws_kms as kms, RemovalPolicy, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PROOFS_RESOURCE, sourceBucketName } from '../platform/names';
import { requireTls13 } from './bucket-policy';
import { lifecycleRules } from './file-lifecycle';

/** Days for which reports of verifications are kept. */
const REPORTS_KEPT_DAYS = 400;

/** Days for which earlier states of a verification are kept. */
const EARLIER_STATES_KEPT_DAYS = 7;

/** Properties of a {@link ProofsBucket}. */
export interface ProofsBucketProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly encryptionKey: kms.IKey;
}

/** Where verifications keep their state and their reports; see `engine/contract/layout.ts` for what lies where. */
export class ProofsBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, { prefix, encryptionKey }: ProofsBucketProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: sourceBucketName(prefix, PROOFS_RESOURCE, account, region),
      versioned: true,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const cfnBucket = this.bucket.node.defaultChild as s3.CfnBucket;
    cfnBucket.lifecycleConfiguration = {
      rules: lifecycleRules({
        currentVersions: { expireAfterDays: REPORTS_KEPT_DAYS },
        noncurrentVersions: { expireAfterDays: EARLIER_STATES_KEPT_DAYS },
      }),
    };
    requireTls13(this.bucket);
  }
}

import { type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PROOFS_RESOURCE, sourceBucketName } from '../../engine/contract/bucket-names';
import { lifecycleRules } from './file-lifecycle';
import { SecureBucket } from './secure-bucket';

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
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: sourceBucketName(prefix, PROOFS_RESOURCE, account, region),
      encryptionKey,
      lifecycleRules: lifecycleRules({
        currentVersions: { expireAfterDays: REPORTS_KEPT_DAYS },
        noncurrentVersions: { expireAfterDays: EARLIER_STATES_KEPT_DAYS },
      }),
    });
  }
}

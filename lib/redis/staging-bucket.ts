import { aws_iam as iam, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stagingBucketName } from '../../engine/contract/bucket-names';
import { lifecycleRules } from '../files/file-lifecycle';
import { SecureBucket } from '../files/secure-bucket';

/**
 * Days after which an export is removed that no run took away. The states beside them are written each minute and each day; one that is
 * older than this tells nothing any more.
 */
const EXPORTS_KEPT_DAYS = 14;

/** Days for which a deleted export and an earlier state can be taken back. */
const EARLIER_VERSIONS_KEPT_DAYS = 1;

/** Properties of a {@link StagingBucket}. */
export interface StagingBucketProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the protected cache. */
  readonly resource: string;
}

/**
 * Where ElastiCache exports the snapshots of one cache, until they are in the protected bucket. Encrypted with S3's own key:
 * ElastiCache exports into no bucket with a customer key. Also holds what the functions remember.
 */
export class StagingBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, { prefix, resource }: StagingBucketProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: stagingBucketName(prefix, resource, account, region),
      lifecycleRules: lifecycleRules({
        currentVersions: { expireAfterDays: EXPORTS_KEPT_DAYS },
        noncurrentVersions: { expireAfterDays: EARLIER_VERSIONS_KEPT_DAYS },
        abortIncompleteUploadsAfterDays: 1,
      }),
    });
    this.admitExports(region);
  }

  /**
   * Lets ElastiCache in with what it asks for, in the Region of the bucket. It checks that whoever exports may write here too; AWS
   * documents no condition on the source account or ARN for it, and one on a key that is not sent would stop every export.
   * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
   */
  private admitExports(region: string): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AdmitExports',
        principals: [new iam.ServicePrincipal(`${region}.elasticache-snapshot.amazonaws.com`)],
        actions: [
          's3:GetBucketAcl',
          's3:GetObject',
          's3:ListBucket',
          's3:ListBucketMultipartUploads',
          's3:ListMultipartUploadParts',
          's3:PutObject',
        ],
        resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
      }),
    );
  }
}

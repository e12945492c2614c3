import { aws_iam as iam, type aws_kms as kms, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { sourceBucketName } from '../../engine/contract/bucket-names';
import type { Retention } from '../../engine/contract/retention';
import { Replicated } from '../files/replicated';
import { SecureBucket } from '../files/secure-bucket';
import type { RecoveryRegion } from '../platform/recovery-region';
import { dumpsLifecycleRules } from './dumps-lifecycle';

/** Properties of a {@link DumpsBucket}. */
export interface DumpsBucketProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected database. */
  readonly resource: string;
  readonly retention: Retention;
  /** Key that encrypts the dumps. */
  readonly encryptionKey: kms.IKey;
}

/**
 * The dumps of one database: versioned, encrypted, replicated to the recovery Region, and written once. What is written there
 * carries its own Object Lock date, so the bucket has no default one: what the tasks of a run tell each other goes after a week.
 */
export class DumpsBucket extends Construct {
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, { recovery, resource, retention, encryptionKey }: DumpsBucketProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: sourceBucketName(recovery.prefix, resource, account, region),
      encryptionKey,
      lifecycleRules: dumpsLifecycleRules(retention),
      lock: {},
    });
    this.refuseOverwrites();
    this.bucket.with(new Replicated({ recovery, resource, sourceKeyArn: encryptionKey.keyArn }));
  }

  /**
   * Refuses to write a key that is there already: `PutObject` and `CompleteMultipartUpload` must carry `If-None-Match`. The
   * requests in between, which take no such header, are told by `s3:ObjectCreationOperation`. Copies into the bucket are
   * refused with it; replication is another action.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
   */
  private refuseOverwrites(): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'RefuseOverwrites',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      }),
    );
  }
}

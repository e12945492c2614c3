import { aws_cloudtrail as cloudtrail, aws_iam as iam, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { sourceBucketName, TRAIL_RESOURCE } from '../../engine/contract/bucket-names';
import { trailName, WATCHED_CALLS } from '../../engine/contract/deletion-attempts';
import { EncryptionKey } from '../encryption-key';
import { lifecycleRules } from '../files/file-lifecycle';
import { LockMode } from '../files/lock-mode';
import { SecureBucket } from '../files/secure-bucket';

/** Days for which records are kept, and locked. */
const RECORDS_KEPT_DAYS = 400;

/** Days until a record goes for good after its time is over. */
const EXPIRED_KEPT_DAYS = 7;

const CLOUDTRAIL = new iam.ServicePrincipal('cloudtrail.amazonaws.com');

/** Properties of a {@link DeletionTrail}. */
export interface DeletionTrailProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Whether it records each call to a service that changes something, beside the calls about objects. */
  readonly managementEvents: boolean;
}

/**
 * A trail of CloudTrail in one Region: EventBridge hears of calls only where a trail records them. Its records are encrypted, locked
 * and sealed by digests of CloudTrail's own, so that they can be evidence.
 */
export class DeletionTrail extends Construct {
  public readonly arn: string;
  public readonly bucket: SecureBucket;
  public readonly encryptionKey: EncryptionKey;
  private readonly objectArns: string[] = [];

  constructor(scope: Construct, id: string, { prefix, managementEvents }: DeletionTrailProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    this.arn = `arn:${partition}:cloudtrail:${region}:${account}:trail/${trailName(prefix)}`;
    this.encryptionKey = this.key(prefix);
    // Without a key of the bucket's own: CloudTrail encrypts each record with the key of the trail, and a Bucket Key would hide whose it is.
    this.bucket = new SecureBucket(this, 'Bucket', {
      bucketName: sourceBucketName(prefix, TRAIL_RESOURCE, account, region),
      lifecycleRules: lifecycleRules({
        currentVersions: { expireAfterDays: RECORDS_KEPT_DAYS },
        noncurrentVersions: { expireAfterDays: EXPIRED_KEPT_DAYS },
      }),
      lock: { days: RECORDS_KEPT_DAYS, mode: LockMode.GOVERNANCE },
    });
    this.admitRecords();
    const trail = new cloudtrail.CfnTrail(this, 'Trail', {
      trailName: trailName(prefix),
      s3BucketName: this.bucket.bucketName,
      kmsKeyId: this.encryptionKey.keyArn,
      enableLogFileValidation: true,
      isLogging: true,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: false,
      advancedEventSelectors: [...(managementEvents ? [CHANGES] : []), this.deletions()],
    });
    if (this.bucket.policy) {
      trail.node.addDependency(this.bucket.policy);
    }
  }

  /** Records the calls that delete objects of a bucket, or change their locks. */
  public record(bucketName: string): void {
    this.objectArns.push(`arn:${Stack.of(this).partition}:s3:::${bucketName}/`);
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html */
  private deletions(): cloudtrail.CfnTrail.AdvancedEventSelectorProperty {
    return {
      name: 'Calls that delete objects or change their locks',
      fieldSelectors: [
        { field: 'eventCategory', equalTo: ['Data'] },
        { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
        { field: 'eventName', equalTo: [...WATCHED_CALLS.object.names, ...WATCHED_CALLS.objects.names] },
        { field: 'resources.ARN', startsWith: Lazy.list({ produce: () => this.objectArns }) },
      ],
    };
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
  private key(prefix: string): EncryptionKey {
    const key = new EncryptionKey(this, 'Key', {
      alias: trailAlias(prefix),
      description: `Encrypts the records of deletions of ${prefix}`,
    });
    const ofTrail = { 'aws:SourceArn': this.arn };
    const allow = (sid: string, action: string, equal: Record<string, string>): void => {
      key.addToResourcePolicy(
        new iam.PolicyStatement({
          sid,
          principals: [CLOUDTRAIL],
          actions: [action],
          resources: ['*'],
          conditions: { StringEquals: equal },
        }),
      );
    };
    allow('EncryptRecords', 'kms:GenerateDataKey*', {
      ...ofTrail,
      'kms:EncryptionContext:aws:cloudtrail:arn': this.arn,
    });
    allow('SeeKey', 'kms:DescribeKey', ofTrail);
    return key;
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  private admitRecords(): void {
    const { account } = Stack.of(this);
    const ofTrail = { 'aws:SourceArn': this.arn };
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'SeeOwner',
        principals: [CLOUDTRAIL],
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: ofTrail },
      }),
    );
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'WriteRecords',
        principals: [CLOUDTRAIL],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
  }
}

/** Alias of the key of a trail, without `alias/` before it. */
export const trailAlias = (prefix: string): string => `${prefix}-${TRAIL_RESOURCE}`;

const CHANGES: cloudtrail.CfnTrail.AdvancedEventSelectorProperty = {
  name: 'Calls that change something',
  fieldSelectors: [
    { field: 'eventCategory', equalTo: ['Management'] },
    { field: 'readOnly', equalTo: ['false'] },
  ],
};

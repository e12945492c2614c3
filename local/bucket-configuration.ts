/**
 * What templates say about buckets, in the words of the S3 API. Both describe the same things under different names.
 * Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import type {
  LifecycleRule,
  ObjectLockConfiguration,
  ServerSideEncryptionConfiguration,
  TransitionStorageClass,
} from '@aws-sdk/client-s3';
import { z } from 'zod';

const storageClass = z.string().transform((name) => name as TransitionStorageClass);
const count = z.coerce.number().int();

const lifecycleRule = z.strictObject({
  Id: z.string(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().default(''),
  ExpirationInDays: count.optional(),
  ExpiredObjectDeleteMarker: z.boolean().optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: count }).optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: count }).optional(),
  Transitions: z.array(z.strictObject({ StorageClass: storageClass, TransitionInDays: count })).optional(),
  NoncurrentVersionTransitions: z
    .array(z.strictObject({ StorageClass: storageClass, TransitionInDays: count }))
    .optional(),
});

const lifecycle = z.strictObject({
  Rules: z.array(lifecycleRule),
  TransitionDefaultMinimumObjectSize: z.string().optional(),
});

const encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z.array(
    z.strictObject({
      ServerSideEncryptionByDefault: z.strictObject({
        SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
        KMSMasterKeyID: z.string().optional(),
      }),
      BucketKeyEnabled: z.boolean().optional(),
    }),
  ),
});

const objectLock = z.strictObject({
  ObjectLockEnabled: z.literal('Enabled'),
  Rule: z
    .strictObject({
      DefaultRetention: z.strictObject({
        Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
        Days: count.optional(),
        Years: count.optional(),
      }),
    })
    .optional(),
});

const replication = z.object({
  Rules: z.array(
    z.object({
      Id: z.string(),
      Status: z.enum(['Enabled', 'Disabled']),
      Filter: z.strictObject({ Prefix: z.string() }),
      DeleteMarkerReplication: z.strictObject({ Status: z.enum(['Enabled', 'Disabled']) }),
      Destination: z.object({
        Bucket: z.string().transform((arn) => arn.replace(/^arn:[^:]+:s3:::/, '')),
        EncryptionConfiguration: z.strictObject({ ReplicaKmsKeyID: z.string() }),
      }),
    }),
  ),
});

/** One replication rule of a bucket. */
export type ReplicationRule = z.output<typeof replication>['Rules'][number];

/** Lifecycle rules of a template for `PutBucketLifecycleConfiguration`. @throws on properties it does not know */
export const lifecycleRules = (property: unknown): LifecycleRule[] =>
  lifecycle.parse(property).Rules.map(toLifecycleRule);

/** Default encryption of a template for `PutBucketEncryption`. @throws on properties it does not know */
export function encryptionConfiguration(property: unknown): ServerSideEncryptionConfiguration {
  return {
    Rules: encryption.parse(property).ServerSideEncryptionConfiguration.map((rule) => ({
      ApplyServerSideEncryptionByDefault: defined(rule.ServerSideEncryptionByDefault),
      BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
    })),
  };
}

/** Object Lock of a template for `PutObjectLockConfiguration`. @throws on properties it does not know */
export function objectLockConfiguration(property: unknown): ObjectLockConfiguration {
  const { ObjectLockEnabled, Rule } = objectLock.parse(property);
  return { ObjectLockEnabled, ...(Rule && { Rule: { DefaultRetention: defined(Rule.DefaultRetention) } }) };
}

/** The enabled replication rules of a template. @throws on a filter that is more than a prefix */
export function replicationRules(property: unknown): ReplicationRule[] {
  return replication.parse(property).Rules.filter(({ Status }) => Status === 'Enabled');
}

function toLifecycleRule(rule: z.output<typeof lifecycleRule>): LifecycleRule {
  const expiration = defined({
    Days: rule.ExpirationInDays,
    ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
  });
  return defined({
    ID: rule.Id,
    Status: rule.Status,
    Filter: { Prefix: rule.Prefix },
    Expiration: Object.keys(expiration).length > 0 ? expiration : undefined,
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    Transitions: rule.Transitions?.map(({ StorageClass, TransitionInDays }) => ({
      StorageClass,
      Days: TransitionInDays,
    })),
    NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map(({ StorageClass, TransitionInDays }) => ({
      StorageClass,
      NoncurrentDays: TransitionInDays,
    })),
  });
}

/** An object without undefined fields. */
type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The object without its undefined fields, which the types of the SDK do not take. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

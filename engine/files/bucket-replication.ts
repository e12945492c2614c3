import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  type ReplicationRule,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import {
  type BucketReplicationProperties,
  REPLICATION_TIME_MINUTES,
  type ReplicationTarget,
} from '../contract/bucket-replication';
import { errorName } from '../objects/store-error';

/**
 * Lets a bucket replicate that is already there. Changes nothing else of it.
 *
 * @param signal ends all requests and waits
 * @param waitsMs milliseconds between attempts that are denied, because what IAM was told a moment ago takes a while to
 * take effect. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * @throws Error when the bucket is not there or not versioned, when it replicates already by rules that are not
 * Holdfast's, or when S3 refuses
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
 */
export async function startReplication(
  s3: S3Client,
  properties: BucketReplicationProperties,
  signal: AbortSignal,
  waitsMs: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000],
): Promise<void> {
  await explained(properties.bucketName, () => whenAllowed(() => putRule(s3, properties, signal), signal, waitsMs));
}

/**
 * Ends what {@link startReplication} began. Leaves a replication alone that is not Holdfast's, and does not mind a bucket
 * that is gone.
 *
 * @param signal ends all requests
 * @throws Error when S3 refuses
 */
export async function stopReplication(
  s3: S3Client,
  properties: BucketReplicationProperties,
  signal: AbortSignal,
): Promise<void> {
  await explained(properties.bucketName, () => deleteRule(s3, properties, signal));
}

/** The rule that the mixin `Replicated` writes into a template, as the S3 API takes it. */
export function replicationRule(target: ReplicationTarget): ReplicationRule {
  return {
    ID: target.ruleId,
    Status: 'Enabled',
    Priority: 1,
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    Destination: {
      Bucket: target.replicaBucketArn,
      EncryptionConfiguration: { ReplicaKmsKeyID: target.replicaKeyArn },
      Metrics: { Status: 'Enabled', EventThreshold: { Minutes: REPLICATION_TIME_MINUTES } },
      ReplicationTime: { Status: 'Enabled', Time: { Minutes: REPLICATION_TIME_MINUTES } },
      ...(target.replicaAccount !== undefined && {
        Account: target.replicaAccount,
        AccessControlTranslation: { Owner: 'Destination' },
      }),
    },
  };
}

async function putRule(s3: S3Client, properties: BucketReplicationProperties, abortSignal: AbortSignal): Promise<void> {
  const { bucketName: Bucket, roleArn: Role } = properties;
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal });
  if (Status !== 'Enabled') {
    throw new Error(
      `The versioning of bucket ${Bucket} must be Enabled, got: ${Status ?? 'none'}. HINT: enable it (aws s3api put-bucket-versioning); S3 replicates versions only.`,
    );
  }
  const present = await currentReplication(s3, Bucket, abortSignal);
  if (present !== undefined && !isOwn(present, properties)) {
    const rules = present.Rules?.map(({ ID }) => ID ?? '(without id)').join(', ');
    throw new Error(
      `Bucket ${Bucket} replicates already, by rules that are not Holdfast's: ${rules} (role ${present.Role}). They would stop, since a bucket has one replication configuration with one role. HINT: remove that replication (aws s3api delete-bucket-replication) if nobody needs it; else this bucket cannot be protected.`,
    );
  }
  const ReplicationConfiguration = { Role, Rules: [replicationRule(properties)] };
  await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }), { abortSignal });
}

async function deleteRule(
  s3: S3Client,
  properties: BucketReplicationProperties,
  abortSignal: AbortSignal,
): Promise<void> {
  const { bucketName: Bucket } = properties;
  try {
    const present = await currentReplication(s3, Bucket, abortSignal);
    if (present !== undefined && isOwn(present, properties)) {
      await s3.send(new DeleteBucketReplicationCommand({ Bucket }), { abortSignal });
    }
  } catch (error) {
    if (errorName(error) !== 'NoSuchBucket') {
      throw error;
    }
  }
}

async function currentReplication(
  s3: S3Client,
  Bucket: string,
  abortSignal: AbortSignal,
): Promise<ReplicationConfiguration | undefined> {
  try {
    return (await s3.send(new GetBucketReplicationCommand({ Bucket }), { abortSignal })).ReplicationConfiguration;
  } catch (error) {
    if (errorName(error) === 'ReplicationConfigurationNotFoundError') {
      return undefined;
    }
    throw error;
  }
}

/** Another deployment may protect the same bucket under the same name; its role tells it apart. */
function isOwn(
  { Role, Rules = [] }: ReplicationConfiguration,
  { roleArn, ruleId }: BucketReplicationProperties,
): boolean {
  return Role === roleArn && Rules.every(({ ID }) => ID === ruleId);
}

async function whenAllowed(
  attempt: () => Promise<void>,
  signal: AbortSignal,
  waitsMs: readonly number[],
): Promise<void> {
  for (const waitMs of waitsMs) {
    try {
      return await attempt();
    } catch (error) {
      if (errorName(error) !== 'AccessDenied') {
        throw error;
      }
    }
    await sleep(waitMs, undefined, { signal });
  }
  return attempt();
}

/** Says what to do about what S3 refuses; other errors speak for themselves. */
async function explained(bucket: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof S3ServiceException)) {
      throw error;
    }
    const name = errorName(error);
    throw new Error(
      `The replication of bucket ${bucket} could not be changed: ${name}: ${error.message.slice(0, 200)}. HINT: ${HINTS[name] ?? 'look the error up in the S3 API reference, and deploy again.'}`,
      { cause: error },
    );
  }
}

const HINTS: Readonly<Record<string, string>> = {
  AccessDenied: 'correct the name if the bucket belongs to another account; else look for a Deny in its policy.',
  InvalidRequest: 'deploy the recovery stack first: the replica must be there, and versioned.',
  NoSuchBucket: 'correct the name of the bucket, or create it.',
  PermanentRedirect: 'protect the bucket from a deployment whose primary Region is its own.',
};

import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { errorName } from '../objects/store-error';

/** The KMS key that every object of a replica must be encrypted with. */
export interface ReplicaKey {
  /** ARN of the key itself, never of an alias. */
  readonly arn: string;
  /** As the event named it; equal to `arn` unless it was an alias. */
  readonly givenArn: string;
}

/**
 * Finds the key behind the ARN of an alias; the ARN of a key is taken as it is, without a request, because a key of
 * another account may not be described.
 *
 * @throws Error when the alias has no key, or its key cannot decrypt: the replica could not be read.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 */
export async function resolveReplicaKey(kms: KMSClient, givenArn: string): Promise<ReplicaKey> {
  if (!givenArn.includes(':alias/')) {
    return { arn: givenArn, givenArn };
  }
  const metadata = await describeKey(kms, givenArn);
  if (metadata?.Arn === undefined || metadata.KeyState !== 'Enabled') {
    throw new Error(
      `The key of the replica (${givenArn}) is in state ${metadata?.KeyState ?? 'unknown'}, must be Enabled. HINT: cancel its deletion (kms:CancelKeyDeletion) and enable it (kms:EnableKey): without it the replica cannot be read.`,
    );
  }
  return { arn: metadata.Arn, givenArn };
}

async function describeKey(kms: KMSClient, arn: string) {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: arn }))).KeyMetadata;
  } catch (error) {
    throw new Error(
      `Cannot find the key behind ${arn}: ${errorName(error)}. HINT: deploy the recovery stack first, and give the role of the function kms:DescribeKey on the key.`,
      { cause: error },
    );
  }
}

/**
 * Whether an object is encrypted with the key. S3 answers with the key's ARN; stores that imitate it may answer with
 * the bare id, or with the alias the object was written with.
 *
 * @param usedKey header `x-amz-server-side-encryption-aws-kms-key-id` of the object; absent without SSE-KMS.
 */
export function isReplicaKey(usedKey: string | undefined, key: ReplicaKey): boolean {
  return (
    usedKey !== undefined && (usedKey === key.arn || usedKey === key.givenArn || key.arn.endsWith(`:key/${usedKey}`))
  );
}

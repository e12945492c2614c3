import { DescribeKeyCommand, GetKeyRotationStatusCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { DatabaseFinding } from '../contract/verify-database';
import { critical, warning } from './finding';

/** A key of KMS, and how it stands. */
export interface DescribedKey {
  /** ARN of the key itself, never of an alias. */
  readonly arn: string;
  /** Such as `Enabled` or `PendingDeletion`. */
  readonly state: string;
  /** When KMS will delete it. */
  readonly deletionDate?: Date;
  /** Days between two rotations; undefined when it is not rotated by itself. */
  readonly rotationDays?: number;
}

/** Longest time between two rotations of a key, in days. */
const MOST_ROTATION_DAYS = 365;

/**
 * Describes a key by its ARN or that of an alias.
 *
 * @throws what KMS throws, above all when there is no such key.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
 */
export async function describeKey(kms: KMSClient, keyArn: string): Promise<DescribedKey> {
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  if (key?.Arn === undefined) {
    throw new Error(`KMS describes no key for ${keyArn}`);
  }
  const described = { arn: key.Arn, state: key.KeyState ?? 'unknown', deletionDate: key.DeletionDate };
  // KMS answers for no key that it cannot use, and rotates only keys whose material it made itself.
  if (described.state !== 'Enabled' || key.Origin !== 'AWS_KMS') {
    return described;
  }
  const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId: key.Arn }));
  return rotation.KeyRotationEnabled === true
    ? { ...described, rotationDays: rotation.RotationPeriodInDays ?? MOST_ROTATION_DAYS }
    : described;
}

/**
 * What is wrong with a key.
 *
 * @param what it is the key of: `the vault acme-vault`.
 */
export function keyFindings(what: string, key: DescribedKey): DatabaseFinding[] {
  if (key.state !== 'Enabled') {
    const until = key.deletionDate ? ` and will be deleted on ${key.deletionDate.toISOString()}` : '';
    return [
      critical(
        'keyUnusable',
        `the key of ${what} (${key.arn}) is in state ${key.state}${until}, must be Enabled, else nothing under it can be restored: cancel its deletion (kms:CancelKeyDeletion) and enable it (kms:EnableKey)`,
      ),
    ];
  }
  if (key.rotationDays === undefined || key.rotationDays > MOST_ROTATION_DAYS) {
    const every = key.rotationDays === undefined ? 'is not rotated' : `is rotated every ${key.rotationDays} days`;
    return [
      warning(
        'keyNotRotating',
        `the key of ${what} (${key.arn}) ${every}, must be at least every ${MOST_ROTATION_DAYS} days: enable its rotation (kms:EnableKeyRotation)`,
      ),
    ];
  }
  return [];
}

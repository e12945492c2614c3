import { DescribeKeyCommand, GetKeyRotationStatusCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Whether a key can be used. */
export interface KeyState {
  /** ARN of the key itself, never of an alias. */
  readonly arn: string;
  /** Such as `Enabled` or `PendingDeletion`. */
  readonly state: string;
  /** When KMS will delete it. */
  readonly deletionDate?: Date;
  /** Whether KMS can be asked how it rotates: it answers for no key that it cannot use, and rotates only what it made itself. */
  readonly canRotate: boolean;
}

/** How KMS rotates a key by itself. */
export interface KeyRotation {
  /** Days between two rotations. */
  readonly days: number;
  /** When the next one is due. */
  readonly nextAt?: Date;
}

/** A key of KMS, and how it stands. */
export interface DescribedKey extends KeyState {
  /** Undefined when it is not rotated by itself. */
  readonly rotation?: KeyRotation | undefined;
}

/** What is wrong with a key itself. */
export interface KeyProblem {
  readonly kind: 'keyUnusable' | 'keyNotRotating';
  readonly isCritical: boolean;
  /** One sentence in plain words with the value, the limit and what to do. */
  readonly detail: string;
}

/** Longest time between two rotations of a key, in days. */
const MOST_ROTATION_DAYS = 365;

/**
 * Describes a key by its ARN or that of an alias, with its rotation.
 *
 * @throws what KMS throws, above all when there is no such key.
 */
export async function describeKey(kms: KMSClient, keyArn: string): Promise<DescribedKey> {
  const key = await keyState(kms, keyArn);
  return { ...key, rotation: key.canRotate ? await keyRotation(kms, key.arn) : undefined };
}

/**
 * Finds a key by its ARN or that of an alias, and whether it can be used.
 *
 * @throws what KMS throws, above all when there is no such key.
 */
export async function keyState(kms: KMSClient, keyArn: string): Promise<KeyState> {
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  if (key?.Arn === undefined) {
    throw new Error(`KMS describes no key for ${keyArn}`);
  }
  return {
    arn: key.Arn,
    state: key.KeyState ?? 'unknown',
    ...(key.DeletionDate && { deletionDate: key.DeletionDate }),
    canRotate: key.KeyState === 'Enabled' && key.Origin === 'AWS_KMS',
  };
}

/**
 * How a key is rotated; undefined when it is not.
 *
 * @throws what KMS throws.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
 */
export async function keyRotation(kms: KMSClient, keyArn: string): Promise<KeyRotation | undefined> {
  const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId: keyArn }));
  return rotation.KeyRotationEnabled === true
    ? {
        days: rotation.RotationPeriodInDays ?? MOST_ROTATION_DAYS,
        ...(rotation.NextRotationDate && { nextAt: rotation.NextRotationDate }),
      }
    : undefined;
}

/**
 * What is wrong with a key.
 *
 * @param what it is the key of: `the vault acme-vault`.
 */
export function keyProblems(what: string, key: DescribedKey): KeyProblem[] {
  const unusable = stateProblems(what, key);
  return unusable.length > 0 ? unusable : rotationProblems(what, key.arn, key.rotation);
}

/** What is wrong with a key that cannot be used. */
export function stateProblems(what: string, { arn, state, deletionDate }: KeyState): KeyProblem[] {
  if (state === 'Enabled') {
    return [];
  }
  const until = deletionDate ? ` and will be deleted on ${deletionDate.toISOString()}` : '';
  return [
    {
      kind: 'keyUnusable',
      isCritical: true,
      detail: `the key of ${what} (${arn}) is in state ${state}${until}, must be Enabled, else nothing under it can be restored: cancel its deletion (kms:CancelKeyDeletion) and enable it (kms:EnableKey)`,
    },
  ];
}

/** What is wrong with a key that is not rotated each year. */
export function rotationProblems(what: string, arn: string, rotation: KeyRotation | undefined): KeyProblem[] {
  if (rotation !== undefined && rotation.days <= MOST_ROTATION_DAYS) {
    return [];
  }
  const every = rotation === undefined ? 'is not rotated' : `is rotated every ${rotation.days} days`;
  return [
    {
      kind: 'keyNotRotating',
      isCritical: false,
      detail: `the key of ${what} (${arn}) ${every}, must be at least every ${MOST_ROTATION_DAYS} days: enable its rotation (kms:EnableKeyRotation)`,
    },
  ];
}

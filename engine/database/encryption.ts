import type { KMSClient } from '@aws-sdk/client-kms';
import { AWS_MANAGED_KEY_ALIAS, type DatabaseFinding, type DatabaseTarget } from '../contract/verify-database';
import { describeKey, keyProblems } from '../keys/described-key';
import { errorName } from '../objects/store-error';
import type { DescribedDatabase } from './described-database';
import { critical, lookUp } from './finding';

/** What the permission to describe a key is called. */
export const KEY_PERMISSIONS = 'kms:DescribeKey and kms:GetKeyRotationStatus on the key';

/**
 * What is wrong with the encryption of a database.
 *
 * @param awsManagedKeyArn key that a database without an expected one must not be under; undefined when there is none.
 */
export async function encryptionFindings(
  kms: KMSClient,
  target: DatabaseTarget,
  database: DescribedDatabase,
  awsManagedKeyArn: string | undefined,
): Promise<readonly DatabaseFinding[]> {
  if (!database.isEncrypted) {
    return [
      critical(
        'wrongKey',
        'it is not encrypted, must be with a customer key: copy a snapshot of it under such a key, and restore that',
      ),
    ];
  }
  if (target.keyArn === undefined) {
    return database.keyArn === awsManagedKeyArn && awsManagedKeyArn !== undefined
      ? [wrongKey(database.keyArn, 'a customer key')]
      : [];
  }
  const { keyArn } = target;
  const { value: key, findings } = await lookUp(`describe the key ${keyArn}`, KEY_PERMISSIONS, () =>
    describeKey(kms, keyArn),
  );
  if (key === undefined) {
    return findings;
  }
  const isOther = database.keyArn !== key.arn;
  return [...(isOther ? [wrongKey(database.keyArn, key.arn)] : []), ...keyProblems('the database', key)];
}

/**
 * ARN of the key that AWS manages for RDS.
 *
 * @returns undefined when the account has none, since it never needed one.
 * @throws what KMS throws.
 */
export async function awsManagedKeyArn(kms: KMSClient): Promise<string | undefined> {
  try {
    return (await describeKey(kms, AWS_MANAGED_KEY_ALIAS)).arn;
  } catch (error) {
    if (errorName(error) === 'NotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function wrongKey(keyArn: string | undefined, expected: string): DatabaseFinding {
  return critical(
    'wrongKey',
    `it is encrypted with ${keyArn ?? 'an unknown key'}, must be with ${expected}: copy a snapshot of it under that key and restore it, or correct the configuration`,
  );
}

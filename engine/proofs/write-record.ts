import type { S3Client } from '@aws-sdk/client-s3';
import { type ProofRecord, proofKey } from '../contract/proofs';
import { type ObjectLock, ObjectStore } from '../objects/object-store';
import { proofRecordBytes } from './record-format';

export { outcomeOf, type ProvedFacts, proofRecord, UNKNOWN_KIND } from './record-format';

/** How a record is stored. */
export interface WriteProofOptions {
  /** ARN of the KMS key that encrypts it. @default - the bucket's default encryption */
  readonly keyArn?: string;
  /** Protection against deletion. @default - the bucket's default retention */
  readonly lock?: ObjectLock;
}

/**
 * Writes the record of a proof, once: the time and the outcome of the proof are in its key.
 *
 * @param bucket that keeps versions.
 * @param prefix folder of the records: `proofsPrefix`, or `backupProofsPrefix` of the backup that was proved.
 * @returns the key, also when the same record is there already.
 * @throws ObjectExistsError when another record of the same millisecond and outcome is there; Error when S3 refuses.
 */
export async function writeProofRecord(
  s3: S3Client,
  bucket: string,
  prefix: string,
  record: ProofRecord,
  { keyArn, lock }: WriteProofOptions = {},
): Promise<string> {
  const key = proofKey(prefix, new Date(record.startedAt), record.outcome);
  const store = new ObjectStore(s3, { bucket, ...(keyArn !== undefined && { keyArn }) });
  await store.put(key, proofRecordBytes(record), { lock, contentType: 'application/json' });
  return key;
}

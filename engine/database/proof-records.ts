import type { S3Client } from '@aws-sdk/client-s3';
import { ProofOutcome, type ProofRecord, ProofSystem, proofsPrefix } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import type { DatabaseFinding, DatabaseResult, VerifyDatabaseResult } from '../contract/verify-database';
import { inParallel } from '../objects/in-parallel';
import { newestProofs } from '../proofs/read-records';
import { outcomeOf, proofRecord, writeProofRecord } from '../proofs/write-record';
import { lookUp } from './finding';

/** Where records are written, and when the verification was made. */
export interface DatabaseRecording {
  readonly s3: S3Client;
  /** Bucket of the proofs. */
  readonly bucket: string;
  /** When the verification began; milliseconds since 1970. */
  readonly now: number;
}

/**
 * Writes the record of the proof of each database, and adds to its result how old its newest proof is: as old as the newest record
 * says, so that both tell the same. What concerns all databases counts for each. A record that cannot be written or read is a finding,
 * so that the signals still go out, and tell of it.
 */
export async function recordDatabases(
  result: VerifyDatabaseResult,
  recording: DatabaseRecording,
): Promise<VerifyDatabaseResult> {
  const databases = await inParallel(result.databases, CONCURRENT_DATABASES, (database) =>
    recordDatabase(database, result, recording),
  );
  return { ...result, databases };
}

/** Databases whose records are written side by side. */
const CONCURRENT_DATABASES = 8;

async function recordDatabase(
  database: DatabaseResult,
  { common, reportKey }: VerifyDatabaseResult,
  recording: DatabaseRecording,
): Promise<DatabaseResult> {
  const { s3, bucket, now } = recording;
  const record = databaseRecord(database, common, now, reportKey && `s3://${bucket}/${reportKey}`);
  const prefix = proofsPrefix(record.system, record.resource, record.level);
  const written = await lookUp(
    `write the proof record of ${database.resource} into the bucket ${bucket}`,
    's3:PutObject and s3:GetObject on it and kms:GenerateDataKey and kms:Decrypt on its key',
    () => writeProofRecord(s3, bucket, prefix, record),
  );
  const isProvedNow = written.value !== undefined && record.outcome === ProofOutcome.PROVED;
  const age = isProvedNow ? { value: 0, findings: [] } : await ageOfProof(database.resource, prefix, recording);
  return {
    ...database,
    findings: [...database.findings, ...written.findings, ...age.findings],
    ...(age.value !== undefined && { presentAgeSeconds: age.value }),
  };
}

/** Seconds since the newest proof that was recorded; undefined when there is none. */
const ageOfProof = (resource: string, prefix: string, { s3, bucket, now }: DatabaseRecording) =>
  lookUp(`read the proof records of ${resource} in the bucket ${bucket}`, 's3:ListBucket on it', async () => {
    const { newestProved } = await newestProofs(s3, bucket, prefix, new Date(now));
    return newestProved && Math.max(0, (now - newestProved.at.getTime()) / 1000);
  });

/**
 * The record of one database. The newest moment that can be restored is that of RDS; the newest backup is that of any tier.
 *
 * @param now milliseconds since 1970.
 */
export function databaseRecord(
  { resource, findings, rpoSeconds, ageSeconds }: DatabaseResult,
  common: readonly DatabaseFinding[],
  now: number,
  report: string | undefined,
): ProofRecord {
  const ages = Object.values(ageSeconds);
  const momentBefore = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
  const all = [...findings, ...common];
  return proofRecord({
    system: ProofSystem.DATABASE,
    resource,
    level: ProofLevel.PRESENT,
    outcome: outcomeOf(all),
    startedAt: new Date(now),
    finishedAt: new Date(now),
    ...(rpoSeconds !== undefined && { restorableAt: momentBefore(rpoSeconds) }),
    ...(ages.length > 0 && { backupAt: momentBefore(Math.min(...ages)) }),
    findings: all,
    ...(report !== undefined && { report }),
  });
}

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { proofsPrefix, proofTime } from '../contract/proofs';
import { type CacheFinding, type CacheResult, cacheProofsPrefix } from '../contract/redis';
import { explainStoreError, type StoreHints } from '../objects/store-error';
import { type ProvedFacts, proofRecord, writeProofRecord } from '../proofs/write-record';
import { unknown } from './cache-finding';
import type { VerifiedCache } from './verify-caches';

/**
 * Writes the report of a verification of each cache into the proofs bucket, and the records of what was proved. What cannot be written
 * is a finding, so that the signals still go out, and tell of it.
 *
 * @param now milliseconds since 1970.
 * @returns the results with the keys of their reports.
 */
export async function writeCacheReports(
  s3: S3Client,
  bucket: string,
  verified: readonly VerifiedCache[],
  now: number,
): Promise<CacheResult[]> {
  return Promise.all(
    verified.map(async ({ result, proofs }) => {
      const reported = await writeReport(s3, bucket, result, now);
      const unwritten = await writeRecords(s3, bucket, reported, proofs);
      return unwritten.length === 0 ? reported : { ...reported, findings: [...reported.findings, ...unwritten] };
    }),
  );
}

async function writeReport(s3: S3Client, bucket: string, result: CacheResult, now: number): Promise<CacheResult> {
  const verifiedAt = new Date(now).toISOString();
  const reportKey = `${cacheProofsPrefix(result.resource)}reports/${proofTime(new Date(now))}.json`;
  const isGood = !result.findings.some(({ isCritical }) => isCritical);
  const Body = `${JSON.stringify({ verifiedAt, isGood, ...result }, undefined, 2)}\n`;
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: reportKey, Body, ContentType: 'application/json' }));
    return { ...result, reportKey };
  } catch (error) {
    const problem = explainStoreError(error, 'write a report to', bucket, HINTS);
    return { ...result, findings: [...result.findings, unknown(problem)] };
  }
}

/** @returns a finding for each record that could not be written. */
async function writeRecords(
  s3: S3Client,
  bucket: string,
  { reportKey }: CacheResult,
  proofs: readonly ProvedFacts[],
): Promise<CacheFinding[]> {
  const unwritten: CacheFinding[] = [];
  for (const proof of proofs) {
    const record = proofRecord({ ...proof, ...(reportKey !== undefined && { report: `s3://${bucket}/${reportKey}` }) });
    const prefix = proofsPrefix(record.system, record.resource, record.level);
    await writeProofRecord(s3, bucket, prefix, record).catch((error: unknown) => unwritten.push(unknown(error)));
  }
  return unwritten;
}

const HINTS: StoreHints = {
  AccessDenied: 'give the role s3:PutObject on the bucket and kms:GenerateDataKey on its key.',
  other: 'look the error up in the S3 API reference; the next run tries again.',
};

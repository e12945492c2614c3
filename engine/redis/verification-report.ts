import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type CacheResult, cacheProofsPrefix } from '../contract/redis';
import { explainStoreError, type StoreHints } from '../objects/store-error';
import { unknown } from './cache-finding';

/**
 * Writes the report of a verification of each cache into the proofs bucket. A report that cannot be written is a finding, so that
 * the signals still go out, and tell of it.
 *
 * @param now milliseconds since 1970.
 * @returns the results with the keys of their reports.
 */
export async function writeCacheReports(
  s3: S3Client,
  bucket: string,
  results: readonly CacheResult[],
  now: number,
): Promise<CacheResult[]> {
  const verifiedAt = new Date(now).toISOString();
  const name = verifiedAt.replace(/[-:]|\.\d+/g, '');
  return Promise.all(
    results.map(async (result) => {
      const reportKey = `${cacheProofsPrefix(result.resource)}reports/${name}.json`;
      const isGood = !result.findings.some(({ isCritical }) => isCritical);
      const Body = `${JSON.stringify({ verifiedAt, isGood, ...result }, undefined, 2)}\n`;
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: reportKey, Body, ContentType: 'application/json' }));
        return { ...result, reportKey };
      } catch (error) {
        const problem = explainStoreError(error, 'write a report to', bucket, HINTS);
        return { ...result, findings: [...result.findings, unknown(problem)] };
      }
    }),
  );
}

const HINTS: StoreHints = {
  AccessDenied: 'give the role s3:PutObject on the bucket and kms:GenerateDataKey on its key.',
  other: 'look the error up in the S3 API reference; the next run tries again.',
};

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type KeyFinding, type KeyResult, keysReportKey, type VerifyKeysResult } from '../contract/verify-keys';
import { lookUp } from '../database/finding';
import type { VerifiedKeys } from './verify-keys';

/** What a report holds: how all keys stood at one moment. */
export interface KeysReport {
  /** When the verification was made; an ISO 8601 instant. */
  readonly verifiedAt: string;
  /** Whether nothing was found that endangers a restore. */
  readonly isGood: boolean;
  readonly keys: readonly KeyResult[];
  /** What concerns all keys. */
  readonly common: readonly KeyFinding[];
}

/**
 * Writes the report of a verification into the proofs bucket. A report that cannot be written is a finding, so that the signals
 * still go out, and tell of it.
 *
 * @param now milliseconds since 1970.
 */
export async function writeKeysReport(
  s3: S3Client,
  bucket: string,
  { keys, common }: VerifiedKeys,
  now: number,
): Promise<VerifyKeysResult> {
  const reportKey = keysReportKey(new Date(now));
  const verifiedAt = new Date(now).toISOString();
  const isGood = !keys.some(hasCritical);
  const report: KeysReport = { verifiedAt, isGood, keys, common };
  const { findings } = await lookUp(
    `write the report into the bucket ${bucket}`,
    's3:PutObject on it and kms:GenerateDataKey on its key',
    () =>
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: reportKey,
          Body: `${JSON.stringify(report, undefined, 2)}\n`,
          ContentType: 'application/json',
        }),
      ),
  );
  const unwritten = findings.map(({ detail }): KeyFinding => ({ kind: 'unknown', isCritical: false, detail }));
  return unwritten.length === 0 ? { keys, common, reportKey } : { keys, common: [...common, ...unwritten] };
}

/** Whether something about a key endangers a restore. */
export const hasCritical = ({ findings }: KeyResult): boolean => findings.some(({ isCritical }) => isCritical);

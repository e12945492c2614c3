import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { VerifyKeysResult } from '../engine/contract/verify-keys';
import { perRegion } from '../engine/functions/per-region';
import { publishKeySignals } from '../engine/keys/key-signals';
import { writeKeysReport } from '../engine/keys/report';
import { verifyKeys } from '../engine/keys/verify-keys';
import { parseVerifyKeysEvent } from '../engine/keys/verify-keys-event';

/**
 * Verifies the keys of a deployment, and publishes the outcome.
 *
 * What is wrong is told by report, metrics and alarms; the function itself fails only when the event is wrong or the outcome cannot
 * be published.
 *
 * @param input a `VerifyKeysEvent`.
 */
export async function handler(input: unknown): Promise<VerifyKeysResult> {
  const event = parseVerifyKeysEvent(input);
  const now = Date.now();
  const { bucket, region } = event.proofs;
  const s3 = new S3Client({ region });
  const verified = await verifyKeys(event, { kms: KMS, s3, now });
  const result = await writeKeysReport(s3, bucket, verified, now);
  log(result);
  await publishKeySignals(new CloudWatchClient({}), event, result, now);
  return result;
}

/** Patiently, since KMS answers only so many administrative requests a second. */
const KMS = perRegion((region) => new KMSClient({ region, maxAttempts: 6 }));

function log({ keys, common, reportKey }: VerifyKeysResult): void {
  for (const { name, region, findings } of [...keys, { name: 'all keys', region: undefined, findings: common }]) {
    const level = findings.some(({ isCritical }) => isCritical) ? 'ERROR' : findings.length > 0 ? 'WARN' : 'INFO';
    console.log(JSON.stringify({ level, message: 'verified a key', name, region, findings, reportKey }));
  }
}

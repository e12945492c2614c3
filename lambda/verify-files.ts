import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type { TargetResult, VerifyFilesResult } from '../engine/contract/verify-files';
import { FINISHING_MS } from '../engine/files/proof';
import { writeFilesRecords } from '../engine/files/proof-records';
import { verifyFiles } from '../engine/files/verify-files';
import { parseVerifyFilesEvent } from '../engine/files/verify-files-event';
import { perRegion } from '../engine/functions/per-region';
import { tryAll } from '../engine/signals/raise-alarm';
import { publishStorageSignals } from '../engine/signals/storage-signals';

/**
 * Verifies protected buckets against their replicas, publishes the outcome, and records what was proved.
 *
 * Targets that are damaged or failed are told by metrics and alarm; the function itself fails only when the event is
 * wrong, or the outcome cannot be published or recorded; whichever of them fails, the other is done.
 *
 * @param input a `VerifyFilesEvent`.
 */
export async function handler(input: unknown, context: Context): Promise<VerifyFilesResult> {
  const event = parseVerifyFilesEvent(input);
  const s3 = perRegion((region) => new S3Client({ region, maxAttempts: 5, requestHandler: CONNECTIONS }));
  const verified = await verifyFiles(event, {
    s3,
    kms: perRegion((region) => new KMSClient({ region })),
    // A store other than S3 gives copies new version ids. In AWS the variable is not set.
    matching: process.env.AWS_ENDPOINT_URL ? 'content' : 'versionId',
    deadline: deadlineOf(context),
    now: Date.now,
  });
  const targets = verified.map(({ result }) => result);
  targets.forEach(log);
  const { proofs } = event;
  const now = Date.now();
  await tryAll([
    () => publishStorageSignals(new CloudWatchClient({}), event, verified, now),
    () => writeFilesRecords(s3(proofs.region), proofs.bucket, verified, new Date(now)),
  ]);
  return { targets };
}

/** Room for the checks that four targets run side by side; a connection that falls silent is given up. */
const CONNECTIONS = {
  connectionTimeout: 5_000,
  socketTimeout: 30_000,
  httpAgent: { maxSockets: 256 },
  httpsAgent: { maxSockets: 256 },
};

/** Leaves time to finish; a function with a short timeout still spends half of it working. */
function deadlineOf(context: Context): number {
  const remaining = context.getRemainingTimeInMillis();
  return Date.now() + Math.max(remaining - FINISHING_MS, remaining / 2);
}

function log(result: TargetResult): void {
  const isGood = result.outcome === 'proved' || result.outcome === 'unfinished';
  console.log(JSON.stringify({ level: isGood ? 'INFO' : 'ERROR', message: 'verified files', ...result }));
}

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Context } from 'aws-lambda';
import type { VerifyRedisResult } from '../engine/contract/redis';
import { perRegion } from '../engine/functions/per-region';
import { createStoreClient } from '../engine/objects/s3-client';
import { verifyRdb } from '../engine/rdb/verify';
import { parseVerifyRedisEvent } from '../engine/redis/redis-events';
import { writeCacheReports } from '../engine/redis/verification-report';
import { publishCacheSignals } from '../engine/redis/verification-signals';
import { verifyCaches } from '../engine/redis/verify-caches';

/**
 * Verifies the snapshots and backups of protected caches and publishes the outcome.
 *
 * Findings are told by metrics, alarm and report; the function itself fails only when the event is wrong or the outcome
 * cannot be published.
 *
 * @param input a `VerifyRedisEvent`.
 */
export async function handler(input: unknown, context: Context): Promise<VerifyRedisResult> {
  const event = parseVerifyRedisEvent(input);
  const s3 = perRegion((region) => createStoreClient({ region }));
  const verified = await verifyCaches(event, {
    elastiCache: perRegion((region) => new ElastiCacheClient({ region })),
    s3,
    kms: perRegion((region) => new KMSClient({ region })),
    walk: verifyRdb,
    // A store other than S3 gives copies new version ids. In AWS the variable is not set.
    matching: process.env.AWS_ENDPOINT_URL ? 'content' : 'versionId',
    deadline: Date.now() + Math.max(context.getRemainingTimeInMillis() - FINISHING_MS, 0),
    now: Date.now,
  });
  const { proofs, alarmName, incidentName } = event;
  const caches = await writeCacheReports(s3(proofs.region), proofs.bucket, verified, Date.now());
  caches.forEach(log);
  const signals = { alarmName, incidentName, proofsBucket: proofs.bucket };
  await publishCacheSignals(new CloudWatchClient({}), signals, caches, Date.now());
  return { caches };
}

/** Time to end requests under way, write the reports and publish. */
const FINISHING_MS = 60_000;

function log(result: VerifyRedisResult['caches'][number]): void {
  const isGood = !result.findings.some(({ isCritical }) => isCritical);
  console.log(JSON.stringify({ level: isGood ? 'INFO' : 'ERROR', message: 'verified a cache', ...result }));
}

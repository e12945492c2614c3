import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { Context } from 'aws-lambda';
import { createStoreClient } from '../engine/objects/s3-client';
import { verifyRdb } from '../engine/rdb/verify';
import { exportCache } from '../engine/redis/export-cache';
import { publishExportSignals } from '../engine/redis/export-signals';
import { parseExportRedisEvent } from '../engine/redis/redis-events';
import { tryAll } from '../engine/signals/raise-alarm';
import { SOFTWARE_VERSION } from '../engine/software';

/** What the function answers. */
export interface ExportRedisResult {
  readonly outcome: 'notDue' | 'otherRun' | 'unfinished' | 'exported';
  /** Id of the backup that was made or is being made. */
  readonly backupId?: string;
}

/**
 * Makes today's backup of a cache out of its newest snapshot, or goes on with one that has begun.
 *
 * @param input an `ExportRedisEvent`.
 * @throws Error when the backup fails, after that was published.
 */
export async function handler(input: unknown, context: Context): Promise<ExportRedisResult> {
  const { target, store } = parseExportRedisEvent(input);
  const { region } = store;
  const cloudWatch = new CloudWatchClient({});
  const exported = await exportCache(
    { target, store },
    {
      elastiCache: new ElastiCacheClient({ region }),
      s3: createStoreClient({ region }),
      walk: verifyRdb,
      software: SOFTWARE_VERSION,
      deadline: Date.now() + Math.max(context.getRemainingTimeInMillis() - FINISHING_MS, 0),
      now: Date.now,
    },
  ).catch(async (error: unknown) => {
    await tryAll([
      () => publishExportSignals(cloudWatch, target.resource, undefined, Date.now()),
      () => Promise.reject(error),
    ]);
    throw error;
  });
  const manifest = exported.outcome === 'exported' ? exported.manifest : undefined;
  const backupId = manifest?.id ?? (exported.outcome === 'unfinished' ? exported.backupId : undefined);
  const result = { outcome: exported.outcome, ...(backupId !== undefined && { backupId }) };
  console.log(
    JSON.stringify({
      level: 'INFO',
      message: 'exported a cache',
      resource: target.resource,
      ...result,
      ...(manifest && { snapshot: manifest.snapshot.name, ...manifest.totals }),
    }),
  );
  if (manifest !== undefined) {
    await publishExportSignals(cloudWatch, target.resource, manifest, Date.now());
  }
  return result;
}

/** Time to end requests under way and to write what was achieved. */
const FINISHING_MS = 45_000;

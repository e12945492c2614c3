import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { S3Client } from '@aws-sdk/client-s3';
import { tlsSessions } from '../engine/redis/cache-session';
import { publishProbeSignals } from '../engine/redis/probe-signals';
import { parseSnapshotRedisEvent } from '../engine/redis/redis-events';
import { type ProbeOutcome, snapshotCache } from '../engine/redis/snapshot-cache';
import { awsSecretReader } from '../engine/secrets/json-secret';
import { tryAll } from '../engine/signals/raise-alarm';

/**
 * Looks at a cache, takes a snapshot of it when a save point is due, and publishes what it found.
 *
 * @param input a `SnapshotRedisEvent`.
 * @throws Error when something went wrong, after all that could be done was done and published.
 */
export async function handler(input: unknown): Promise<Omit<ProbeOutcome, 'problems'>> {
  const event = parseSnapshotRedisEvent(input);
  const { problems, ...outcome } = await snapshotCache(event, {
    elastiCache: new ElastiCacheClient({ region: event.store.region, requestHandler: TIMEOUTS }),
    s3: new S3Client({ region: event.store.region, requestHandler: TIMEOUTS }),
    // Read anew each time: a secret may have been rotated.
    readSecret: awsSecretReader(),
    openSession: tlsSessions(),
    now: Date.now,
  });
  console.log(
    JSON.stringify({ level: 'INFO', message: 'looked at a cache', resource: event.target.resource, ...outcome }),
  );
  await tryAll([
    () => publishProbeSignals(new CloudWatchClient({}), event.target.resource, { ...outcome, problems }, Date.now()),
    ...problems.map((problem) => () => Promise.reject(problem)),
  ]);
  return outcome;
}

/** Subnets without a way to the API swallow packets: that must be told before the function ends. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000 };

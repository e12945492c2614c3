import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import type { RestoreAnswer } from '../engine/contract/restore-managed';
import { System } from '../engine/contract/signals';
import { createStoreClient } from '../engine/objects/s3-client';
import type { CacheServices } from '../engine/recovery/cache-plan';
import { CacheSeeds } from '../engine/recovery/cache-seeds';
import { KeyCheck } from '../engine/recovery/key-check';
import { ReplicationGroups } from '../engine/recovery/replication-groups';
import { parseRedisStep } from '../engine/recovery/restore-event';
import { restoreRedis } from '../engine/recovery/restore-redis';
import { restoreSignals } from '../engine/recovery/restore-signals';
import { awsSecretReader } from '../engine/secrets/json-secret';

const services: CacheServices = {
  groups: new ReplicationGroups(new ElastiCacheClient({})),
  seeds: new CacheSeeds(createStoreClient({})),
  keys: new KeyCheck(new KMSClient({})),
  readSecret: awsSecretReader(),
};

/**
 * Makes one step of the restore of a cache. The state machine `restore-redis` calls it until it is done.
 *
 * @param input a `RestoreStep<RestoreRedisRequest, RedisRestoreSettings>`.
 */
export async function handler(input: unknown): Promise<RestoreAnswer> {
  const now = Date.now();
  const signals = restoreSignals(new CloudWatchClient({}), System.REDIS, now);
  const answer = await restoreRedis(parseRedisStep(input), services, signals, now);
  const { isDone, result, failure } = answer;
  console.log(JSON.stringify({ level: failure ? 'ERROR' : 'INFO', message: 'made a step', isDone, result, failure }));
  return answer;
}

import { DEFAULT_SAVE_POINTS } from '../../engine/contract/redis';
import { regionProblems, secretProblems } from '../login-secret';
import { networkProblems } from '../network';
import { alarmedNameProblems } from '../platform/names';
import type { Problem } from '../problem';
import { savePointsProblems } from '../redis/save-points-problems';
import { snapshotRetentionProblems, snapshotWindowProblems } from '../redis/snapshot-window';
import { oneOf } from './database-meaning';
import type { RedisConfiguration } from './redis-schema';

/** The ways to name a cache. */
const CACHE_WAYS = ['replicationGroup', 'serverlessCache'] as const;

/** What is wrong between the fields of a well-formed cache. */
export function redisProblems(cache: RedisConfiguration, path: string, primaryRegion: string | undefined): Problem[] {
  const { secret, keyArn, savePoints = DEFAULT_SAVE_POINTS } = cache;
  const given = CACHE_WAYS.filter((way) => cache[way] !== undefined);
  return [
    ...alarmedNameProblems(cache.name, `${path}.name`),
    ...(given.length === 1 ? [] : [oneOf(path, CACHE_WAYS, given)]),
    ...(secret && primaryRegion !== undefined ? secretProblems(secret, `${path}.secret`, primaryRegion) : []),
    ...(keyArn !== undefined && primaryRegion !== undefined
      ? regionProblems(keyArn, `${path}.keyArn`, 'key', primaryRegion)
      : []),
    ...savePointsProblems(savePoints, `${path}.savePoints`),
    ...snapshotRetentionProblems(cache.snapshotRetentionDays, `${path}.snapshotRetentionDays`),
    ...snapshotWindowProblems(cache.snapshotWindow, `${path}.snapshotWindow`),
    ...networkProblems(cache.network, `${path}.network`),
  ];
}

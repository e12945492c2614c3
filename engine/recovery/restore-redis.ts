import type {
  RedisRestoreSettings,
  RestoreAnswer,
  RestoreRedisRequest,
  RestoreStep,
} from '../contract/restore-managed';
import { type CacheServices, planCacheRestore } from './cache-plan';
import { cacheRemovables } from './cache-removal';
import { begun, type CacheProgress, makeCacheStep } from './cache-steps';
import { type RestoreSignals, runRestoreStep } from './restore-run';

/**
 * Makes one step of the restore of a cache; see {@link runRestoreStep}.
 *
 * @param now milliseconds since 1970.
 */
export function restoreRedis(
  step: RestoreStep<RestoreRedisRequest, RedisRestoreSettings>,
  services: CacheServices,
  signals: RestoreSignals,
  now: number,
): Promise<RestoreAnswer> {
  const { execution, settings, request } = step;
  const context = { execution, services };
  return runRestoreStep<CacheProgress>(
    step,
    {
      plan: async () => begun(await planCacheRestore(request, execution, settings, services)),
      advance: (progress) => makeCacheStep(progress, context),
      removables: (progress) => cacheRemovables(progress, context),
    },
    signals,
    now,
  );
}

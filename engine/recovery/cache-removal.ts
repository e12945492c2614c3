import { isOurs } from './cache-request';
import { bucketName } from './cache-seeds';
import type { CacheProgress, CacheStepContext } from './cache-steps';
import type { Removable } from './taking-back';

/** What a restore of a cache may have made: the group of its plan, and copies of files. */
export function cacheRemovables({ plan }: CacheProgress, { execution, services }: CacheStepContext): Removable[] {
  const { newId, source } = plan;
  const group = {
    name: `replication group ${newId}`,
    remove: async () => {
      const present = await services.groups.find(newId);
      if (present === undefined || !isOurs(present, plan, execution)) {
        return 'gone' as const;
      }
      if (present.group.Status !== 'deleting') {
        await services.groups.delete(newId);
      }
      return 'going' as const;
    },
  };
  if (source.kind === 'snapshot') {
    return [group];
  }
  const stagingBucket = bucketName(source.store.stagingBucketArn);
  const seeds = {
    name: `copies of files in bucket ${stagingBucket}`,
    remove: async () => {
      const removed = await services.seeds.remove(stagingBucket, execution.id);
      return removed === 0 ? ('gone' as const) : ('going' as const);
    },
  };
  return [group, seeds];
}

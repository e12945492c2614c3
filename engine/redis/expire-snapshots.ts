import { type ElastiCacheClient, ListTagsForResourceCommand } from '@aws-sdk/client-elasticache';
import { type CacheTarget, PROBE_INTERVAL_SECONDS, SNAPSHOT_NAME_FORM, SNAPSHOT_TAG } from '../contract/redis';
import type { CacheService, CacheSnapshot } from './cache-service';
import { explained } from './service-error';

/**
 * Deletes snapshots that Holdfast took of a cache and that are older than automatic ones are kept: ElastiCache keeps those
 * taken by hand until someone deletes them. Own is what has the name and the tag of a save point of this cache; the newest
 * complete snapshot stays, whoever took it. Each run looks at the next few, so that none that cannot be deleted keeps the others.
 *
 * @param now milliseconds since 1970.
 * @returns the names of those that were deleted, at most {@link MOST_A_RUN}: the next run goes on.
 * @throws Error when ElastiCache refuses.
 */
export async function expireSnapshots(
  elastiCache: ElastiCacheClient,
  service: CacheService,
  { resource, snapshotRetentionDays }: Pick<CacheTarget, 'resource' | 'snapshotRetentionDays'>,
  snapshots: readonly CacheSnapshot[],
  now: number,
): Promise<string[]> {
  const complete = snapshots.filter(({ status }) => status === 'available' || status === 'inUse');
  const newest = Math.max(...complete.map(timeOf));
  const keptSince = now - snapshotRetentionDays * DAY_MS;
  const expired = snapshots
    .filter(({ name, status, isManual }) => status === 'available' && isManual && SNAPSHOT_NAME_FORM.test(name))
    .filter((snapshot) => timeOf(snapshot) < Math.min(keptSince, newest));
  const first = (Math.floor(now / RUN_MS) * MOST_A_RUN) % Math.max(expired.length, 1);
  const inTurn = [...expired.slice(first), ...expired.slice(0, first)].slice(0, MOST_A_RUN);
  const deleted: string[] = [];
  for (const { name, arn } of inTurn) {
    if (await isOwn(elastiCache, arn, resource)) {
      await service.deleteSnapshot(name);
      deleted.push(name);
    }
  }
  return deleted;
}

/** As many as can become too old within minutes, and more than a day brings. */
const MOST_A_RUN = 5;
const DAY_MS = 86_400_000;
/** From one run to the next. */
const RUN_MS = PROBE_INTERVAL_SECONDS * 1000;

/** A snapshot whose time is not known is as young as can be. */
const timeOf = ({ createdAt }: CacheSnapshot): number => createdAt?.getTime() ?? Number.POSITIVE_INFINITY;

async function isOwn(elastiCache: ElastiCacheClient, arn: string, resource: string): Promise<boolean> {
  const { TagList: tags = [] } = await explained('read the tags of a snapshot of', resource, () =>
    elastiCache.send(new ListTagsForResourceCommand({ ResourceName: arn })),
  );
  return tags.some(({ Key: key, Value: value }) => key === SNAPSHOT_TAG && value === resource);
}

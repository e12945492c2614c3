import type { BucketCostInput, CostInput } from '../contract/cost';
import { estimateMonth } from './estimate';
import type { RegionPrices } from './price';
import { PRICES } from './prices';

/** Something that can be configured otherwise, and what a month would cost less then. */
export interface Choice {
  /** What to configure, with the field's name. */
  readonly what: string;
  /** What is given up for it. */
  readonly price: string;
  /** USD a month; below 0 when it would cost more. */
  readonly savedUsd: number;
}

/** What each choice saves, most first: the whole month is estimated anew with it. A choice that is made already is left out. */
export function choicesOf(input: CostInput, prices: Readonly<Record<string, RegionPrices>> = PRICES): Choice[] {
  const { totalUsd } = estimateMonth(input, prices);
  return OPTIONS.flatMap(({ what, price, change }) => {
    const changed = change(input);
    return changed === undefined ? [] : [{ what, price, savedUsd: totalUsd - estimateMonth(changed, prices).totalUsd }];
  }).sort((left, right) => right.savedUsd - left.savedUsd);
}

interface Option extends Omit<Choice, 'savedUsd'> {
  /** The input with the choice made; undefined when it is made already, or there is nothing to choose. */
  readonly change: (input: CostInput) => CostInput | undefined;
}

const OPTIONS: readonly Option[] = [
  {
    what: 'verify files each hour: files.verifyEveryMinutes 60',
    price: 'a version that is not copied is noticed up to an hour later',
    change: (input) =>
      hasFiles(input) && input.files.verifyEveryMinutes < 60
        ? { ...input, files: { ...input.files, verifyEveryMinutes: 60 } }
        : undefined,
  },
  {
    what: 'read replicas half as often: files.readCycleDays doubled',
    price: 'silent damage of a replica is found later',
    change: (input) =>
      hasFiles(input)
        ? { ...input, files: { ...input.files, readCycleDays: input.files.readCycleDays * 2 } }
        : undefined,
  },
  {
    what: 'move replicas of files to S3 Glacier Instant Retrieval after 30 days: replicaLifecycle',
    price: 'each read of the read cycle costs by the GB',
    change: (input) =>
      hasFiles(input)
        ? { ...input, files: { ...input.files, buckets: input.files.buckets.map(withColdReplica) } }
        : undefined,
  },
  {
    what: 'keep 4 weekly backups: retention.weekly 4',
    price: 'beyond a month back there is one state a month',
    change: (input) => withRetention(input, { weekly: Math.min(4, input.retention.weekly) }),
  },
  {
    what: 'keep no yearly backups: retention.yearly 0',
    price: 'nothing older than the monthly ones can be restored',
    change: (input) => withRetention(input, { yearly: 0 }),
  },
  {
    what: 'take no snapshots of caches beside the daily one: redis.savePoints []',
    price: 'up to a day of changes is lost with the cache',
    change: ({ caches, ...input }) =>
      caches.some(({ savePoints }) => savePoints)
        ? { ...input, caches: caches.map((cache) => ({ ...cache, savePoints: false })) }
        : undefined,
  },
  {
    what: 'keep snapshots of caches for a day: redis.snapshotRetentionDays 1',
    price: 'between a day ago and the exports, there is no state at a save point',
    change: ({ caches, ...input }) =>
      caches.some(({ snapshotRetentionDays }) => snapshotRetentionDays > 1)
        ? { ...input, caches: caches.map((cache) => ({ ...cache, snapshotRetentionDays: 1 })) }
        : undefined,
  },
  {
    what: 'no replicated automated backups: rds.databases.crossRegionBackups false',
    price: 'with the Region, the changes since the newest daily copy are lost',
    change: ({ databases, ...input }) =>
      databases.some(({ crossRegionBackups }) => crossRegionBackups)
        ? { ...input, databases: databases.map((database) => ({ ...database, crossRegionBackups: false })) }
        : undefined,
  },
  {
    what: 'no controls of AWS Backup: rds.auditControls false',
    price: 'auditors get no evaluations',
    change: (input) =>
      input.databases.length > 0 && input.backupAudit.controls
        ? { ...input, backupAudit: { ...input.backupAudit, controls: false } }
        : undefined,
  },
];

function hasFiles({ files }: CostInput): boolean {
  return files.buckets.length > 0;
}

/** Earlier and later moves to colder classes go. */
function withColdReplica(bucket: BucketCostInput): BucketCostInput {
  const { currentVersions } = bucket.replica;
  const { expireAfterDays = Number.POSITIVE_INFINITY } = currentVersions ?? {};
  // What goes within the 90 days that are billed there would not be moved.
  if (expireAfterDays < 120) {
    return bucket;
  }
  const transitions = [{ storageClass: 'GLACIER_IR' as const, afterDays: 30 }];
  return { ...bucket, replica: { ...bucket.replica, currentVersions: { ...currentVersions, transitions } } };
}

function withRetention(input: CostInput, change: Partial<CostInput['retention']>): CostInput | undefined {
  const retention = { ...input.retention, ...change };
  const isKept = input.dumps.length + input.databases.length + input.caches.length > 0;
  const isOther = Object.entries(change).some(([tier, count]) => input.retention[tier as 'weekly'] !== count);
  return isKept && isOther ? { ...input, retention } : undefined;
}

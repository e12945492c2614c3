import type {
  BucketCostInput,
  CacheCostInput,
  CostInput,
  CostSizes,
  DatabaseCostInput,
  DumpsCostInput,
} from '../../engine/contract/cost';
import type { BucketConfiguration, Configuration, DatabaseConfiguration, RdsConfiguration } from '../configuration';
import { protectedTenants } from '../configuration';
import { FileCategory } from '../files/file-category';
import { completeDumpOptions } from '../tenants/dump-options';

/** What decides what a month of a configuration costs. @param sizes how much there is of what it protects. */
export function costInput(configuration: Configuration, sizes: CostSizes): CostInput {
  const { primary, recovery, retention, files, databases, rds, redis } = configuration;
  return {
    primaryRegion: primary.region,
    recoveryRegion: recovery.region,
    retention,
    files: {
      verifyEveryMinutes: files.verifyEveryMinutes,
      readCycleDays: files.readCycleDays,
      buckets: files.buckets.map((bucket) => bucketInput(bucket, sizes, files.buckets.length)),
    },
    dumps: databases.map((database) => dumpsInput(database, sizes)),
    databases: rds === undefined ? [] : rds.databases.map((database) => databaseInput(database, sizes)),
    backupAudit: { controls: rds?.auditControls ?? false, restoreTests: rds === undefined ? 0 : restoreTests(rds) },
    caches: redis.map((cache): CacheCostInput => {
      const { serverlessCache, snapshotRetentionDays, savePoints } = cache;
      return {
        kind: serverlessCache === undefined ? 'replicationGroup' : 'serverless',
        gib: sizes.cacheGib,
        snapshotRetentionDays,
        savePoints: savePoints === undefined || savePoints.length > 0,
      };
    }),
  };
}

/** The files are divided evenly among the buckets; a bucket that is there already has the lifecycle that the configuration tells. */
function bucketInput(bucket: BucketConfiguration, sizes: CostSizes, buckets: number): BucketCostInput {
  const category = FileCategory.named(bucket.category);
  const source = bucket.existing === undefined ? category.sourceLifecycle(bucket.lifecycle) : (bucket.lifecycle ?? {});
  return {
    gib: sizes.filesGib / buckets,
    objects: sizes.objects / buckets,
    newShare: sizes.newFilesPercent / 100,
    replacingShare: sizes.replacingPercent / 100,
    source,
    replica: category.replicaLifecycle(source, bucket.replicaLifecycle),
  };
}

function dumpsInput(database: DatabaseConfiguration, { tenants, dumpGib }: CostSizes): DumpsCostInput {
  const { tenants: source, ...options } = protectedTenants(database);
  const { groups, cpu, memoryMiB } = completeDumpOptions(options, source.source);
  return { gib: dumpGib, tenants, groups, cpu, memoryMiB };
}

function databaseInput(
  { cluster, crossRegionBackups }: RdsConfiguration['databases'][number],
  { databaseGib, changedPercent }: CostSizes,
): DatabaseCostInput {
  return { isAurora: cluster !== undefined, gib: databaseGib, changedShare: changedPercent / 100, crossRegionBackups };
}

/** Each month in the primary Region, each quarter in the recovery Region. */
function restoreTests({ restoreTesting }: RdsConfiguration): number {
  return (restoreTesting?.primary === undefined ? 0 : 1) + (restoreTesting?.recovery === undefined ? 0 : 1 / 3);
}

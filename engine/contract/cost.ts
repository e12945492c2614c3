import type { CacheKind } from './redis';
import type { RetentionCounts } from './retention';

/** What decides what a month costs: the parts of a configuration that matter, and the sizes that no configuration holds. */
export interface CostInput {
  readonly primaryRegion: string;
  readonly recoveryRegion: string;
  /** How long dumps, exports and snapshots are kept. */
  readonly retention: RetentionCounts;
  readonly files: {
    /** Minutes between two verifications. */
    readonly verifyEveryMinutes: number;
    /** Days within which all is read once. */
    readonly readCycleDays: number;
    readonly buckets: readonly BucketCostInput[];
  };
  readonly dumps: readonly DumpsCostInput[];
  readonly databases: readonly DatabaseCostInput[];
  /** What AWS Backup does beside backups. */
  readonly backupAudit: {
    /** Whether its controls are evaluated each day. */
    readonly controls: boolean;
    /** Number of restores of each database that it tests in a month. */
    readonly restoreTests: number;
  };
  readonly caches: readonly CacheCostInput[];
}

/** A protected bucket. */
export interface BucketCostInput {
  /** Current versions. */
  readonly gib: number;
  readonly objects: number;
  /** Share of them that is written within a month: 0 to 1. */
  readonly newShare: number;
  /** Share of what is written that takes the place of an earlier version: 0 to 1. */
  readonly replacingShare: number;
  readonly source: KeptVersions;
  readonly replica: KeptVersions;
}

/** How one side of the replication keeps versions. */
export interface KeptVersions {
  readonly currentVersions?: AgeingVersions;
  readonly noncurrentVersions?: AgeingVersions;
}

/** What happens to versions as they age. */
export interface AgeingVersions {
  /** Moves to colder classes, youngest first. @default - they stay in S3 Standard */
  readonly transitions?: readonly { readonly storageClass: ColdClass; readonly afterDays: number }[];
  /** @default - they are kept */
  readonly expireAfterDays?: number;
}

/** Storage classes that lifecycles move versions to. */
export type ColdClass =
  | 'STANDARD_IA'
  | 'INTELLIGENT_TIERING'
  | 'ONEZONE_IA'
  | 'GLACIER_IR'
  | 'GLACIER'
  | 'DEEP_ARCHIVE';

/** The dumps of the tenants of a database. */
export interface DumpsCostInput {
  /** One backup of all tenants. */
  readonly gib: number;
  readonly tenants: number;
  /** Number of tasks that dump at the same time. */
  readonly groups: number;
  /** Units of 1/1024 vCPU of a task. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** A database on RDS or Aurora. */
export interface DatabaseCostInput {
  readonly isAurora: boolean;
  readonly gib: number;
  /** Share of it that changes in a day: 0 to 1. */
  readonly changedShare: number;
  /** Whether RDS replicates its automated backups to the recovery Region. */
  readonly crossRegionBackups: boolean;
}

/** A cache. */
export interface CacheCostInput {
  readonly kind: CacheKind;
  /** One snapshot. */
  readonly gib: number;
  /** Days for which ElastiCache keeps its snapshots. */
  readonly snapshotRetentionDays: number;
  /** Whether there are save points beside the daily snapshot. */
  readonly savePoints: boolean;
}

/** What no configuration holds: how much there is. Each name is that of an option of `holdfast cost`. */
export interface CostSizes {
  /** Current versions in all protected buckets together. */
  readonly filesGib: number;
  /** Number of those. */
  readonly objects: number;
  /** Percent of them that are written within a month. */
  readonly newFilesPercent: number;
  /** Percent of what is written that takes the place of an earlier version. */
  readonly replacingPercent: number;
  /** Tenants of each database that is dumped. */
  readonly tenants: number;
  /** One backup of all tenants of a database. */
  readonly dumpGib: number;
  /** Each database on RDS or Aurora. */
  readonly databaseGib: number;
  /** Percent of such a database that changes in a day. */
  readonly changedPercent: number;
  /** One snapshot of each cache. */
  readonly cacheGib: number;
}

/** A middling platform; what is told where nobody says how much there is. */
export const DEFAULT_SIZES: CostSizes = {
  filesGib: 500,
  objects: 1_000_000,
  newFilesPercent: 5,
  replacingPercent: 10,
  tenants: 500,
  dumpGib: 50,
  databaseGib: 100,
  changedPercent: 3,
  cacheGib: 5,
};

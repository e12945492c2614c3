import type {
  BucketCostInput,
  CacheCostInput,
  CostInput,
  DatabaseCostInput,
  DumpsCostInput,
} from '../../../engine/contract/cost';
import { DEFAULT_RETENTION } from '../../../engine/contract/retention';

/** Nothing protected, from Virginia to Frankfurt, kept as by default. */
export const NOTHING: CostInput = {
  primaryRegion: 'us-east-1',
  recoveryRegion: 'eu-central-1',
  retention: DEFAULT_RETENTION.counts,
  files: { verifyEveryMinutes: 15, readCycleDays: 30, buckets: [] },
  dumps: [],
  databases: [],
  backupAudit: { controls: true, restoreTests: 0 },
  caches: [],
};

export const BUCKET: BucketCostInput = {
  gib: 100,
  objects: 200_000,
  newShare: 0.1,
  replacingShare: 0,
  source: {},
  replica: {},
};

export const DUMPS: DumpsCostInput = { gib: 10, tenants: 100, groups: 1, cpu: 1024, memoryMiB: 2048 };

export const DATABASE: DatabaseCostInput = { isAurora: false, gib: 100, changedShare: 0.02, crossRegionBackups: false };

export const CACHE: CacheCostInput = { kind: 'replicationGroup', gib: 2, snapshotRetentionDays: 7, savePoints: true };

/** One of everything. */
export const ONE_OF_EACH: CostInput = {
  ...NOTHING,
  files: { ...NOTHING.files, buckets: [BUCKET] },
  dumps: [DUMPS],
  databases: [DATABASE],
  caches: [CACHE],
};

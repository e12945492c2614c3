import type { CacheCostInput, CostInput } from '../contract/cost';
import { EXPORT_INTERVAL_MINUTES, PROBE_INTERVAL_SECONDS, steadySpacingSeconds } from '../contract/redis';
import { MONTH_DAYS, MONTH_HOURS, READ_MIB_PER_SECOND } from './assumptions';
import type { Usage } from './bill';
import { functionUsage } from './function-usage';
import { storedBackupsUsage, verifiedGib } from './stored-backups';

/** What the backups of caches use: snapshots, exports, both copies, the probe and the verification. */
export function cacheUsage(input: CostInput): Usage[] {
  return [...input.caches.flatMap((cache) => usageOf(cache, input)), ...verificationUsage(input)];
}

function usageOf(cache: CacheCostInput, input: CostInput): Usage[] {
  const { primaryRegion, recoveryRegion, retention } = input;
  const { gib } = cache;
  const part = 'caches';
  const exportCalls = (MONTH_HOURS * 60) / EXPORT_INTERVAL_MINUTES;
  return [
    {
      part,
      what: 'snapshots that ElastiCache keeps',
      region: primaryRegion,
      price: 'cacheBackup',
      quantity: gib * snapshotsKept(cache),
    },
    ...storedBackupsUsage({
      part,
      gib,
      objects: OBJECTS_OF_AN_EXPORT,
      writes: OBJECTS_OF_AN_EXPORT + gib * PARTS_OF_A_GIB,
      retention,
      primaryRegion,
      recoveryRegion,
    }),
    ...functionUsage({
      part,
      what: 'probe: function',
      region: primaryRegion,
      calls: (MONTH_HOURS * 3600) / PROBE_INTERVAL_SECONDS,
      seconds: (MONTH_HOURS * 3600) / PROBE_INTERVAL_SECONDS,
      memoryMiB: 256,
    }),
    ...functionUsage({
      part,
      what: 'exports: function',
      region: primaryRegion,
      calls: exportCalls,
      seconds: exportCalls * RUN_SECONDS + (gib * 1024 * MONTH_DAYS) / READ_MIB_PER_SECOND,
      memoryMiB: 1024,
    }),
  ];
}

/** A busy cache gets as many snapshots as its quota allows; each cache gets one a day. */
function snapshotsKept({ kind, snapshotRetentionDays, savePoints }: CacheCostInput): number {
  const aDay = savePoints ? 86_400 / steadySpacingSeconds(kind) : 0;
  return (1 + aDay) * snapshotRetentionDays;
}

/** The verification of all caches runs each hour. */
function verificationUsage({ caches, retention, primaryRegion }: CostInput): Usage[] {
  const readGib = caches.reduce((sum, { gib }) => sum + verifiedGib({ gib, retention }), 0);
  return caches.length === 0
    ? []
    : functionUsage({
        part: 'caches',
        what: 'verification: function',
        region: primaryRegion,
        calls: MONTH_HOURS,
        seconds: MONTH_HOURS * RUN_SECONDS * caches.length + (readGib * 1024) / READ_MIB_PER_SECOND,
        memoryMiB: 1024,
      });
}

/** A file, its manifest and the records of its proofs. */
const OBJECTS_OF_AN_EXPORT = 4;
const PARTS_OF_A_GIB = 128;
const RUN_SECONDS = 3;

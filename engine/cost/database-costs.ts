import { CONTINUOUS_DAYS } from '../contract/backup-plan';
import type { CostInput, DatabaseCostInput } from '../contract/cost';
import { MONTH_DAYS, MONTH_HOURS } from './assumptions';
import type { Usage } from './bill';
import { functionUsage } from './function-usage';
import { keptBackups } from './kept-backups';

/** What snapshots, logs and copies of databases use, and what AWS Backup does beside. */
export function databaseUsage(input: CostInput): Usage[] {
  const { databases } = input;
  return databases.length === 0
    ? []
    : [
        ...databases.flatMap((database) => backupUsage(database, input)),
        ...auditUsage(input),
        ...functionUsage({
          part: 'databases',
          what: 'verification: function',
          region: input.primaryRegion,
          calls: MONTH_HOURS,
          seconds: MONTH_HOURS * RUN_SECONDS * databases.length,
          memoryMiB: 512,
        }),
      ];
}

function backupUsage(database: DatabaseCostInput, input: CostInput): Usage[] {
  const { primaryRegion, recoveryRegion } = input;
  const { isAurora, gib, changedShare, crossRegionBackups } = database;
  const price = isAurora ? ('auroraBackup' as const) : ('rdsBackup' as const);
  const { snapshots, copies, copiedShare } = isAurora
    ? wholeSnapshots(input)
    : incrementalSnapshots(input, changedShare);
  const logs = gib * changedShare * CONTINUOUS_DAYS;
  const changed = gib * changedShare * MONTH_DAYS;
  const part = 'databases';
  const of = isAurora ? 'Aurora' : 'RDS';
  const automated: Usage[] = [
    { part, what: `${of}: automated backups, replicated`, region: recoveryRegion, price, quantity: gib + logs },
    {
      part,
      what: `${of}: automated backups, transfer`,
      region: primaryRegion,
      price: 'interRegionTransfer',
      quantity: changed,
    },
  ];
  return [
    { part, what: `${of}: continuous backup`, region: primaryRegion, price, quantity: logs },
    ...snapshots.map(({ label, times }) => ({
      part: 'databases' as const,
      what: `${of}: snapshots, ${label}`,
      region: primaryRegion,
      price,
      quantity: gib * times,
    })),
    ...copies.map(({ label, times }) => ({
      part: 'databases' as const,
      what: `${of}: copies in the recovery vault, ${label}`,
      region: recoveryRegion,
      price,
      quantity: gib * times,
    })),
    {
      part,
      what: `${of}: copies, transfer`,
      region: primaryRegion,
      price: 'interRegionTransfer',
      quantity: gib * copiedShare * MONTH_DAYS,
    },
    ...(crossRegionBackups ? automated : []),
  ];
}

/** How many times the size of a database its snapshots and copies take, by tier, and what share of it is copied each day. */
interface Multiples {
  readonly snapshots: readonly Multiple[];
  readonly copies: readonly Multiple[];
  readonly copiedShare: number;
}

interface Multiple {
  readonly label: string;
  readonly times: number;
}

/** Each snapshot of RDS holds what changed since the one before; so does a copy under the same key. */
function incrementalSnapshots({ retention }: CostInput, changedShare: number): Multiples {
  const changes = keptBackups(retention).map(({ tier, count, gapDays }) => ({
    label: tier,
    times: count * Math.min(1, changedShare * gapDays),
  }));
  const all = [{ label: 'the first, whole', times: 1 }, ...changes];
  return { snapshots: all, copies: all, copiedShare: Math.min(1, changedShare) };
}

/**
 * Snapshots of Aurora are whole; they cost nothing while they are younger than the continuous backup. Copies of them are always whole.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_CopySnapshot.html
 */
function wholeSnapshots({ retention }: CostInput): Multiples {
  const kept = keptBackups(retention);
  return {
    snapshots: kept.map(({ tier, count, keepDays }) => ({
      label: tier,
      times: (count * Math.max(0, keepDays - CONTINUOUS_DAYS)) / keepDays,
    })),
    copies: kept.map(({ tier, count }) => ({ label: tier, times: count })),
    copiedShare: 1,
  };
}

/** Each control is evaluated for each database each day. */
function auditUsage({ databases, backupAudit, primaryRegion }: CostInput): Usage[] {
  const { controls, restoreTests } = backupAudit;
  return [
    {
      part: 'databases',
      what: 'audit: controls',
      region: primaryRegion,
      price: 'controlEvaluation',
      quantity: controls ? CONTROLS * databases.length * MONTH_DAYS : 0,
    },
    {
      part: 'databases',
      what: 'restore tests',
      region: primaryRegion,
      price: 'restoreTest',
      quantity: restoreTests * databases.length,
    },
  ];
}

/** Number of controls of the framework. */
const CONTROLS = 7;
const RUN_SECONDS = 5;

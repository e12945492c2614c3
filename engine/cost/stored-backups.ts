import type { RetentionCounts } from '../contract/retention';
import { MONTH_DAYS } from './assumptions';
import type { CostPart, Usage } from './bill';
import { keptBackups, keptCount } from './kept-backups';

/** Backups that are sets of objects in a bucket of dumps, a whole one each day. */
export interface StoredBackups {
  readonly part: CostPart;
  /** One backup. */
  readonly gib: number;
  /** Objects of one backup. */
  readonly objects: number;
  /** Requests that write one backup. */
  readonly writes: number;
  readonly retention: RetentionCounts;
  readonly primaryRegion: string;
  readonly recoveryRegion: string;
}

/** What keeping, copying and verifying such backups uses. */
export function storedBackupsUsage(backups: StoredBackups): Usage[] {
  const { part, gib, objects, writes, retention, primaryRegion, recoveryRegion } = backups;
  const written = gib * MONTH_DAYS;
  const looks = objects * (MONTH_DAYS + (keptCount(retention) * MONTH_DAYS) / READ_CYCLE_DAYS);
  const storage = (what: string, region: string, longerDays: number): Usage[] =>
    keptBackups(retention, longerDays).map(({ tier, count }) => ({
      part,
      what: `storage of ${what}, ${tier}`,
      region,
      price: 's3Standard',
      quantity: count * gib,
    }));
  return [
    ...storage('backups', primaryRegion, 0),
    ...storage('replicas', recoveryRegion, REPLICA_KEEPS_LONGER_DAYS),
    { part, what: 'writing backups', region: primaryRegion, price: 's3Write', quantity: (writes * MONTH_DAYS) / 1000 },
    { part, what: 'replication: transfer', region: primaryRegion, price: 'interRegionTransfer', quantity: written },
    {
      part,
      what: 'replication: time control',
      region: primaryRegion,
      price: 'replicationTimeControl',
      quantity: written,
    },
    {
      part,
      what: 'replication: requests',
      region: recoveryRegion,
      price: 's3Write',
      quantity: (writes * MONTH_DAYS) / 1000,
    },
    // Of the backup its state and its bytes, of the replica its state.
    { part, what: 'verification: requests', region: primaryRegion, price: 's3Read', quantity: (2 * looks) / 1000 },
    { part, what: 'verification: requests', region: recoveryRegion, price: 's3Read', quantity: looks / 1000 },
  ];
}

/** GiB that verifications of such backups read in a month: each backup once when it is new, and all that are kept once a cycle. */
export function verifiedGib({ gib, retention }: Pick<StoredBackups, 'gib' | 'retention'>): number {
  return gib * (MONTH_DAYS + (keptCount(retention) * MONTH_DAYS) / READ_CYCLE_DAYS);
}

/** As the lifecycles of replicas have it, so that no replica loses what its source still lists. */
const REPLICA_KEEPS_LONGER_DAYS = 7;
/** Days within which every kept backup is read in full once. */
const READ_CYCLE_DAYS = 30;

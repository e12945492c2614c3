import type { BackupEntry } from '../catalog/backup-list';
import { BACKUP_AGE_LIMIT_SECONDS, type CacheFinding } from '../contract/redis';
import { type Retention, TIERS, type Tier } from '../contract/retention';
import { critical, hours } from './cache-finding';

/** Longest time from one backup of a tier to the next, in days; a backup comes a few hours late at most. */
const PERIOD_DAYS: Readonly<Record<Tier, number>> = { daily: 1, weekly: 7, monthly: 31, yearly: 366 };

/**
 * The tiers without a backup as young as their period. A backup of a longer tier stands for one of a shorter tier. A tier
 * is not late before a whole period has passed since the oldest backup.
 *
 * @param backups those that have a manifest, newest first.
 * @param now milliseconds since 1970.
 */
export function ageFindings(backups: readonly BackupEntry[], retention: Retention, now: number): CacheFinding[] {
  const oldest = backups.at(-1);
  if (oldest === undefined) {
    return [
      critical(
        'backupLate',
        'There is no exported backup. HINT: the first one comes within a day; if none does, read the log of the function export-redis.',
      ),
    ];
  }
  return retention.tiers.flatMap((tier) => {
    const limit = (PERIOD_DAYS[tier] - 1) * 86_400 + BACKUP_AGE_LIMIT_SECONDS;
    const asLong = TIERS.slice(0, TIERS.indexOf(tier) + 1);
    const newest = backups.find((backup) => asLong.includes(backup.tier)) ?? oldest;
    const age = (now - newest.at.getTime()) / 1000;
    if (age <= limit) {
      return [];
    }
    return [
      critical(
        tier === 'daily' ? 'backupLate' : 'tierLate',
        `The newest ${tier} backup was made ${hours(age)} ago, must be every ${hours(limit)}. HINT: read the log of the function export-redis.`,
      ),
    ];
  });
}

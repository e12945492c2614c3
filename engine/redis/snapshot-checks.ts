import { type CacheFinding, type CacheTarget, longestDailyIntervalSeconds } from '../contract/redis';
import { critical, hours, warning } from './cache-finding';
import type { CacheSnapshot, SnapshotSettings } from './cache-service';

/** Whether automatic snapshots are taken and kept as configured. */
export function settingFindings(target: CacheTarget, { retentionDays, window }: SnapshotSettings): CacheFinding[] {
  const { id, kind, snapshotRetentionDays, snapshotWindow } = target;
  if (retentionDays === 0) {
    return [
      critical(
        'snapshotsOff',
        `Automatic snapshots of ${id} are switched off, must be kept for ${snapshotRetentionDays} days. HINT: set its snapshot retention.`,
      ),
    ];
  }
  const findings: CacheFinding[] = [];
  if (retentionDays !== snapshotRetentionDays) {
    findings.push(
      warning(
        'drift',
        `${id} keeps automatic snapshots for ${retentionDays} days, configured are ${snapshotRetentionDays}. HINT: set the one like the other.`,
      ),
    );
  }
  // A serverless cache has a time of day instead of a window.
  const configured = kind === 'serverless' ? snapshotWindow.slice(0, 5) : snapshotWindow;
  if (window !== configured) {
    findings.push(
      warning(
        'drift',
        `${id} takes automatic snapshots at ${window ?? 'a time of its own'} UTC, configured is ${configured}. HINT: set the one like the other.`,
      ),
    );
  }
  return findings;
}

/** Seconds since the newest complete snapshot; undefined when there is none. */
export function snapshotAgeSeconds(snapshots: readonly CacheSnapshot[], now: number): number | undefined {
  const times = snapshots.flatMap(({ status, createdAt }) =>
    (status === 'available' || status === 'inUse') && createdAt !== undefined ? [createdAt.getTime()] : [],
  );
  return times.length === 0 ? undefined : Math.max(0, (now - Math.max(...times)) / 1000);
}

/** Whether there is a snapshot as young as the automatic one of each day makes it; what save points promise, the probe tells. */
export function snapshotAgeFindings({ id, snapshotWindow }: CacheTarget, age: number | undefined): CacheFinding[] {
  const limit = longestDailyIntervalSeconds(snapshotWindow);
  if (age !== undefined && age <= limit) {
    return [];
  }
  const what = age === undefined ? 'has no complete snapshot' : `was last saved ${hours(age)} ago`;
  return [
    critical(
      'snapshotLate',
      `${id} ${what}, must be every ${hours(limit)}. HINT: look at the backups of the cache in ElastiCache and at its events, and take one by hand.`,
    ),
  ];
}

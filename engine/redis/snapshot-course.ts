import { type CacheTarget, QUOTA_WINDOW_SECONDS, SNAPSHOT_NAME_FORM } from '../contract/redis';
import type { CacheSnapshot } from './cache-service';
import type { KnownSnapshot, ProbeState } from './probe-state';
import type { SnapshotSituation } from './save-points';

/** Time after which a snapshot that was asked for must be listed. */
const LISTED_AFTER_MS = 300_000;

/**
 * What is known of the snapshots of a cache after a new look at them. A snapshot that is seen for the first time is taken to hold
 * what had changed until the probe before it, so that nothing that is not in it passes for saved.
 *
 * @param before undefined at the first probe.
 * @param now milliseconds since 1970.
 */
export function followSnapshots(
  before: ProbeState | undefined,
  listed: readonly CacheSnapshot[],
  now: number,
): KnownSnapshot[] {
  const known = new Map(before?.snapshots.map((snapshot) => [snapshot.name, snapshot]));
  const followed = listed.flatMap((snapshot) => {
    const earlier = known.get(snapshot.name);
    known.delete(snapshot.name);
    return earlier === undefined
      ? firstSight(snapshot, before, now)
      : [{ ...earlier, status: statusOf(snapshot, earlier) }];
  });
  const unlisted = [...known.values()].map((snapshot) => ({ ...snapshot, status: statusUnlisted(snapshot, now) }));
  const all = [...followed, ...unlisted];
  const newest = newestOf(all, ['saved']);
  const oldest = now - QUOTA_WINDOW_SECONDS * 1000;
  return all.filter((snapshot) => snapshot === newest || Date.parse(snapshot.at) > oldest);
}

/** The newest snapshot in one of some states. */
export function newestOf(
  snapshots: readonly KnownSnapshot[],
  statuses: readonly KnownSnapshot['status'][],
): KnownSnapshot | undefined {
  return snapshots
    .filter(({ status }) => statuses.includes(status))
    .reduce<KnownSnapshot | undefined>(
      (left, right) => (left !== undefined && left.at >= right.at ? left : right),
      undefined,
    );
}

/** States of snapshots that hold the data, or are about to. */
const HOLDING = ['tried', 'creating', 'saved'] as const;

/** Whether a snapshot is being taken, so that no other can be. */
export const isUnderWay = (snapshots: readonly KnownSnapshot[]): boolean =>
  newestOf(snapshots, ['tried', 'creating']) !== undefined;

/**
 * What the decision about the next snapshot is made on.
 *
 * @param total changes since counting began.
 */
export function situationOf(
  { kind, savePoints }: Pick<CacheTarget, 'kind' | 'savePoints'>,
  snapshots: readonly KnownSnapshot[],
  total: number,
  now: number,
): SnapshotSituation {
  const newest = newestOf(snapshots, HOLDING);
  const isOwn = ({ isOwn: own, status }: KnownSnapshot) => own && status !== 'failed';
  const timesOf = (some: readonly KnownSnapshot[]) => some.map(({ at }) => Date.parse(at));
  const failures = snapshots.filter(
    ({ isOwn: own, status, at }) => own && status === 'failed' && at > (newest?.at ?? ''),
  );
  return {
    kind,
    rules: savePoints,
    now,
    changes: total - (newest?.mark ?? 0),
    savedAt: newest && Date.parse(newest.at),
    own: timesOf(snapshots.filter(isOwn)),
    others: timesOf(snapshots.filter((snapshot) => snapshot.isManual && !isOwn(snapshot))),
    failed: failures.length === 0 ? undefined : { count: failures.length, lastAt: Math.max(...timesOf(failures)) },
  };
}

/** One that has failed before it was ever seen was no failure of Holdfast's tries. */
function firstSight(snapshot: CacheSnapshot, before: ProbeState | undefined, now: number): KnownSnapshot[] {
  if (snapshot.status === 'unusable') {
    return [];
  }
  const at = (snapshot.createdAt ?? new Date(now)).toISOString();
  return [
    {
      name: snapshot.name,
      at,
      mark: markOf(at, before),
      isOwn: snapshot.isManual && SNAPSHOT_NAME_FORM.test(snapshot.name),
      isManual: snapshot.isManual,
      status: snapshot.status === 'creating' ? 'creating' : 'saved',
    },
  ];
}

/** The total that was reached for certain when a snapshot was begun. */
function markOf(at: string, before: ProbeState | undefined): number {
  if (before === undefined) {
    return 0;
  }
  if (at >= before.probedAt) {
    return before.count.total;
  }
  return Math.max(0, ...before.snapshots.filter((earlier) => earlier.at <= at).map(({ mark }) => mark));
}

function statusOf({ status }: CacheSnapshot, earlier: KnownSnapshot): KnownSnapshot['status'] {
  switch (status) {
    case 'creating':
      return 'creating';
    case 'unusable':
      return earlier.status === 'saved' || earlier.status === 'deleted' ? 'deleted' : 'failed';
    default:
      return 'saved';
  }
}

function statusUnlisted({ status, at }: KnownSnapshot, now: number): KnownSnapshot['status'] {
  switch (status) {
    case 'tried':
      return now - Date.parse(at) < LISTED_AFTER_MS ? 'tried' : 'failed';
    case 'creating':
      return 'failed';
    case 'saved':
      return 'deleted';
    default:
      return status;
  }
}

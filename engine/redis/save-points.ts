import {
  type CacheKind,
  QUOTA_SHARES,
  QUOTA_WINDOW_SECONDS,
  RETRY_SECONDS,
  type SavePointRule,
  SNAPSHOTS_PER_DAY,
  steadySpacingSeconds,
} from '../contract/redis';

/** What is known of a cache when it is decided whether a snapshot is taken. Times in milliseconds since 1970. */
export interface SnapshotSituation {
  readonly kind: CacheKind;
  readonly rules: readonly SavePointRule[];
  readonly now: number;
  /** Changes since the newest snapshot began. */
  readonly changes: number;
  /** When the newest snapshot began, whoever took it; undefined before the first. */
  readonly savedAt: number | undefined;
  /** When Holdfast began snapshots, those that failed not among them. Older ones than a day do no harm. */
  readonly own: readonly number[];
  /** When others began snapshots by hand, and when tries failed: whether those count towards the quota, AWS does not say. */
  readonly others: readonly number[];
  /** Tries that failed since the last that succeeded. */
  readonly failed: { readonly count: number; readonly lastAt: number } | undefined;
}

/** What is decided, and why. */
export type SnapshotDecision =
  /** Take one. */
  | 'due'
  /** No save point is met. */
  | 'notDue'
  /** A try has failed a short while ago. */
  | 'afterFailure'
  /** A save point is met, and the steady ones need what is left of the quota. */
  | 'spaced'
  /** A save point is met, and others have used up the quota. */
  | 'noQuota';

/**
 * Decides whether a snapshot is to be taken now, so that the quota of the service is never exceeded and the longest interval
 * that `longestIntervalSeconds` promises is kept, whatever the load does from now on.
 *
 * A snapshot that comes a steady spacing after the last is always affordable. One that comes sooner is taken if every
 * steady one of the next 24 hours stays affordable after it. The save point with the fewest changes, which a busy cache meets all
 * the time, comes sooner on quiet days only, and leaves the early share to the others, which tell of a burst.
 */
export function decideSnapshot(situation: SnapshotSituation): SnapshotDecision {
  const { kind, now, savedAt, failed } = situation;
  const met = situation.rules.filter((rule) => isMet(rule, situation));
  if (met.length === 0) {
    return 'notDue';
  }
  if (failed !== undefined && now - failed.lastAt < pauseAfter(failed.count, kind)) {
    return 'afterFailure';
  }
  const budget = ownBudget(situation);
  const own = situation.own.filter((at) => at > now - WINDOW_MS);
  if (own.length >= budget) {
    return 'noQuota';
  }
  const spacing = steadySpacingSeconds(kind) * 1000;
  if (savedAt === undefined || now - savedAt >= spacing) {
    return 'due';
  }
  const surest = Math.min(...situation.rules.map(({ changes }) => changes));
  const isBurst = met.some(({ changes }) => changes > surest);
  const isQuietDay = own.length < budget - 2 * QUOTA_SHARES.early;
  return (isBurst || isQuietDay) && steadyFits(own, now, spacing, budget) ? 'due' : 'spaced';
}

const WINDOW_MS = QUOTA_WINDOW_SECONDS * 1000;

function isMet({ changes, seconds }: SavePointRule, { changes: made, now, savedAt }: SnapshotSituation): boolean {
  return made >= changes && (savedAt === undefined || now - savedAt >= seconds * 1000);
}

/** More failures than are reserved for are no accident: the quota is not spent on trying. */
function pauseAfter(failures: number, kind: CacheKind): number {
  return (failures <= QUOTA_SHARES.reserved ? RETRY_SECONDS : steadySpacingSeconds(kind)) * 1000;
}

/** Snapshots that Holdfast may take within 24 hours. */
function ownBudget({ kind, others, now }: SnapshotSituation): number {
  const taken = others.filter((at) => at > now - WINDOW_MS).length;
  return SNAPSHOTS_PER_DAY[kind] - Math.max(QUOTA_SHARES.reserved, taken);
}

/** Whether after a snapshot now the steady ones, each a spacing after the one before, find room for a whole day. */
function steadyFits(own: readonly number[], now: number, spacing: number, budget: number): boolean {
  const steps = Math.ceil(WINDOW_MS / spacing);
  for (let step = 0; step <= steps; step += 1) {
    const windowStart = now + step * spacing - WINDOW_MS;
    const old = own.filter((at) => at > windowStart).length;
    const coming = Math.min(step + 1, Math.ceil(WINDOW_MS / spacing));
    if (old + coming > budget) {
      return false;
    }
  }
  return true;
}

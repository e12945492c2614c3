import type { ObjectVersion } from './listing-page';

/** How far the current reading cycle has come. One cycle reads every version of the replica in full once. */
export interface ReadingCycle {
  /** When the cycle began; an ISO 8601 instant. */
  readonly startedAt: string;
  /** Share of all versions read so far, from 0 up to but not including 1. */
  readonly cursor: number;
}

/** The versions that one proof reads in full: those whose place lies in [from, to). */
export interface ReadingShare {
  readonly from: number;
  readonly to: number;
}

/**
 * Most bytes that one proof plans to read in full. At the 60 MB/s to 80 MB/s of a Lambda function this takes about five
 * minutes of its fifteen; with hourly proofs it reads 15 TB in 30 days.
 */
export const READING_BUDGET_BYTES = 20 * 1024 ** 3;

const DAY_MS = 86_400_000;

/**
 * The share that a proof has to read to keep pace with the cycle: up to the elapsed part of the cycle, however often
 * proofs run. After down time it catches up, but never by more than what {@link READING_BUDGET_BYTES} holds.
 *
 * @param now milliseconds since 1970.
 * @param totalBytes bytes of all versions, as the last proof counted them.
 */
export function planReading(cycle: ReadingCycle, now: number, readCycleDays: number, totalBytes: number): ReadingShare {
  const due = Math.min(1, (now - Date.parse(cycle.startedAt)) / (readCycleDays * DAY_MS));
  const affordable = cycle.cursor + (totalBytes > 0 ? READING_BUDGET_BYTES / totalBytes : 1);
  return { from: cycle.cursor, to: Math.max(cycle.cursor, Math.min(due, affordable, 1)) };
}

/**
 * The cycle after a proof has read its share. A finished cycle is followed by the next one on schedule, or by one that
 * begins now when a whole cycle was lost.
 */
export function advanceCycle(
  cycle: ReadingCycle,
  share: ReadingShare,
  now: number,
  readCycleDays: number,
): ReadingCycle {
  if (share.to < 1) {
    return { startedAt: cycle.startedAt, cursor: share.to };
  }
  const end = Date.parse(cycle.startedAt) + readCycleDays * DAY_MS;
  const isOnSchedule = now - end < readCycleDays * DAY_MS;
  return { startedAt: new Date(isOnSchedule ? end : now).toISOString(), cursor: 0 };
}

/** Whether a version belongs to a share. A version keeps its place for life. */
export function isInShare(version: ObjectVersion, share: ReadingShare): boolean {
  if (share.from >= share.to) {
    return false;
  }
  const place = placeInCycle(version.key, version.versionId);
  return place >= share.from && place < share.to;
}

/** Spreads versions evenly over [0, 1): FNV-1a over the UTF-16 code units, with the finaliser of MurmurHash3. */
export function placeInCycle(key: string, versionId: string): number {
  let hash = addToHash(addToHash(0x811c9dc5, key), versionId);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function addToHash(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

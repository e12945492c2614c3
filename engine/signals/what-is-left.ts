import type { CacheFindingKind, CacheResult } from '../contract/redis';
import type { DatabaseResult } from '../contract/verify-database';
import type { ProofState } from '../files/proof-state';

/**
 * What whoever is paged asks first: what can still be restored, and from when. One or two sentences for the text of a page; moments are
 * in UTC, to the minute.
 */

/** What is left of the files of a bucket, from what its proofs have established. @param state absent when it could not be read. */
export function filesLeft(state: ProofState | undefined): string {
  if (state?.lastCompleted === undefined) {
    return UNKNOWN;
  }
  const { lastCompleted, proved } = state;
  const but = lastCompleted.outcome === 'damaged' ? ', but for what the report names' : '';
  return `Still restorable: what was written before ${moment(lastCompleted.recoveryPoint)}${but} (${filesProof(proved)}).`;
}

/**
 * What is left of a database that RDS and AWS Backup keep.
 *
 * @param now when it was looked at, in milliseconds since 1970.
 */
export function databaseLeft({ rpoSeconds, ageSeconds, presentAgeSeconds }: DatabaseResult, now: number): string {
  const ages = Object.values(ageSeconds);
  const since = presentAgeSeconds === undefined ? '' : ` Last in order ${moment(now - presentAgeSeconds * 1000)}.`;
  const choices = [
    ...(rpoSeconds === undefined ? [] : [`any moment up to ${moment(now - rpoSeconds * 1000)}`]),
    ...(ages.length === 0 ? [] : [`the recovery point of ${moment(now - Math.min(...ages) * 1000)}`]),
  ];
  return choices.length === 0 ? `${UNKNOWN}${since}` : `Still restorable: ${choices.join(', or ')}.${since}`;
}

/**
 * What is left of a cache: its exported backups, and the snapshots that ElastiCache itself keeps.
 *
 * @param now when it was looked at, in milliseconds since 1970.
 */
export function cacheLeft(result: CacheResult, now: number): string {
  const { backupAgeSeconds, lastSaveSeconds } = result;
  const choices = [
    ...(backupAgeSeconds === undefined ? [] : [backupLeft(result, now - backupAgeSeconds * 1000)]),
    ...(lastSaveSeconds === undefined ? [] : [`ElastiCache's snapshot of ${moment(now - lastSaveSeconds * 1000)}`]),
  ];
  return choices.length === 0 ? UNKNOWN : `Still restorable: ${choices.join(', or ')}.`;
}

const UNKNOWN = 'What can still be restored is not known.';

/** To the minute, as people read it in the middle of the night. */
const moment = (at: string | number): string => new Date(at).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');

function filesProof({ present, intact }: ProofState['proved']): string {
  if (present === undefined) {
    return 'never proved whole';
  }
  return intact === undefined
    ? `proved to be there ${moment(present)}, not read yet`
    : `proved to be there ${moment(present)}, and intact ${moment(intact)}`;
}

/** Findings that may be about the newest backup itself, so that an earlier proof says nothing of it. */
const DOUBTS: readonly CacheFindingKind[] = ['damaged', 'wrongKey', 'unknown'];

/** A proof made after the moment that the newest backup shows is of that backup, unless something speaks against it. */
function backupLeft({ findings, intactAt }: CacheResult, backupAt: number): string {
  const isDoubted = findings.some(({ kind, isCritical }) => isCritical && DOUBTS.includes(kind));
  if (intactAt === undefined) {
    return `the backup of ${moment(backupAt)} (not proved intact)`;
  }
  return isDoubted || Date.parse(intactAt) < backupAt
    ? `the backup that was proved intact ${moment(intactAt)} (the newest, of ${moment(backupAt)}, is not)`
    : `the backup of ${moment(backupAt)} (proved intact ${moment(intactAt)})`;
}

import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { type Finding, FindingKind } from '../contract/verify-files';
import type { ObjectVersion } from './listing-page';
import { headVersion } from './stored-version';
import type { Bucket } from './version-listing';

/** What is known when a version turns out to be absent from the replica. All times in milliseconds since 1970. */
export interface AbsenceScope {
  readonly source: Bucket;
  readonly replica: Bucket;
  readonly signal: AbortSignal;
  /** When this proof began. */
  readonly startedAt: number;
  /** An earlier proof found everything written before this moment in the replica; absent before the first proof. */
  readonly provenUntil: number | undefined;
  /** When the first proof of the target began: what is older may have been there before replication. */
  readonly firstProofAt: number;
}

/** What an absent version means. */
export interface Absence {
  /** When the version was written, in milliseconds since 1970; absent when it is gone from the source as well. */
  readonly absentSince?: number;
  /** Absent while the version may still be on its way. */
  readonly finding?: Finding;
  /** The version is too old to count as new when it comes, so that the next proof must be told to look at it. */
  readonly isAwaited?: boolean;
}

/** How an absence may be explained. */
export interface AbsenceHelp {
  /** Whether the replication status may be read; without it only times decide. */
  readonly mayAsk: boolean;
  /** When a proof first awaited this version, in milliseconds since 1970; absent when none has. */
  readonly awaitedSince: number | undefined;
}

/**
 * Says why a version of the source is not in the replica. One that an earlier proof saw there is lost; one that is young
 * is on its way; of any other S3 knows how far replication came.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 */
export async function explainAbsence(version: ObjectVersion, scope: AbsenceScope, help: AbsenceHelp): Promise<Absence> {
  if (isOnItsWay(version, scope)) {
    return { absentSince: version.lastModified };
  }
  if (version.isDeleteMarker) {
    return { absentSince: version.lastModified, finding: deleteMarkerMissing(version, scope) };
  }
  const absence = { absentSince: version.lastModified, isAwaited: true };
  if (!help.mayAsk) {
    return { ...absence, finding: missing(version, scope, 'replication status was not read') };
  }
  const head = await headVersion(scope.source, version, scope.signal);
  if (head === undefined) {
    return {};
  }
  const status = head.ReplicationStatus;
  if (status === 'PENDING' && mayBeDatedEarly(version, scope) && !isOverdue(help.awaitedSince, scope)) {
    return absence;
  }
  if (status === 'COMPLETED' && (await headVersion(scope.replica, version, scope.signal)) !== undefined) {
    // Copied since the replica was listed.
    return { isAwaited: true };
  }
  const known = status === undefined ? 'no replication status' : `replication status ${status}`;
  return { ...absence, finding: missing(version, scope, known, status) };
}

/** Whether explaining the absence of a version takes a request. */
export function takesRequest(version: ObjectVersion, scope: AbsenceScope): boolean {
  return !version.isDeleteMarker && !isOnItsWay(version, scope);
}

/** Whether a version that is not in the replica is too young to be missed there. */
export function isOnItsWay(version: ObjectVersion, scope: AbsenceScope): boolean {
  return !wasInReplica(version, scope) && ageSeconds(version, scope) < REPLICATION_DELAY_SECONDS;
}

function wasInReplica(version: ObjectVersion, { provenUntil }: AbsenceScope): boolean {
  return provenUntil !== undefined && version.lastModified < provenUntil;
}

function ageSeconds(version: ObjectVersion, { startedAt }: AbsenceScope): number {
  return Math.round((startedAt - version.lastModified) / 1000);
}

/**
 * A multipart upload carries the moment it was initiated, which may lie hours before it was completed and replication
 * could begin. The lag tells of it; a finding would be wrong until it {@link isOverdue}.
 */
function mayBeDatedEarly(version: ObjectVersion, scope: AbsenceScope): boolean {
  return wasInReplica(version, scope) || /-\d+$/.test(version.etag);
}

/** Whether a version whose own date says nothing has been awaited for longer than replication may take. */
function isOverdue(awaitedSince: number | undefined, { startedAt }: AbsenceScope): boolean {
  return awaitedSince !== undefined && startedAt - awaitedSince >= REPLICATION_DELAY_SECONDS * 1000;
}

function missing(version: ObjectVersion, scope: AbsenceScope, known: string, status?: string): Finding {
  const identity = { key: version.key, versionId: version.versionId };
  const written = `Written ${new Date(version.lastModified).toISOString()}`;
  const wasNeverCopied = status === 'PENDING' || status === 'FAILED';
  if (wasInReplica(version, scope) && !wasNeverCopied) {
    const detail = `${written}, found in the replica by an earlier proof, now absent; ${known}. HINT: look in CloudTrail for who deleted it from the replica, and copy it again with S3 Batch Replication.`;
    return { kind: FindingKind.MISSING, ...identity, detail };
  }
  if (status === undefined && version.lastModified < scope.firstProofAt) {
    const detail = `${written}, before the first proof, and never copied; ${known}. HINT: one S3 Batch Replication job copies what was there before replication.`;
    return { kind: FindingKind.BEFORE_REPLICATION, ...identity, detail };
  }
  const detail = `${written}, absent after ${ageSeconds(version, scope)} s (limit ${REPLICATION_DELAY_SECONDS} s); ${known}. HINT: see the replication rule and role, then copy it with S3 Batch Replication.`;
  return { kind: FindingKind.MISSING, ...identity, detail };
}

function deleteMarkerMissing(version: ObjectVersion, scope: AbsenceScope): Finding {
  const written = new Date(version.lastModified).toISOString();
  const detail = `Deleted in the source ${written}, ${ageSeconds(version, scope)} s before the proof; the replica does not know. HINT: see that the replication rule copies delete markers, then delete the key in the replica.`;
  return { kind: FindingKind.DELETE_MARKER_MISSING, key: version.key, versionId: version.versionId, detail };
}

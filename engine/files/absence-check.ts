import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { type Finding, FindingKind } from '../contract/verify-files';
import type { ObjectVersion } from './listing-page';
import { headVersion } from './stored-version';
import type { Bucket } from './version-listing';

/** What is known when a version turns out to be absent from the replica. All times in milliseconds since 1970. */
export interface AbsenceScope {
  readonly source: Bucket;
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
}

/**
 * Says why a version of the source is not in the replica. One that an earlier proof saw there is lost; one that is young
 * is on its way; of any other S3 knows how far replication came.
 *
 * @param mayAsk whether the replication status may be read; without it only times decide.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 */
export async function explainAbsence(version: ObjectVersion, scope: AbsenceScope, mayAsk: boolean): Promise<Absence> {
  if (isOnItsWay(version, scope)) {
    return { absentSince: version.lastModified };
  }
  if (version.isDeleteMarker) {
    return { absentSince: version.lastModified, finding: deleteMarkerMissing(version, scope) };
  }
  if (!mayAsk) {
    return { absentSince: version.lastModified, finding: missing(version, scope, 'replication status was not read') };
  }
  const head = await headVersion(scope.source, version, scope.signal);
  if (head === undefined) {
    return {};
  }
  if (head.ReplicationStatus === 'PENDING' && (wasInReplica(version, scope) || isMultipart(version))) {
    return { absentSince: version.lastModified };
  }
  const status = head.ReplicationStatus;
  return {
    absentSince: version.lastModified,
    finding: missing(
      version,
      scope,
      status === undefined ? 'no replication status' : `replication status ${status}`,
      status,
    ),
  };
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
 * could begin. The lag tells of it; a finding would be wrong.
 */
function isMultipart(version: ObjectVersion): boolean {
  return /-\d+$/.test(version.etag);
}

function missing(version: ObjectVersion, scope: AbsenceScope, known: string, status?: string): Finding {
  const identity = { key: version.key, versionId: version.versionId };
  const written = `Written ${new Date(version.lastModified).toISOString()}`;
  if (wasInReplica(version, scope)) {
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

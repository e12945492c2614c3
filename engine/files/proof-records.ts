import type { S3Client } from '@aws-sdk/client-s3';
import { type ProofFinding, ProofOutcome, type ProofRecord, ProofSystem, proofsPrefix } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { FindingKind, type TargetResult } from '../contract/verify-files';
import { ObjectExistsError } from '../objects/object-error';
import { type ProvedFacts, proofRecord, UNKNOWN_KIND, writeProofRecord } from '../proofs/write-record';
import { tryAll } from '../signals/raise-alarm';
import type { ProofState } from './proof-state';
import type { EndedProof, VerifiedTarget } from './verify-files';

/**
 * Writes a record of each target whose proof ended or failed: one for each level that it says something about. A proof that goes on in
 * the next run has none yet.
 *
 * @param bucket of the proofs.
 * @param at when the run ended.
 * @throws Error when a record cannot be written; it keeps no other from being tried.
 */
export async function writeFilesRecords(
  s3: S3Client,
  bucket: string,
  targets: readonly VerifiedTarget[],
  at: Date,
): Promise<void> {
  const records = targets.flatMap((target) => filesRecords(target, bucket, at));
  await tryAll(records.map((record) => () => writeOnce(s3, bucket, record)));
}

/** The records of one target. */
export function filesRecords({ result, state, ended }: VerifiedTarget, bucket: string, at: Date): ProofRecord[] {
  if (result.outcome === 'failed') {
    return failedRecords(result, state, at);
  }
  return ended === undefined || state?.lastCompleted === undefined
    ? []
    : endedRecords(result, ended, state.lastCompleted, bucket, at);
}

/** Of a failure nobody knows how far the proof would have gone: it counts at each level. */
function failedRecords({ resource, error = '' }: TargetResult, state: ProofState | undefined, at: Date): ProofRecord[] {
  const facts = {
    system: ProofSystem.FILES,
    resource,
    outcome: ProofOutcome.FAILED,
    startedAt: state?.unfinished ? new Date(state.unfinished.startedAt) : at,
    finishedAt: at,
    findings: [{ kind: UNKNOWN_KIND, isCritical: true, detail: error }],
  };
  return [ProofLevel.PRESENT, ProofLevel.INTACT].map((level) => proofRecord({ ...facts, level }));
}

function endedRecords(
  result: TargetResult,
  { isPresent, isIntact, compared, bytesRead }: EndedProof,
  { startedAt, recoveryPoint }: NonNullable<ProofState['lastCompleted']>,
  bucket: string,
  at: Date,
): ProofRecord[] {
  const record = (level: ProofLevel, isProved: boolean, kinds: readonly FindingKind[], looked: Partial<ProvedFacts>) =>
    proofRecord({
      system: ProofSystem.FILES,
      resource: result.resource,
      level,
      outcome: isProved ? ProofOutcome.PROVED : ProofOutcome.DAMAGED,
      startedAt: new Date(startedAt),
      finishedAt: at,
      backupAt: recoveryPoint,
      restorableAt: recoveryPoint,
      ...looked,
      ...findingsOf(result, kinds),
      ...(result.reportKey !== undefined && { report: `s3://${bucket}/${result.reportKey}` }),
    });
  const { versions: objects, bytes, replicationLagSeconds } = result;
  return [
    record(ProofLevel.PRESENT, isPresent, PRESENCE_KINDS, { bytes, objects, replicationLagSeconds }),
    ...(isIntact === undefined
      ? []
      : [record(ProofLevel.INTACT, isIntact, Object.values(FindingKind), { bytes: bytesRead, objects: compared })]),
  ];
}

/** What says that something is not there, or not as it should be, from the listings alone. */
const PRESENCE_KINDS = Object.values(FindingKind).filter((kind) => kind !== FindingKind.CHECKSUM_MISMATCH);

/** One finding a kind, without the keys of files: records are shown to more people than reports. */
function findingsOf(
  { findings, versions }: TargetResult,
  kinds: readonly FindingKind[],
): { findings: ProofFinding[]; findingCount: number } {
  const counted = kinds.map((kind) => ({ kind, count: findings[kind] ?? 0 })).filter(({ count }) => count > 0);
  return {
    findings: counted.map(({ kind, count }) => ({
      kind,
      isCritical: true,
      detail: `${count} of ${versions} versions: ${MEANINGS[kind]}`,
    })),
    findingCount: counted.reduce((sum, { count }) => sum + count, 0),
  };
}

const MEANINGS: Readonly<Record<FindingKind, string>> = {
  missing: 'in the source, and not in the replica',
  beforeReplication: 'in the source since before replication began, and never copied',
  deleteMarkerMissing: 'delete markers of the source that the replica does not have',
  differentSize: 'of another size in the replica',
  differentVersion: 'in the replica, in a place where the source has none',
  wrongKey: 'in the replica under another key than the expected one',
  checksumMismatch: 'with other bytes in the replica than in the source',
};

/** That a proof failed is recorded once, however many of its runs fail. */
async function writeOnce(s3: S3Client, bucket: string, record: ProofRecord): Promise<void> {
  const { system, resource, level, outcome } = record;
  try {
    await writeProofRecord(s3, bucket, proofsPrefix(system, resource, level), record);
  } catch (error) {
    if (!(error instanceof ObjectExistsError) || outcome !== ProofOutcome.FAILED) {
      throw error;
    }
  }
}

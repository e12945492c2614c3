import { setMaxListeners } from 'node:events';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { FilesTarget, FindingKind, Matching, TargetOutcome } from '../contract/verify-files';
import { joinByContent, joinByVersionId } from './merge-join';
import {
  beginProof,
  completeProof,
  leaseState,
  proofIdAt,
  recoveryPointOf,
  releaseState,
  suspendProof,
} from './proof-course';
import {
  type Checkpoint,
  type ProofState,
  readState,
  StateTakenError,
  type StoredState,
  writeState,
} from './proof-state';
import { resolveReplicaKey } from './replica-key';
import { ReportWriter } from './report';
import { TargetComparison } from './target-comparison';
import { type Bucket, VersionListing } from './version-listing';

/** What a run needs to go on with the proof of one target. */
export interface ProofRequest {
  readonly target: FilesTarget;
  readonly source: Bucket;
  readonly replica: Bucket;
  readonly proofs: Bucket;
  /** Client of the replica's Region. */
  readonly kms: KMSClient;
  readonly matching: Matching;
  readonly readCycleDays: number;
  /** When to stop, in milliseconds since 1970. Finishing takes up to {@link FINISHING_MS} more. */
  readonly deadline: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a run achieved on one target. */
export interface ProofRun {
  readonly outcome: TargetOutcome;
  readonly proofId: string;
  /** What the proof counted so far; absent when it did not get that far. */
  readonly progress?: Checkpoint['progress'];
  /** When the proof began, in milliseconds since 1970; absent as `progress` is. */
  readonly startedAt?: number;
  /** Key of the report's summary; present once the proof has ended. */
  readonly reportKey?: string;
  /** What this and earlier proofs established; absent when the state could not be read. */
  readonly state?: ProofState;
  /** Why the run failed. */
  readonly error?: string;
}

/** Time between the deadline and the end of a run: checks under way end, the checkpoint is written. */
export const FINISHING_MS = 60_000;

/** Of that, the time that reading in full may take; what is not read by then counts as unread. */
const READING_GRACE_MS = 20_000;

/**
 * Proves that the replica of a target holds what its source holds, or goes on with an unfinished proof.
 *
 * A run takes a lease on the state before it works. A second run of the same target, such as a retry of an invocation
 * that still works, finds the lease and leaves the proof alone. The lease of a run that died ends by itself.
 *
 * @returns `failed` with the reason instead of throwing, so that one target never keeps others from being proved.
 */
export async function proveTarget(request: ProofRequest): Promise<ProofRun> {
  let state: ProofState | undefined;
  try {
    const stored = await readState(request.proofs, request.target.resource);
    state = stored.state;
    return await runWithLease(request, stored);
  } catch (error) {
    return {
      outcome: 'failed',
      proofId: state?.unfinished?.proofId ?? proofIdAt(request.now()),
      ...(state && { state }),
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

async function runWithLease(request: ProofRequest, stored: StoredState): Promise<ProofRun> {
  const { proofs, target, now } = request;
  const begun = beginProof(stored.state, now(), request.readCycleDays);
  const { lease } = begun.state;
  if (lease !== undefined && Date.parse(lease.until) > now()) {
    return runOf('unfinished', lease.proofId, begun.state.unfinished, begun.state);
  }
  const leased = leaseState(begun, request.deadline + FINISHING_MS);
  let etag: string | undefined;
  try {
    etag = await writeState(proofs, target.resource, leased, stored.etag);
  } catch (error) {
    if (error instanceof StateTakenError) {
      return runOf('unfinished', begun.checkpoint.proofId, undefined, begun.state);
    }
    throw error;
  }
  try {
    return await runProof(request, leased, begun.checkpoint, etag);
  } catch (error) {
    // Best effort: the failure itself is what must be told, and the lease ends by itself.
    await writeState(proofs, target.resource, releaseState(leased), etag).catch(() => undefined);
    throw error;
  }
}

async function runProof(
  request: ProofRequest,
  state: ProofState,
  begun: Checkpoint,
  etag: string | undefined,
): Promise<ProofRun> {
  const { proofs, target, now } = request;
  const checkpoint = structuredClone(begun);
  const report = new ReportWriter(proofs, target.resource, checkpoint.proofId, checkpoint.progress);
  const isWhole = await compareTarget(request, state, checkpoint, report);
  if (!isWhole) {
    const suspended = suspendProof(state, checkpoint);
    await writeState(proofs, target.resource, suspended, etag);
    return runOf('unfinished', checkpoint.proofId, checkpoint, suspended);
  }
  const outcome = Object.keys(checkpoint.progress.findings).length > 0 ? 'damaged' : 'proved';
  const reportKey = await report.finish(summarize(request, checkpoint, outcome));
  const completed = completeProof(state, checkpoint, outcome, now(), request.readCycleDays);
  await writeState(proofs, target.resource, completed, etag);
  return { ...runOf(outcome, checkpoint.proofId, checkpoint, completed), reportKey };
}

/** Joins both listings from the checkpoint on; answers whether they came to their end. */
async function compareTarget(
  request: ProofRequest,
  state: ProofState,
  checkpoint: Checkpoint,
  report: ReportWriter,
): Promise<boolean> {
  const { keyArn } = request.target.replica;
  const stop = new AbortController();
  const { source, replica, deadline, now } = request;
  const readingSignal = AbortSignal.any([stop.signal, timeoutIn(deadline - now() + READING_GRACE_MS)]);
  // Every request under way listens for the end of the run; Node takes more than ten listeners for a leak.
  setMaxListeners(0, stop.signal, readingSignal);
  const comparison = new TargetComparison(
    {
      source,
      replica,
      deadline,
      now,
      key: keyArn === undefined ? undefined : await resolveReplicaKey(request.kms, keyArn),
      expireAfterDays: request.target.source.expireAfterDays,
      signal: stop.signal,
      readingSignal,
      startedAt: Date.parse(checkpoint.startedAt),
      firstProofAt: Date.parse(state.firstProofAt),
      provenUntil: state.provenUntil === undefined ? undefined : Date.parse(state.provenUntil),
      newSince: state.newSince === undefined ? undefined : Date.parse(state.newSince),
      suspects: new Set(state.suspects),
    },
    checkpoint,
    report,
  );
  try {
    const [sourceListing, replicaListing] = await Promise.all([
      VersionListing.open(source, checkpoint.afterKey, stop.signal),
      VersionListing.open(replica, checkpoint.afterKey, stop.signal),
    ]);
    const join = request.matching === 'versionId' ? joinByVersionId : joinByContent;
    const isWhole = await join(sourceListing, replicaListing, comparison);
    await comparison.finish();
    return isWhole;
  } finally {
    stop.abort();
    await comparison.settle();
  }
}

/** A timer counts milliseconds in 31 bits; beyond that it would fire at once. */
function timeoutIn(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1));
}

function runOf(
  outcome: TargetOutcome,
  proofId: string,
  checkpoint: Checkpoint | undefined,
  state: ProofState,
): ProofRun {
  const known = checkpoint && { progress: checkpoint.progress, startedAt: Date.parse(checkpoint.startedAt) };
  return { outcome, proofId, state, ...known };
}

function summarize(request: ProofRequest, checkpoint: Checkpoint, outcome: 'proved' | 'damaged') {
  const { target, matching, now } = request;
  const { proofId, startedAt, progress, reading } = checkpoint;
  const finishedAt = now();
  const recoveryPoint = recoveryPointOf(checkpoint);
  const started = Date.parse(startedAt);
  return {
    proofId,
    resource: target.resource,
    source: target.source.bucket,
    replica: target.replica.bucket,
    outcome,
    matching,
    startedAt,
    finishedAt: new Date(finishedAt).toISOString(),
    durationSeconds: (finishedAt - started) / 1000,
    versions: progress.versions,
    bytes: progress.bytes,
    findings: progress.findings satisfies Partial<Record<FindingKind, number>>,
    parts: progress.parts,
    replicationLagSeconds: (started - Date.parse(recoveryPoint)) / 1000,
    recoveryPoint,
    compared: progress.compared,
    readingShare: reading,
    bytesRead: progress.bytesRead,
    unread: progress.unread,
  };
}

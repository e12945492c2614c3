import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { FilesTarget, FindingKind, Matching, TargetOutcome } from '../contract/verify-files';
import { StateTakenError, type StoredState } from '../objects/state-object';
import { joinByContent, joinByVersionId } from './merge-join';
import {
  beginProof,
  completeProof,
  type EstablishedLevels,
  establishedLevels,
  leaseState,
  proofIdAt,
  recoveryPointOf,
  releaseState,
  suspendProof,
} from './proof-course';
import { type Checkpoint, type ProofState, readState, writeState } from './proof-state';
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
  /** What it says at each level; present once the proof has ended. */
  readonly levels?: EstablishedLevels;
  /** What this and earlier proofs established; absent when the state could not be read. */
  readonly state?: ProofState;
  /** Why the run failed. */
  readonly error?: string;
}

/** Time between the deadline and the end of a run: checks under way end, the checkpoint is written. */
export const FINISHING_MS = 60_000;

/** Of that, the time that reading in full may take; what is not read by then counts as unread. */
const READING_GRACE_MS = 20_000;

/** Of that, the time after which the run gives up, so that others of the same invocation can still be told of. */
const STOPPING_GRACE_MS = 40_000;

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
      error: messageOf(error),
    };
  }
}

/** What is known of a target for which a run has no time left. */
export async function postponeTarget(request: ProofRequest): Promise<ProofRun> {
  const now = proofIdAt(request.now());
  try {
    const { state } = await readState(request.proofs, request.target.resource);
    return state === undefined
      ? { outcome: 'unfinished', proofId: now }
      : runOf('unfinished', state.unfinished?.proofId ?? now, state.unfinished, state);
  } catch (error) {
    return { outcome: 'failed', proofId: now, error: messageOf(error) };
  }
}

async function runWithLease(request: ProofRequest, stored: StoredState<ProofState>): Promise<ProofRun> {
  const { proofs, target, now } = request;
  const begun = beginProof(stored.state, now(), request.readCycleDays);
  const { lease } = begun.state;
  if (lease !== undefined && Date.parse(lease.until) > now()) {
    return runOf('unfinished', lease.proofId, begun.state.unfinished, begun.state);
  }
  const leased = leaseState(begun, randomUUID(), request.deadline + FINISHING_MS);
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
  const levels = establishedLevels(state, checkpoint);
  return { ...runOf(outcome, checkpoint.proofId, checkpoint, completed), reportKey, levels };
}

/** Joins both listings from the checkpoint on; answers whether they came to their end. */
async function compareTarget(
  request: ProofRequest,
  state: ProofState,
  checkpoint: Checkpoint,
  report: ReportWriter,
): Promise<boolean> {
  const { keyArn } = request.target.replica;
  const { source, replica, deadline, now } = request;
  const stop = new AbortController();
  const timeUp = timeoutIn(deadline - now() + STOPPING_GRACE_MS);
  const signal = AbortSignal.any([stop.signal, timeUp]);
  const readingSignal = AbortSignal.any([signal, timeoutIn(deadline - now() + READING_GRACE_MS)]);
  // Every request under way listens for the end of the run; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal, readingSignal);
  const comparison = new TargetComparison(
    {
      source,
      replica,
      deadline,
      now,
      key: keyArn === undefined ? undefined : await resolveReplicaKey(request.kms, keyArn),
      expireAfterDays: request.target.source.expireAfterDays,
      signal,
      readingSignal,
      startedAt: Date.parse(checkpoint.startedAt),
      firstProofAt: Date.parse(state.firstProofAt),
      provenUntil: state.provenUntil === undefined ? undefined : Date.parse(state.provenUntil),
      newSince: state.newSince === undefined ? undefined : Date.parse(state.newSince),
      suspects: new Set(state.suspects),
      awaited: new Map(Object.entries(state.awaited).map(([name, since]) => [name, Date.parse(since)])),
    },
    checkpoint,
    report,
  );
  try {
    const [sourceListing, replicaListing] = await Promise.all([
      VersionListing.open(source, checkpoint.afterKey, signal),
      VersionListing.open(replica, checkpoint.afterKey, signal),
    ]);
    const join = request.matching === 'versionId' ? joinByVersionId : joinByContent;
    const isWhole = await join(sourceListing, replicaListing, comparison);
    await comparison.finish();
    return isWhole;
  } catch (error) {
    throw timeUp.aborted ? outOfTime(error) : error;
  } finally {
    stop.abort();
    await comparison.settle();
  }
}

function outOfTime(cause: unknown): Error {
  return new Error(
    `The proof found no place to stop within ${STOPPING_GRACE_MS / 1000} s after its deadline: S3 answers too slowly, or one key has more versions than a run can compare. HINT: if this repeats, let the lifecycle expire noncurrent versions of keys that are written all the time.`,
    { cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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

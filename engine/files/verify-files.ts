import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { FilesTarget, Finding, Matching, TargetResult, VerifyFilesEvent } from '../contract/verify-files';
import { type ProofRequest, type ProofRun, postponeTarget, proveTarget } from './proof';
import type { EstablishedLevels } from './proof-course';
import type { Progress, ProofState } from './proof-state';
import { placeInCycle } from './reading-cycle';

/** Clients and limits of a verification. */
export interface VerificationContext {
  /** Client of a Region. */
  readonly s3: (region: string) => S3Client;
  readonly kms: (region: string) => KMSClient;
  readonly matching: Matching;
  /** When to stop and write checkpoints, in milliseconds since 1970. */
  readonly deadline: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One target after a run: the answer, and what the signals need beside it. */
export interface VerifiedTarget {
  readonly result: TargetResult;
  /** The first findings, for the text of a page. */
  readonly firstFindings: readonly Finding[];
  /** What this and earlier proofs established; absent when the state could not be read. */
  readonly state?: ProofState;
  /** What a proof that came to its end says; absent of all others. */
  readonly ended?: EndedProof;
}

/** What a proof that came to its end says at each level, and of how much. */
export interface EndedProof extends EstablishedLevels {
  /** Versions whose stored checksums or bytes were compared. */
  readonly compared: number;
  /** Bytes of the replica read in full. */
  readonly bytesRead: number;
}

/** Targets that are verified side by side. */
const CONCURRENT_TARGETS = 4;

/**
 * Verifies all targets of an event. A target that fails is told in its result and keeps no other from being verified.
 *
 * Each run begins with another target, so that none always comes last. Behind the deadline no further target is begun;
 * but every worker begins one, so that even a short run gets further.
 */
export async function verifyFiles(event: VerifyFilesEvent, context: VerificationContext): Promise<VerifiedTarget[]> {
  const verified = new Map<FilesTarget, VerifiedTarget>();
  const first = Math.floor(placeInCycle('', String(context.now())) * event.targets.length);
  const waiting = [...event.targets.slice(first), ...event.targets.slice(0, first)];
  const work = async () => {
    let prove = proveTarget;
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      verified.set(target, await verifyTarget(target, event, context, prove));
      prove = context.now() < context.deadline ? proveTarget : postponeTarget;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_TARGETS }, work));
  return event.targets.flatMap((target) => verified.get(target) ?? []);
}

async function verifyTarget(
  target: FilesTarget,
  event: VerifyFilesEvent,
  context: VerificationContext,
  prove: (request: ProofRequest) => Promise<ProofRun>,
): Promise<VerifiedTarget> {
  const { s3, kms, matching, deadline, now } = context;
  const run = await prove({
    target,
    source: { s3: s3(target.source.region), name: target.source.bucket },
    replica: { s3: s3(target.replica.region), name: target.replica.bucket },
    proofs: { s3: s3(event.proofs.region), name: event.proofs.bucket },
    kms: kms(target.replica.region),
    matching,
    readCycleDays: event.readCycleDays,
    deadline,
    now,
  });
  return {
    result: toResult(target, matching, run),
    firstFindings: run.progress?.firstFindings ?? [],
    ...(run.state && { state: run.state }),
    ...(run.levels && run.progress && { ended: endedProof(run.levels, run.progress) }),
  };
}

const endedProof = (levels: EstablishedLevels, { compared, bytesRead }: Progress): EndedProof => ({
  ...levels,
  compared,
  bytesRead,
});

function toResult(target: FilesTarget, matching: Matching, run: ProofRun): TargetResult {
  const { outcome, proofId, progress, reportKey, error } = run;
  return {
    resource: target.resource,
    outcome,
    matching,
    proofId,
    ...(reportKey === undefined ? {} : { reportKey }),
    findings: progress?.findings ?? {},
    versions: progress?.versions ?? 0,
    bytes: progress?.bytes ?? 0,
    replicationLagSeconds: lagSeconds(run),
    ...(error === undefined ? {} : { error }),
  };
}

function lagSeconds({ progress, startedAt }: ProofRun): number {
  if (progress?.oldestAbsent === undefined || startedAt === undefined) {
    return 0;
  }
  return Math.max(0, (startedAt - Date.parse(progress.oldestAbsent)) / 1000);
}

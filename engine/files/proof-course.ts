import { REPLICATION_DELAY_SECONDS } from '../contract/signals';
import { FindingKind } from '../contract/verify-files';
import { type Checkpoint, MOST_SUSPECTS, type ProofState } from './proof-state';
import { advanceCycle, planReading } from './reading-cycle';

/** What a proof that came to its end says at each level. */
export interface EstablishedLevels {
  /** Whether every version is there, as it should be from the listings. */
  readonly isPresent: boolean;
  /** Whether all that was compared was intact, too; undefined of the first proof, which compares listings only. */
  readonly isIntact: boolean | undefined;
}

/** A proof that is about to run: its place, and the state it starts from. */
export interface BegunProof {
  readonly state: ProofState;
  readonly checkpoint: Checkpoint;
}

/**
 * Goes on with the unfinished proof, or begins a new one. Everything that decides what a proof checks is fixed here,
 * so that a proof in several runs finds what it would have found in one.
 *
 * @param state absent before the first proof.
 * @param now milliseconds since 1970.
 */
export function beginProof(state: ProofState | undefined, now: number, readCycleDays: number): BegunProof {
  // Listings give times in whole seconds, so a proof begins at one: "written before it" then has one meaning.
  const startedAt = new Date(Math.floor(now / 1000) * 1000).toISOString();
  const known = state ?? {
    format: 1,
    firstProofAt: startedAt,
    suspects: [],
    awaited: {},
    proved: {},
    readingCycle: { startedAt, cursor: 0 },
  };
  const reading = planReading(
    known.readingCycle,
    Date.parse(startedAt),
    readCycleDays,
    known.lastCompleted?.bytes ?? 0,
  );
  const fresh: Checkpoint = { proofId: proofIdAt(now), startedAt, reading, progress: noProgress() };
  return { state: known, checkpoint: known.unfinished ?? fresh };
}

/** Id of a proof that begins now, such as `20261123T144000Z`. */
export function proofIdAt(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/**
 * The state while a run is at work.
 *
 * @param run name of the run, which tells its lease from one that another run takes at the same moment.
 * @param until when the lease ends at the latest, in milliseconds since 1970.
 */
export function leaseState({ state, checkpoint }: BegunProof, run: string, until: number): ProofState {
  return { ...state, lease: { proofId: checkpoint.proofId, run, until: new Date(until).toISOString() } };
}

/** The state after a run that failed: as it was before, for the next run to try again. */
export function releaseState({ lease: _, ...state }: ProofState): ProofState {
  return state;
}

/** The state after a run that stopped at its deadline. */
export function suspendProof(state: ProofState, checkpoint: Checkpoint): ProofState {
  return { ...releaseState(state), unfinished: checkpoint };
}

/** The state after a proof that came to its end. */
export function completeProof(
  state: ProofState,
  checkpoint: Checkpoint,
  outcome: 'proved' | 'damaged',
  now: number,
  readCycleDays: number,
): ProofState {
  const { unfinished: _, ...rest } = releaseState(state);
  const { proofId: id, startedAt, progress, reading } = checkpoint;
  const recoveryPoint = recoveryPointOf(checkpoint);
  const { isPresent, isIntact } = establishedLevels(state, checkpoint);
  const isTraced = progress.suspects.length < MOST_SUSPECTS;
  return {
    ...rest,
    suspects: progress.suspects,
    awaited: progress.awaited,
    newSince: isTraced || state.newSince === undefined ? nextNewSince(startedAt) : state.newSince,
    provenUntil: laterOf(state.provenUntil, recoveryPoint),
    lastCompleted: { id, startedAt, outcome, recoveryPoint, bytes: progress.bytes },
    proved: {
      ...state.proved,
      ...(isPresent ? { present: startedAt } : {}),
      ...(isIntact ? { intact: startedAt } : {}),
    },
    readingCycle: isTraced ? advanceCycle(state.readingCycle, reading, now, readCycleDays) : state.readingCycle,
  };
}

/** What a proof at its end says at each level. @param state from which the proof began. */
export function establishedLevels(
  state: ProofState,
  { progress: { findings } }: Pick<Checkpoint, 'progress'>,
): EstablishedLevels {
  const kinds = Object.keys(findings);
  return {
    isPresent: kinds.every((kind) => kind === FindingKind.CHECKSUM_MISMATCH),
    isIntact: state.lastCompleted === undefined ? undefined : kinds.length === 0,
  };
}

/** Everything written to the source before this moment is in the replica; an ISO 8601 instant. */
export function recoveryPointOf({ startedAt, progress: { oldestAbsent } }: Checkpoint): string {
  return oldestAbsent === undefined || oldestAbsent > startedAt ? startedAt : oldestAbsent;
}

/** What was still on its way when a proof began is new to the next one, although it is older than that proof. */
function nextNewSince(startedAt: string): string {
  return new Date(Date.parse(startedAt) - REPLICATION_DELAY_SECONDS * 1000).toISOString();
}

/** Later of two ISO 8601 instants in UTC with milliseconds, whose order is that of their characters. */
function laterOf(left: string | undefined, right: string): string {
  return left !== undefined && left > right ? left : right;
}

function noProgress(): Checkpoint['progress'] {
  return {
    versions: 0,
    bytes: 0,
    compared: 0,
    bytesRead: 0,
    unread: 0,
    statusReads: 0,
    findings: {},
    parts: 0,
    firstFindings: [],
    suspects: [],
    awaited: {},
  };
}

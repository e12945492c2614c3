import * as z from 'zod/mini';
import { filesStateKey } from '../contract/layout';
import { FindingKind } from '../contract/verify-files';
import { StateObject, type StoredState } from '../objects/state-object';
import { STORE_HINTS } from './store-error';
import type { Bucket } from './version-listing';

const instant = z.iso.datetime();
const count = z.int().check(z.nonnegative());
const share = z.number().check(z.minimum(0), z.maximum(1));
const finding = z.object({
  kind: z.enum(FindingKind),
  key: z.string(),
  versionId: z.optional(z.string()),
  replicaVersionId: z.optional(z.string()),
  detail: z.string(),
});

/** Versions, as `versionName` names them, with the moment at which a proof began that first did not find them. */
const awaited = z.record(z.string(), instant);

/** What a proof has counted so far. */
const progress = z.object({
  /** Versions of the source, delete markers included, and their bytes. */
  versions: count,
  bytes: count,
  /** When the oldest version that is not in the replica was written. */
  oldestAbsent: z.optional(instant),
  /** Versions whose stored checksums or bytes were compared. */
  compared: count,
  /** Bytes of the replica read in full. */
  bytesRead: count,
  /** Versions that should have been read in full, and could not be. */
  unread: count,
  /** Requests spent on replication statuses. */
  statusReads: count,
  /** Number of findings per kind; kinds without any are absent. */
  findings: z.partialRecord(z.enum(FindingKind), count),
  /** Parts of the report written so far. */
  parts: count,
  /** The first findings, for the text of the page. */
  firstFindings: z.array(finding),
  /** Versions under a wrong key or with other bytes, as `versionName` names them. See {@link MOST_SUSPECTS}. */
  suspects: z.array(z.string()),
  /** See `awaited` of the state. */
  awaited,
});

/** A proof that has begun, and how far it came. */
const checkpoint = z.object({
  proofId: z.string().check(z.regex(/^\d{8}T\d{6}Z$/)),
  startedAt: instant,
  /** All versions of all keys up to this one have been checked; absent at the beginning. */
  afterKey: z.optional(z.string()),
  reading: z.object({ from: share, to: share }),
  progress,
});

/** State of one target between runs, as `state.json` in the proofs bucket holds it. */
const proofState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** When the first proof of the target began. */
  firstProofAt: instant,
  /** Everything written to the source before this moment was found in the replica by some proof. */
  provenUntil: z.optional(instant),
  /** The newest proof that ran to its end. */
  lastCompleted: z.optional(
    z.object({
      id: z.string(),
      startedAt: instant,
      outcome: z.enum(['proved', 'damaged']),
      /** Everything written before this moment was in the replica. */
      recoveryPoint: instant,
      bytes: count,
    }),
  ),
  /** The next proof compares the checksums of what was written since then; absent before the first proof has ended. */
  newSince: z.optional(instant),
  /** Versions that the newest proof found under a wrong key or with other bytes: each proof reads them until repaired. */
  suspects: z.array(z.string()),
  /**
   * Versions that the newest proof did not find in the replica and that are too old to be new when they come: the first
   * {@link MOST_AWAITED}. A proof that finds one there compares it.
   */
  awaited,
  /** When the newest proof began that found every version present, and every compared version intact. */
  proved: z.object({ present: z.optional(instant), intact: z.optional(instant) }),
  readingCycle: z.object({ startedAt: instant, cursor: share }),
  /** A proof that stopped at its deadline, for the next run to go on with. */
  unfinished: z.optional(checkpoint),
  /** A run is at work on a proof of this target, until this moment at the latest; each run has a name of its own. */
  lease: z.optional(z.object({ proofId: z.string(), run: z.string(), until: instant })),
});

/** Suspects that a state names one by one. With more of them the next proof checks again all that this one checked. */
export const MOST_SUSPECTS = 1_000;

/** Versions that a state awaits one by one; the others are compared when the reading cycle comes to them. */
export const MOST_AWAITED = 1_000;

/** Names a version among those that the state remembers one by one. */
export const versionName = (key: string, versionId: string): string => `${versionId} ${key}`;

export type Progress = z.infer<typeof progress>;
export type Checkpoint = z.infer<typeof checkpoint>;
export type ProofState = z.infer<typeof proofState>;

/**
 * Reads the state of a target.
 *
 * @returns a state of `undefined` when there is none yet.
 * @throws Error when the object cannot be read or is no state.
 */
export function readState(proofs: Bucket, resource: string): Promise<StoredState<ProofState>> {
  return stateObject(proofs, resource).read();
}

/**
 * Writes the state of a target, if nobody has written it since `etag` was read.
 *
 * @returns the new ETag.
 * @throws StateTakenError when somebody has.
 */
export function writeState(
  proofs: Bucket,
  resource: string,
  state: ProofState,
  etag: string | undefined,
): Promise<string | undefined> {
  return stateObject(proofs, resource).write(state, etag);
}

function stateObject(proofs: Bucket, resource: string): StateObject<typeof proofState> {
  return new StateObject({
    s3: proofs.s3,
    bucket: proofs.name,
    key: filesStateKey(resource),
    schema: proofState,
    of: 'proofs',
    takenBy: `has taken over the proof of ${resource}`,
    hints: STORE_HINTS,
  });
}

import type { ProofLevel } from './signals';

/**
 * Proof records: what was proved of a resource, when, at which level and by which version of Holdfast. Each is a small object
 * that is written once and never changed, so that metrics, the command line, the dashboard and audits tell the same story.
 *
 * The proofs bucket holds the records of every resource: `<system>/<resource>/proofs/<level>/<time>-<outcome>.json`. A backup that is
 * a set of objects under a manifest has records of its own beside: `<folder of the backup>proofs/<level>/<time>-<outcome>.json`. Time
 * and outcome are in the key, so that a listing tells the ages without reading anything.
 */

/** What is proved; the first part of the keys of its records. */
export const ProofSystem = {
  /** Files on S3. */
  FILES: 'files',
  /** Dumps of the tenants of PostgreSQL databases. */
  TENANTS: 'tenants',
  /** Snapshots and logs that RDS and AWS Backup keep. */
  DATABASE: 'database',
  /** Exported snapshots of Redis and Valkey. */
  REDIS: 'redis',
} as const;
export type ProofSystem = (typeof ProofSystem)[keyof typeof ProofSystem];

/** All systems, in the order in which they are shown. */
export const PROOF_SYSTEMS: readonly ProofSystem[] = [
  ProofSystem.DATABASE,
  ProofSystem.TENANTS,
  ProofSystem.FILES,
  ProofSystem.REDIS,
];

/** How a proof ended. */
export const ProofOutcome = {
  /** Everything was as it should be. */
  PROVED: 'proved',
  /** Something is wrong with what was looked at. */
  DAMAGED: 'damaged',
  /** It could not be carried out: nobody knows. */
  FAILED: 'failed',
} as const;
export type ProofOutcome = (typeof ProofOutcome)[keyof typeof ProofOutcome];

/** One thing that a proof found. */
export interface ProofFinding {
  /** What is wrong, in one word of the verification that found it, such as `missing`. */
  readonly kind: string;
  /** Whether it endangers a restore. */
  readonly isCritical: boolean;
  /** One sentence in plain words. */
  readonly detail: string;
}

/** Findings that a record holds at most; its report has all. */
export const MOST_RECORDED_FINDINGS = 20;

/** What a proof record holds. Moments are ISO 8601 instants in UTC. */
export interface ProofRecord {
  /** Version of this format. */
  readonly format: 1;
  readonly system: ProofSystem;
  /** Name of the protected resource. */
  readonly resource: string;
  readonly level: ProofLevel;
  readonly outcome: ProofOutcome;
  /** When the proof began: its age counts from here. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Version of Holdfast that proved it. */
  readonly software: string;
  /** Ids of the backups that were proved, newest first. @default - the resource's backup is no set of objects with an id */
  readonly backups?: readonly string[];
  /** The newest moment from which everything is known to be in a backup. */
  readonly backupAt?: string;
  /** The newest moment that can be restored; work done since would be lost. */
  readonly restorableAt?: string;
  /** Bytes and number of what was looked at. */
  readonly bytes?: number;
  readonly objects?: number;
  /** Seconds that the oldest version still waits for its copy in the replica. */
  readonly replicationLagSeconds?: number;
  /** Of a restore that was measured: seconds from its beginning to a server that answers. */
  readonly rtoSeconds?: number;
  /** Number of all findings. */
  readonly findingCount: number;
  /** The first of them, critical ones first; at most {@link MOST_RECORDED_FINDINGS}. */
  readonly findings: readonly ProofFinding[];
  /** Where the whole report lies, as `s3://…`. */
  readonly report?: string;
}

/** Folder in the proofs bucket of all records of a resource at a level; ends with a slash. */
export const proofsPrefix = (system: ProofSystem, resource: string, level: ProofLevel): string =>
  `${system}/${resource}/proofs/${level}/`;

/** Folder of the records of one backup at a level. @param backup folder of the backup, with its slash. */
export const backupProofsPrefix = (backup: string, level: ProofLevel): string => `${backup}proofs/${level}/`;

/** Key of a record. @param prefix folder of the records. */
export const proofKey = (prefix: string, startedAt: Date, outcome: ProofOutcome): string =>
  `${prefix}${proofTime(startedAt)}-${outcome}.json`;

/** A moment as keys of records have it, such as `20261123T020000000Z`: sorts by time, to the millisecond. */
export const proofTime = (at: Date): string => at.toISOString().replace(/[-:.]/g, '');

/** What the key of a record tells; undefined when it is none. */
export function parseProofKey(key: string): { readonly at: Date; readonly outcome: ProofOutcome } | undefined {
  const [, year, month, day, hour, minute, second, millisecond, outcome] =
    /\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-(proved|damaged|failed)\.json$/.exec(key) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  return Number.isNaN(at.getTime()) ? undefined : { at, outcome: outcome as ProofOutcome };
}

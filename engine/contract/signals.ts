/**
 * The names of everything Holdfast measures: what functions and jobs publish and what alarms and dashboards read.
 * A metric carries the dimension `System`, `Resource` where a system has several, and `Level` for ages of proofs.
 * A tenant is never a dimension: each combination of dimensions is a metric that is billed.
 */

/** CloudWatch namespace of all metrics. */
export const METRIC_NAMESPACE = 'Holdfast';

/** Dimension names. */
export const Dimension = {
  /** What is protected: a value of {@link System}. */
  SYSTEM: 'System',
  /** Name of the protected resource, as the configuration gives it. Absent on the figure for the whole system. */
  RESOURCE: 'Resource',
  /** How far a proof went: a value of {@link ProofLevel}. */
  LEVEL: 'Level',
} as const;

/** Values of the dimension `System`. */
export const System = {
  /** Files on S3. */
  STORAGE: 'storage',
  /** PostgreSQL databases. */
  DATABASE: 'database',
} as const;

/** Metric names. */
export const Metric = {
  /** Bytes: of all current and noncurrent versions in the source bucket, or of a backup of a database. */
  SIZE: 'size',
  /** Number of versions in the source, delete markers included. */
  OBJECTS: 'objects',
  /** Seconds since the oldest version that is not yet in the replica was written; 0 when all are there. */
  REPLICATION: 'replication',
  /** Seconds that a backup took. */
  DURATION: 'duration',
  /** 1 when a backup was made or a verification found nothing wrong, else 0. A verification that is not at its end yet: see {@link PROOF_DURATION_LIMIT_SECONDS}. */
  SUCCESS: 'success',
  /** Number of findings of a verification, or of backups that failed. */
  ERRORS: 'errors',
  /** Seconds since the newest moment from which everything is known to be in the backup. */
  BACKUP_AGE: 'backupAge',
  /** Seconds since the newest proof of a level began. */
  PROOF_AGE: 'proofAge',
} as const;

/** How far a proof goes. */
export const ProofLevel = {
  /** There, recent, with the right key, replicated. */
  PRESENT: 'present',
  /** The bytes match the digest taken while writing. */
  INTACT: 'intact',
} as const;
export type ProofLevel = (typeof ProofLevel)[keyof typeof ProofLevel];

/**
 * A proof that takes several runs counts as a success while it has found nothing, the proof before it found no damage,
 * and the newest proof of presence is no older than this. In seconds.
 */
export const PROOF_DURATION_LIMIT_SECONDS = 86_400;

/** A replication lag above this is a warning, and a version missing for longer is a finding. In seconds. */
export const REPLICATION_DELAY_SECONDS = 1800;

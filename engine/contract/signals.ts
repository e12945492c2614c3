/**
 * The names of everything Holdfast measures: what functions and jobs publish and what alarms and dashboards read.
 * A metric carries the dimension `System`, `Resource` where a system has several, and `Level` for ages of proofs. What a verification
 * says of a resource carries a `Level` too where a backup of that resource publishes a metric of the same name.
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
  /** How long a recovery point is kept: a `Tier`. */
  TIER: 'Tier',
  /** What kind of work it was: a value of {@link JobKind}. */
  KIND: 'Kind',
  /** How loud it is: a `Severity`. */
  SEVERITY: 'Severity',
} as const;

/** Values of the dimension `System`. */
export const System = {
  /** Files on S3. */
  STORAGE: 'storage',
  /** PostgreSQL databases: their tenants' dumps, and their snapshots and logs that RDS and AWS Backup keep. */
  DATABASE: 'database',
  /** Redis and Valkey on ElastiCache. */
  REDIS: 'redis',
  /** What the verification says of the tenants' dumps; what the dumps say of themselves is published as that of a database. */
  TENANTS: 'tenants',
  /** Holdfast itself: its keys, the routes of its pages, its functions. */
  PLATFORM: 'platform',
} as const;
export type System = (typeof System)[keyof typeof System];

/** Metric names. */
export const Metric = {
  /** Bytes: of all current and noncurrent versions in the source bucket, or of a backup of a database. */
  SIZE: 'size',
  /** Number of versions in the source, delete markers included. */
  OBJECTS: 'objects',
  /** Seconds since the oldest version that is not yet in the replica was written; 0 when all are there. */
  REPLICATION: 'replication',
  /** Seconds that a backup took; without {@link Dimension.RESOURCE}, that the restore of a managed database or cache took. */
  DURATION: 'duration',
  /** 1 when a backup was made or a verification found nothing wrong, else 0. A verification that is not at its end yet: see {@link PROOF_DURATION_LIMIT_SECONDS}. */
  SUCCESS: 'success',
  /** Number of findings of a verification, or of backups that failed. */
  ERRORS: 'errors',
  /** Seconds since the newest moment from which everything is known to be in the backup. */
  BACKUP_AGE: 'backupAge',
  /** Seconds since the newest proof of a level began. */
  PROOF_AGE: 'proofAge',
  /** Seconds of work that would be lost if the primary were lost now: since the newest moment that can be restored. */
  RPO: 'rpo',
  /** Seconds that the newest measured restore took, from its beginning to a server that answers. */
  RTO: 'rto',
  /** Number of things that are wrong with the routes of pages: subscriptions, deliveries, the Slack workspace. */
  ROUTE_PROBLEMS: 'routeProblems',
  /** Number of keys that are disabled, about to be deleted, or gone. */
  KEYS_UNUSABLE: 'keysUnusable',
  /** Number of attempts to delete what is kept: recovery points, vaults, their locks, locked versions. */
  DELETION_ATTEMPTS: 'deletionAttempts',
  /** Number of objects of backups that are damaged, or not there. */
  DAMAGED: 'damaged',
  /** Number of backups whose tier, lock or age is not what the retention says. */
  RETENTION_DRIFT: 'retentionDrift',
  /** Number of findings that endanger no restore yet, such as a setting that differs from the configuration. */
  WARNINGS: 'warnings',
  /** Number of jobs of AWS Backup, or events of RDS, that tell of a failure. */
  FAILED_JOBS: 'failedJobs',
  /** Seconds since the newest snapshot that the server's data are saved in was begun. */
  LAST_SAVE: 'lastSave',
  /** Seconds for which changes wait for a snapshot to begin: since the newest one, or the one under way, was begun; 0 when nothing has changed. */
  WAITING: 'waiting',
  /** Number of changes of the data since that snapshot. */
  CHANGES: 'changes',
  /** Number of resources that a restore made and could not take away again after it failed. */
  LEFT_BEHIND: 'leftBehind',
} as const;

/** Kinds of jobs of AWS Backup, and what RDS tells of by itself. */
export const JobKind = {
  BACKUP: 'backup',
  COPY: 'copy',
  RESTORE: 'restore',
  /** An event of RDS. */
  RDS: 'rds',
} as const;
export type JobKind = (typeof JobKind)[keyof typeof JobKind];

/** How far a proof goes. */
export const ProofLevel = {
  /** There, recent, with the right key, replicated. */
  PRESENT: 'present',
  /** The bytes match the digest taken while writing. */
  INTACT: 'intact',
  /** Loaded into a real server, and compared. */
  RESTORED: 'restored',
} as const;
export type ProofLevel = (typeof ProofLevel)[keyof typeof ProofLevel];

/**
 * A proof that takes several runs counts as a success while it has found nothing, the proof before it found no damage,
 * and the newest proof of presence is no older than this. In seconds.
 */
export const PROOF_DURATION_LIMIT_SECONDS = 86_400;

/** Seconds of logs that may be missing for a restore to any point in time: the hourly promise. Typical is below 300. */
export const RESTORABLE_LAG_LIMIT_SECONDS = 3600;

/** A replication lag above this is a warning, and a version missing for longer is a finding. In seconds. */
export const REPLICATION_DELAY_SECONDS = 1800;

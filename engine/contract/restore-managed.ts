import type { DatabaseKind } from './verify-database';

/**
 * What the state machines `restore-database` and `restore-redis` are started with. Each makes something new beside what is there; nothing
 * is replaced in place.
 */

/** Where a database is restored from. */
export type DatabaseRestoreSource =
  /** The automated backups of the database, at a moment (ISO 8601) or the newest. */
  | { readonly kind: 'pointInTime'; readonly at?: string }
  /** A recovery point of a vault in this account and Region. */
  | { readonly kind: 'recoveryPoint'; readonly recoveryPointArn: string; readonly vaultName: string }
  /** A recovery point of the recovery vault, which is copied back first. */
  | { readonly kind: 'recoveryVault'; readonly recoveryPointArn: string };

/** Input of the state machine `restore-database`. */
export interface RestoreDatabaseRequest {
  readonly kind: DatabaseKind;
  /** Instance or cluster that was backed up; it may be gone when {@link placement} is given. */
  readonly identifier: string;
  readonly source: DatabaseRestoreSource;
  /**
   * Identifier of what is made; it must contain {@link RESTORED_MARK}.
   * @default - the identifier, `-restored-` and the time, cut to what RDS takes
   */
  readonly newIdentifier?: string;
  /** What differs from the original, which otherwise decides. Everything needed when the original is gone. */
  readonly placement?: DatabasePlacement;
}

/** Where and how a restored database runs. */
export interface DatabasePlacement {
  readonly subnetGroup?: string;
  readonly securityGroupIds?: readonly string[];
  /** Parameter group of the instance, or of the cluster. */
  readonly parameterGroup?: string;
  /** Class of the instances, such as `db.r8g.large`. */
  readonly instanceClass?: string;
  /** Whether an instance has a standby in another zone. */
  readonly multiAz?: boolean;
  /** Number of instances of a cluster. */
  readonly instances?: number;
}

/** Where a cache is restored from. */
export type CacheRestoreSource =
  /** A snapshot that ElastiCache has. */
  | { readonly kind: 'snapshot'; readonly name: string }
  /** A backup of the protected bucket, by its id. */
  | { readonly kind: 'exported'; readonly backupId: string };

/** Input of the state machine `restore-redis`. */
export interface RestoreRedisRequest {
  /** Name of the protected cache. */
  readonly resource: string;
  /** Replication group that was backed up; it may be gone when {@link placement} is given. */
  readonly replicationGroupId: string;
  readonly source: CacheRestoreSource;
  /**
   * Id of what is made; it must contain {@link RESTORED_MARK}.
   * @default - the id, `-restored-` and the time, cut to the 40 characters that ElastiCache takes
   */
  readonly newReplicationGroupId?: string;
  /** What differs from the original. */
  readonly placement?: CachePlacement;
}

/** Where and how a restored cache runs. */
export interface CachePlacement {
  readonly subnetGroup?: string;
  readonly securityGroupIds?: readonly string[];
  readonly parameterGroup?: string;
  /** Type of the nodes, such as `cache.r7g.large`. */
  readonly nodeType?: string;
  readonly shards?: number;
  readonly replicasPerShard?: number;
  /** Groups of users that may sign in. */
  readonly userGroupIds?: readonly string[];
}

/**
 * What every name of something restored contains. The role of a restore may change and delete only what is called so, which no
 * protected resource should be; rename what you keep.
 */
export const RESTORED_MARK = '-restored';

/** Tags of everything restored: what it is a copy of, and the execution that made it. */
export const RestoreTag = { FROM: 'holdfast:restored-from', EXECUTION: 'holdfast:restore' } as const;

/** Name of the state machine and of the function that restore databases. */
export const restoreDatabaseName = (prefix: string): string => `${prefix}-restore-database`;

/** Name of the state machine and of the function that restore caches. */
export const restoreRedisName = (prefix: string): string => `${prefix}-restore-redis`;

/** Folder of the staging bucket for the files that restores seed caches from; ends with a slash. */
export const SEEDS_PREFIX = 'restore/';

/** The execution of the state machine that a step belongs to. */
export interface RestoreExecution {
  /** Name of the execution: 1 to 80 characters, unique for the state machine. */
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** What every step of a restore is told beside the request. */
export interface RestoreLimits {
  /** Seconds after its start when a restore is given up and taken back. */
  readonly timeoutSeconds: number;
}

/** What the deployment tells the steps of `restore-database`. */
export interface DatabaseRestoreSettings extends RestoreLimits {
  /** Vault that recovery points are copied back to. */
  readonly vaultName: string;
  /** Where copies of recovery points are. */
  readonly recoveryVault: { readonly name: string; readonly region: string; readonly account: string };
  /** Role that AWS Backup restores and copies under. */
  readonly backupRoleArn: string;
}

/** What the deployment tells the steps of `restore-redis`. */
export interface RedisRestoreSettings extends RestoreLimits {
  /** Where the backups of each protected cache are, by its name. */
  readonly stores: Readonly<Record<string, RestorableStore>>;
}

/** Where the backups of a cache are. */
export interface RestorableStore {
  /** Name of the protected bucket. */
  readonly bucket: string;
  /** ARN of the bucket, encrypted with S3's own key, that ElastiCache reads from. */
  readonly stagingBucketArn: string;
  /** Secret with the auth token, as {@link RestoreRedisRequest}s need it for a cache that has one. @default - none */
  readonly authSecretArn?: string;
}

/**
 * What the state machine sends the functions `restore-database` and `restore-redis`: the request alone at first, then the progress
 * that was answered, with the failure once there is one.
 */
export interface RestoreStep<Request, Settings> {
  readonly execution: RestoreExecution;
  readonly settings: Settings;
  readonly request: Request;
  /** What the step before answered. Absent in the first, which plans. */
  readonly progress?: unknown;
  /** Present when the restore has failed and is to be taken back: as Step Functions gives it. */
  readonly failure?: { readonly Error: string; readonly Cause?: string };
  /** True in the last step of a restore that succeeded, which publishes what it measured. */
  readonly isReport?: boolean;
}

/** What these functions answer. */
export interface RestoreAnswer {
  readonly progress: unknown;
  /** Whether the restore is ready, or, after a failure, taken back as far as it can be. */
  readonly isDone: boolean;
  /** Seconds to wait before the next step. */
  readonly waitSeconds: number;
  /** What came of it, when it is done and has succeeded. */
  readonly result?: RestoreResult;
  /** Why the restore has failed, and what it left behind; when it is done and has failed. */
  readonly failure?: { readonly Error: string; readonly Cause: string };
}

/** Output of the state machines. */
export interface RestoreResult {
  /** Identifier of what was made. */
  readonly identifier: string;
  readonly arn: string;
  readonly endpoint: { readonly address: string; readonly port: number };
  /** Secret with the new master password of a database. */
  readonly secretArn?: string;
  /** Recovery point that was copied back; it expires by itself. */
  readonly copiedRecoveryPointArn?: string;
  /** Seconds from the start of the execution until it could be used. */
  readonly durationSeconds: number;
}

import type { PlanTime } from './backup-plan';
import type { RetentionCounts } from './retention';
import type { BucketLocation } from './verify-files';

/** What a schedule or an operator sends to the function `verify-database`, and what it answers. */

/** What RDS calls the two kinds of databases. */
export type DatabaseKind = 'instance' | 'cluster';

/** One protected database. */
export interface DatabaseTarget {
  /** Name of the protected resource; the dimension `Resource` of its metrics. */
  readonly resource: string;
  readonly kind: DatabaseKind;
  /** Identifier of the instance or cluster. */
  readonly identifier: string;
  /** Key that the database must be encrypted with. @default - any customer key */
  readonly keyArn?: string;
  /** Whether RDS replicates the automated backups of the instance to the recovery Region. */
  readonly hasCrossRegionBackups: boolean;
}

/** Input of `verify-database`: everything it needs, so that the function holds no configuration of its own. */
export interface VerifyDatabaseEvent {
  readonly targets: readonly DatabaseTarget[];
  readonly retention: RetentionCounts;
  readonly planTime: PlanTime;
  /** Id of the plan of AWS Backup. */
  readonly planId: string;
  readonly lockMode: 'governance' | 'compliance';
  readonly vault: VaultLocation;
  readonly recoveryVault: VaultLocation & {
    /** Role to look into the vault with. @default - the function's own, which is enough in the same account */
    readonly readRoleArn?: string;
  };
  /** Bucket of the reports. */
  readonly proofs: BucketLocation;
  /** Name of the alarm that critical findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Name of the alarm that the other findings are written into. */
  readonly warningAlarmName: string;
  /** Name of the composite alarm above that one. @default - the alarm pages itself */
  readonly warningIncidentName?: string;
}

/** A vault of AWS Backup, and where it is. */
export interface VaultLocation {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** ARN of the vault's key, or of an alias of it. */
  readonly keyArn: string;
}

/** Alias of the key that AWS makes for RDS: nobody can share it with another account, or say who may use it. */
export const AWS_MANAGED_KEY_ALIAS = 'alias/aws/rds';

/** What can be wrong with the snapshots, logs and copies of a database. */
export const DatabaseFindingKind = {
  /** No such instance or cluster. */
  DATABASE_MISSING: 'databaseMissing',
  /** The newest moment that can be restored lies too far back, or there is none. */
  NOT_RESTORABLE: 'notRestorable',
  /** A tier has no recovery point as young as its schedule promises. */
  RECOVERY_POINT_LATE: 'recoveryPointLate',
  /** The newest recovery point of a tier is not in the recovery vault. */
  COPY_MISSING: 'copyMissing',
  /** Encrypted with another key than the expected one, or not at all. */
  WRONG_KEY: 'wrongKey',
  /** A key is disabled, or will be deleted. */
  KEY_UNUSABLE: 'keyUnusable',
  /** A vault has no lock, or a weaker one than configured. */
  LOCK_MISSING: 'lockMissing',
  /** Automated backups go with the database when it is deleted. */
  AUTOMATED_BACKUPS_NOT_KEPT: 'automatedBackupsNotKept',
  /** A database, a rule or a lock is not set as configured. */
  DRIFT: 'drift',
  /** A key is not rotated each year. */
  KEY_NOT_ROTATING: 'keyNotRotating',
  /** AWS Backup is not opted in for the service, so that it takes no backup and reports no failure. */
  NOT_OPTED_IN: 'notOptedIn',
  /** It could not be looked up. */
  UNKNOWN: 'unknown',
} as const;
export type DatabaseFindingKind = (typeof DatabaseFindingKind)[keyof typeof DatabaseFindingKind];

/** One thing that is wrong. */
export interface DatabaseFinding {
  readonly kind: DatabaseFindingKind;
  /** Whether it endangers a restore, and pages; the others warn. */
  readonly isCritical: boolean;
  /** One sentence in plain words with the value, the limit and what to do. */
  readonly detail: string;
}

/** What the function answers for one database. */
export interface DatabaseResult {
  readonly resource: string;
  readonly findings: readonly DatabaseFinding[];
  /** Seconds since the newest moment that can be restored; absent when unknown. */
  readonly rpoSeconds?: number;
  /** Age of the newest recovery point that a tier may rely on, in seconds, by the name of the tier. */
  readonly ageSeconds: Readonly<Record<string, number>>;
  /** Since the newest proof that nothing about it was wrong; absent when there is none, or it is not known. */
  readonly presentAgeSeconds?: number;
}

/** Answer of `verify-database`. */
export interface VerifyDatabaseResult {
  readonly databases: readonly DatabaseResult[];
  /** Findings about vaults, plan and keys, which concern all databases. */
  readonly common: readonly DatabaseFinding[];
  /** Key of the report in the proofs bucket; absent when it could not be written, which is a finding too. */
  readonly reportKey?: string;
}

import { ProofSystem } from './proofs';
import type { RetentionCounts, Tier } from './retention';
import type { BucketLocation } from './verify-files';

/**
 * What the state machine that verifies the dumps of tenants tells the function `verify-tenants` and the job `verify`, and what they
 * answer. Nothing in it names a tenant: executions and their commands are logged.
 */

/** A bucket of dumps, or its replica, and the key that everything in it must be encrypted with. */
export interface DumpsLocation extends BucketLocation {
  /** ARN of the key; of the replica, also that of an alias of the key. */
  readonly keyArn: string;
}

/** The dumps of one database. */
export interface DumpsTarget {
  /** Name of the protected database. */
  readonly resource: string;
  readonly source: DumpsLocation;
  readonly replica: DumpsLocation;
  readonly retention: RetentionCounts;
  /** How firm the locks of its objects are. */
  readonly lockMode: 'governance' | 'compliance';
}

/** What a verification must know; the state machine carries it. */
export interface VerifyTenantsSettings {
  readonly databases: readonly DumpsTarget[];
  /** Bucket of the records, the reports, and what the steps of a run tell each other. */
  readonly proofs: BucketLocation;
  /** Name of the alarm that findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Days within which every kept object is read in full once. */
  readonly readCycleDays: number;
}

/** One run, and the database that it looks at. */
export interface TenantsRun {
  readonly target: DumpsTarget;
  readonly proofs: BucketLocation;
  /** Id of the run: the name of the execution. */
  readonly run: string;
  /** When the run began; an ISO 8601 instant. */
  readonly startedAt: string;
}

/** Which backup. */
export interface BackupAddress {
  readonly id: string;
  readonly tier: Tier;
}

/** A stretch of `tenants.jsonl`: so many lines, from a byte on. */
export interface TenantsBatch {
  /** Number of its first line, from 0. */
  readonly first: number;
  readonly lines: number;
  /** Of its first line, in bytes from the beginning of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** What is to be checked of a backup in one go: some tenants, or what belongs to none. */
export type BackupPart = { readonly kind: 'tenants'; readonly batch: TenantsBatch } | { readonly kind: 'common' };

/** A line of the file that the Distributed Map reads. */
export type PlannedPart = BackupPart & {
  /** It has an archive so large that a run of the function might not end. */
  readonly isLarge: boolean;
};

/** Some part of a backup that is to be checked, by the function or by the job. */
export interface PartCheck extends TenantsRun {
  readonly backup: BackupAddress;
  readonly part: BackupPart;
}

/** What `plan` answers. */
export interface RunPlan {
  /** Backups that are to be read in full, in this order. */
  readonly backups: readonly BackupAddress[];
  /** Whether all backups are to be looked through. */
  readonly isSurveyDue: boolean;
}

/** What `divide` answers: where the parts are, one {@link PlannedPart} a line. */
export interface DividedBackup {
  readonly partsKey: string;
}

/** What `check` answers; without both the part is checked. */
export interface CheckAnswer {
  /** What the function cannot finish: for the job. */
  readonly large?: PartCheck;
  /** What there was no time for. */
  readonly rest?: PartCheck;
}

/** What `survey` answers: which backup comes next; absent when all were looked through. */
export interface SurveyAnswer {
  readonly next?: string;
}

/** How the verification of one database ended. */
export interface DatabaseOutcome {
  readonly resource: string;
  /** Why it did not come to its end. @default - it did */
  readonly error?: string;
}

/** Input of `verify-tenants`, by what it is to do. */
export type VerifyTenantsEvent =
  /** Decides what is due, and takes the database for this run. */
  | ({ readonly action: 'plan'; readonly readCycleDays: number } & TenantsRun)
  /** Looks through the listings of all backups, beginning at one of them; the last one concludes it. */
  | ({ readonly action: 'survey'; readonly next?: string } & TenantsRun)
  /** Divides a backup into parts. */
  | ({ readonly action: 'divide'; readonly backup: BackupAddress } & TenantsRun)
  /** Reads the objects of a part. */
  | ({ readonly action: 'check' } & PartCheck)
  /** Makes records of what came of all parts of a backup. */
  | ({ readonly action: 'conclude'; readonly backup: BackupAddress } & TenantsRun)
  /** Tells what is known of all databases. @default outcomes - the run did not come to its end */
  | {
      readonly action: 'publish';
      readonly settings: VerifyTenantsSettings;
      readonly run: string;
      readonly startedAt: string;
      readonly outcomes?: readonly DatabaseOutcome[];
    };

/** Command of the container that checks a part with a large archive. */
export const verifyCommand = (check: string): string[] => ['verify', check];

/** How often a run begins, in seconds: so often what is new is looked for. */
export const VERIFY_TENANTS_SECONDS = 3600;

/** Seconds after which a run is stopped: before the next day's backups are made. */
export const LONGEST_VERIFICATION_SECONDS = 20 * 3600;

/** Folder in the proofs bucket of all about the dumps of a database; ends with a slash. */
export const tenantsProofsFolder = (resource: string): string => `${ProofSystem.TENANTS}/${resource}/`;

/** Folder of what the steps of runs tell each other about one database; ends with a slash. */
export const tenantsRunsPrefix = (resource: string): string => `${tenantsProofsFolder(resource)}runs/`;

/** Folder of the reports; ends with a slash. */
export const tenantsReportsPrefix = (resource: string): string => `${tenantsProofsFolder(resource)}reports/`;

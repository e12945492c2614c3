import { proofTime } from './proofs';
import type { BucketLocation } from './verify-files';

/** What a schedule or an operator sends to the function `verify-keys`, and what it answers. */

/** A key of the deployment; it is known by its ARN, by its alias, or by both. */
export interface KeyTarget {
  /** What it encrypts, as findings say it: `files`. Unique in its Region. */
  readonly name: string;
  readonly region: string;
  /**
   * ARN of the key that it must be.
   * @default - the key that its alias points to, which must be the same each time
   */
  readonly keyArn?: string;
  /** ARN of the alias that must point to it. @default - none is looked at: in another account an alias does not resolve */
  readonly aliasArn?: string;
}

/** Input of `verify-keys`: everything it needs, so that the function holds no configuration of its own. */
export interface VerifyKeysEvent {
  readonly keys: readonly KeyTarget[];
  /** Accounts whose users and roles may be granted the use of the keys. */
  readonly knownAccounts: readonly string[];
  /** Bucket of the reports, and of what is remembered between runs. */
  readonly proofs: BucketLocation;
  /** Name of the alarm that critical findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Name of the alarm that the other findings are written into. */
  readonly warningAlarmName: string;
  /** Name of the composite alarm above that. @default - the alarm pages itself */
  readonly warningIncidentName?: string;
}

/** What can be wrong with a key. */
export const KeyFindingKind = {
  /** Disabled, about to be deleted, or gone. */
  KEY_UNUSABLE: 'keyUnusable',
  /** Its alias points to another key, or to none. */
  ALIAS_MOVED: 'aliasMoved',
  /** Its alias points to another key than in earlier verifications. */
  KEY_REPLACED: 'keyReplaced',
  /** It is not rotated each year. */
  KEY_NOT_ROTATING: 'keyNotRotating',
  /** KMS should have rotated it already. */
  ROTATION_LATE: 'rotationLate',
  /** Somebody who is not known may use it. */
  UNKNOWN_GRANTEE: 'unknownGrantee',
  /** It could not be looked up, or remembered. */
  UNKNOWN: 'unknown',
} as const;
export type KeyFindingKind = (typeof KeyFindingKind)[keyof typeof KeyFindingKind];

/** One thing that is wrong. */
export interface KeyFinding {
  readonly kind: KeyFindingKind;
  /** Whether it endangers a restore, and pages; the others warn. */
  readonly isCritical: boolean;
  /** One sentence in plain words with the value, the limit and what to do. */
  readonly detail: string;
}

/** Who may use a key by grants. */
export interface Grantee {
  /** ARN of a user or role, or the principal of a service. */
  readonly principal: string;
  /** Number of the grants. */
  readonly grants: number;
  /** What they allow together, such as `Decrypt`. */
  readonly operations: readonly string[];
  /** Whether the principal is one of a known account, or a service that uses keys of backups. */
  readonly isKnown: boolean;
}

/** What the function answers for one key; what could not be looked up is absent. Moments are ISO 8601 instants. */
export interface KeyResult {
  readonly name: string;
  readonly region: string;
  /** ARN of the key itself. */
  readonly keyArn?: string;
  /** Such as `Enabled` or `PendingDeletion`. */
  readonly state?: string;
  /** When KMS will delete it. */
  readonly deletionAt?: string;
  /** Days between two rotations; absent also when it is not rotated by itself. */
  readonly rotationDays?: number;
  readonly nextRotationAt?: string;
  /** At most {@link MOST_TOLD_GRANTEES}, those that are not known first. */
  readonly grantees?: readonly Grantee[];
  readonly findings: readonly KeyFinding[];
}

/** Answer of `verify-keys`. */
export interface VerifyKeysResult {
  readonly keys: readonly KeyResult[];
  /** What concerns all keys. */
  readonly common: readonly KeyFinding[];
  /** Key of the report in the proofs bucket; absent when it could not be written, which is a finding too. */
  readonly reportKey?: string;
}

/** Principals that a result names of one key at most. */
export const MOST_TOLD_GRANTEES = 100;

/** Folder in the proofs bucket of all about keys; ends with a slash. */
export const KEYS_PREFIX = 'keys/';

/** Object that remembers which keys were found behind aliases. */
export const KEYS_STATE_KEY = `${KEYS_PREFIX}state.json`;

/** Report of one verification of all keys; `at` is its moment. */
export const keysReportKey = (at: Date): string => `${KEYS_PREFIX}reports/${proofTime(at)}.json`;

/** Value of the dimension `Kind` of the warnings about keys. */
export const KEYS_KIND = 'keys';

/** How often keys are verified, in minutes. */
export const VERIFY_KEYS_EVERY_MINUTES = 60;

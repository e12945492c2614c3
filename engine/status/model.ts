import type { Objectives } from '../contract/deployment';
import type { ProofFinding, ProofOutcome, ProofSystem } from '../contract/proofs';
import type { ProofLevel } from '../contract/signals';

/** What `holdfast status`, the report and the dashboard's text show: one picture of what can be restored. */

/** How good something is. `unknown`: nobody could look, or what was seen is too old to count. */
export const Health = {
  HEALTHY: 'healthy',
  WARNING: 'warning',
  CRITICAL: 'critical',
  UNKNOWN: 'unknown',
} as const;
export type Health = (typeof Health)[keyof typeof Health];

/** The newest proof of a level. */
export interface ProofStatus {
  readonly level: ProofLevel;
  /** When the newest proof that succeeded began. @default - there is none among what is kept */
  readonly provedAt?: string;
  /** Since then. */
  readonly ageSeconds?: number;
  /** Oldest that it may be. */
  readonly limitSeconds?: number;
  /** How the newest proof of all ended, whether or not it succeeded. @default - there is none */
  readonly lastOutcome?: ProofOutcome;
  readonly health: Health;
}

/** A figure against its objective, in seconds. */
export interface ObjectiveStatus {
  /** @default - not measured yet */
  readonly seconds?: number;
  /** @default - none is configured */
  readonly limitSeconds?: number;
  readonly health: Health;
}

/** State of one protected resource. */
export interface ResourceStatus {
  readonly system: ProofSystem;
  readonly resource: string;
  readonly health: Health;
  /** Why it is not healthy, in plain sentences; empty when it is. */
  readonly reasons: readonly string[];
  readonly backupAge: ObjectiveStatus;
  readonly rpo: ObjectiveStatus;
  readonly rto: ObjectiveStatus;
  /** One for each level that is asked for, or of which there is a record. */
  readonly proofs: readonly ProofStatus[];
  /** The newest moment that can be restored. */
  readonly restorableAt?: string;
  readonly bytes?: number;
  readonly objects?: number;
  readonly replicationLagSeconds?: number;
  /** Number of kept backups with a manifest. @default - the resource has no such backups */
  readonly backups?: number;
  readonly findings: readonly ProofFinding[];
}

/** State of one tenant, from the newest backup that has it. */
export interface TenantStatus {
  /** Name of the protected database. */
  readonly resource: string;
  readonly tenant: string;
  readonly health: Health;
  /** Id of the backup. */
  readonly backupId: string;
  /** The moment that the backup shows. */
  readonly backupAt: string;
  readonly ageSeconds: number;
  /** How far the backup was proved. @default - not at all yet */
  readonly provedLevel?: ProofLevel;
  /** When that proof began. */
  readonly provedAt?: string;
  readonly bytes: number;
  readonly tables: number;
  readonly rows: number;
}

/** A tenant that the newest backup leaves out, as the configuration or the registry of tenants says. */
export interface LeftOutTenant {
  /** Name of the protected database. */
  readonly resource: string;
  readonly tenant: string;
  readonly reason: string;
}

/** State of an alarm that is not OK. */
export interface AlarmStatus {
  readonly name: string;
  readonly region: string;
  readonly state: 'ALARM' | 'INSUFFICIENT_DATA';
  readonly health: Health;
  /** Since when, as an ISO 8601 instant. */
  readonly since: string;
  readonly reason: string;
}

/** The whole picture at one moment. */
export interface Status {
  readonly prefix: string;
  /** When it was looked at; an ISO 8601 instant. */
  readonly at: string;
  readonly health: Health;
  readonly primaryRegion: string;
  readonly recoveryRegion: string;
  readonly resources: readonly ResourceStatus[];
  /** Only when they were asked for. */
  readonly tenants?: readonly TenantStatus[];
  /** Tenants that the newest backups leave out on purpose; only when tenants were asked for. */
  readonly leftOut?: readonly LeftOutTenant[];
  /** Alarms that are not OK, loudest first. */
  readonly alarms: readonly AlarmStatus[];
  /** What could not be looked at, in plain sentences. */
  readonly unknown: readonly string[];
  readonly objectives: Objectives;
}

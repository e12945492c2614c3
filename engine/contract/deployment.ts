import type { ProofSystem } from './proofs';
import type { ProofLevel } from './signals';

/**
 * What a deployment says of itself, so that the command line and the report find everything with nothing but read access: one
 * parameter in SSM, in the primary Region. Names of buckets follow from it; see `bucket-names.ts`.
 */

/** Folder of the parameters of all deployments of an account and Region; ends with a slash. */
export const DEPLOYMENTS_PATH = '/holdfast/';

/** Name of the parameter of a deployment. */
export const deploymentParameter = (prefix: string): string => `${DEPLOYMENTS_PATH}${prefix}`;

/** Value of the parameter, as JSON. */
export interface Deployment {
  /** Version of this format. */
  readonly format: 1;
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Version of Holdfast that was deployed. */
  readonly software: string;
  readonly primary: { readonly account: string; readonly region: string };
  readonly recovery: { readonly account: string; readonly region: string };
  /** Names of the protected resources of each system; a system without any is absent. */
  readonly resources: Readonly<Partial<Record<ProofSystem, readonly string[]>>>;
  readonly objectives: Objectives;
}

/** What a system must hold; in seconds. What is absent is not asked for. */
export interface SystemObjectives {
  /** Oldest that the newest backup may be. */
  readonly backupAgeSeconds?: number;
  /** Oldest that the newest proof of a level may be. */
  readonly proofAgeSeconds: Readonly<Partial<Record<ProofLevel, number>>>;
  /** Recovery point objective: most seconds of work that may be lost. */
  readonly rpoSeconds?: number;
  /** Recovery time objective: longest that a restore may take. */
  readonly rtoSeconds?: number;
}

/** Objectives of each system. The thresholds of alarms are the same numbers. */
export type Objectives = Readonly<Record<ProofSystem, SystemObjectives>>;

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * What holds unless the configuration says otherwise. `intact` allows a day over the cycle within which everything is read, for files;
 * dumps and exports are read when they are made. Snapshots of databases are a day apart, and AWS Backup may begin two hours late and take twelve.
 */
export const DEFAULT_OBJECTIVES: Objectives = {
  database: { backupAgeSeconds: 40 * HOUR, proofAgeSeconds: { present: 3 * HOUR }, rpoSeconds: HOUR },
  tenants: {
    backupAgeSeconds: 26 * HOUR,
    proofAgeSeconds: { present: 26 * HOUR, intact: 30 * HOUR },
    rpoSeconds: 26 * HOUR,
  },
  files: { proofAgeSeconds: { present: 26 * HOUR, intact: 31 * DAY }, rpoSeconds: HOUR },
  redis: {
    backupAgeSeconds: 28 * HOUR,
    proofAgeSeconds: { present: 26 * HOUR, intact: 30 * HOUR },
    rpoSeconds: 28 * HOUR,
  },
};

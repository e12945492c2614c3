import type { ProofFinding } from '../contract/proofs';

/** What can be wrong with the dumps of a database. */
export const TenantFinding = {
  /** An object of a backup is not in the bucket, or another one is in its place. */
  MISSING: 'missing',
  /** An object of a backup is not in the replica, or another one is in its place. */
  COPY_MISSING: 'copyMissing',
  /** An object is encrypted with another key than it must be. */
  WRONG_KEY: 'wrongKey',
  /** The lock of an object ends before that of its backup, or is of another mode. */
  WRONG_LOCK: 'wrongLock',
  /** Someone has written a delete marker over an object. */
  HIDDEN: 'hidden',
  /** The bytes of an object are not those that were written, or are no archive. */
  DAMAGED: 'damaged',
  /** A manifest, or the list of tenants of a backup, is damaged. */
  UNREADABLE: 'unreadable',
  /** A backup is kept in another tier, locked shorter, or kept longer than the retention says. */
  RETENTION: 'retention',
  /** A backup that was there is gone before its time. */
  VANISHED: 'vanished',
  /** Something could not be looked at: nobody knows. */
  UNKNOWN: 'unknown',
} as const;
export type TenantFinding = (typeof TenantFinding)[keyof typeof TenantFinding];

/** Something that endangers a restore. */
export const critical = (kind: TenantFinding, detail: string): ProofFinding => ({ kind, isCritical: true, detail });

/** Something to mend before it endangers one. */
export const warning = (kind: TenantFinding, detail: string): ProofFinding => ({ kind, isCritical: false, detail });

/** What could not be looked at. Errors of Holdfast carry their own hint. */
export const unknown = (error: unknown): ProofFinding =>
  critical(TenantFinding.UNKNOWN, error instanceof Error ? error.message : String(error));

/** Findings of a tally that are kept word for word. */
const MOST_KEPT = 100;

/** Some findings, all of them counted and the first of each severity kept. */
export interface Tally {
  readonly criticals: number;
  readonly warnings: number;
  readonly findings: ProofFinding[];
}

/** A tally without any finding. */
export const NO_FINDINGS: Tally = { criticals: 0, warnings: 0, findings: [] };

/** The tally of some findings. */
export function tallyOf(findings: readonly ProofFinding[]): Tally {
  const criticals = findings.filter(({ isCritical }) => isCritical);
  const warnings = findings.filter(({ isCritical }) => !isCritical);
  return {
    criticals: criticals.length,
    warnings: warnings.length,
    findings: [...criticals.slice(0, MOST_KEPT), ...warnings.slice(0, MOST_KEPT)],
  };
}

/** Two tallies as one. */
export function addTallies(left: Tally, right: Tally): Tally {
  return {
    ...tallyOf([...left.findings, ...right.findings]),
    criticals: left.criticals + right.criticals,
    warnings: left.warnings + right.warnings,
  };
}

import type { OptInMode } from '../../engine/contract/backup-opt-in';
import { DEFAULT_PLAN_TIME, type PlanTime } from '../../engine/contract/backup-plan';
import type { LockMode } from '../files/lock-mode';
import type { Problem } from '../problem';
import { type DailySchedule, scheduleProblems } from '../tenants/daily-schedule';
import { type RestoreNetwork, restoreNetworkProblems } from './restore-testing';

/** How the vault of the recovery Region is kept; time and lock are the same as in the primary Region. */
export interface RecoveryVaultOptions {
  /** When each day AWS Backup begins. @default - 03:00 UTC */
  readonly time?: DailySchedule;
  /**
   * How firm the locks of both vaults are. In compliance mode, a lock can be changed for 7 days after it is first deployed, and by
   * nobody afterwards: neither the lock, nor the retention beyond its range, nor the vault can be taken back.
   * @default LockMode.GOVERNANCE
   */
  readonly lockMode?: LockMode;
  /** Where restores are tested, in the Region of the vault. @default - no restore is tested */
  readonly restoreTesting?: RestoreNetwork;
}

/** How databases on RDS and Aurora are backed up: all of them by one plan, into one vault. */
export interface DatabaseBackupOptions extends RecoveryVaultOptions {
  /** What to do where the account has not opted in to AWS Backup for RDS or Aurora. @default OptInMode.CHECK */
  readonly serviceOptIn?: OptInMode;
  /** Whether AWS Backup evaluates each day what is promised, as evidence for auditors; AWS Config must record. @default true */
  readonly auditControls?: boolean;
}

/** When the plan begins. */
export function planTime({ time }: RecoveryVaultOptions): PlanTime {
  return time === undefined ? DEFAULT_PLAN_TIME : { minute: 0, timeZone: DEFAULT_PLAN_TIME.timeZone, ...time };
}

/** Everything wrong with these options. */
export function recoveryVaultProblems({ time, restoreTesting }: RecoveryVaultOptions, path: string): Problem[] {
  return [
    ...(time ? scheduleProblems(time, `${path}.time`) : []),
    ...(restoreTesting ? restoreNetworkProblems(restoreTesting, `${path}.restoreTesting`) : []),
  ];
}

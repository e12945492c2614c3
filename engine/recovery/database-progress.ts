import type { DatabaseRestoreSettings, RestoreExecution } from '../contract/restore-managed';
import type { DatabaseRestorePlan } from './database-plan';
import type { DatabaseServices } from './database-services';
import type { FoundDatabase } from './databases';
import { causeOf, isInTransition, RestoreFailedError } from './restore-error';
import type { Advance } from './restore-run';

/** How far a restore is: the step to make next, and what the steps before made. Kept by the state machine between two steps. */
export interface DatabaseProgress {
  readonly step: DatabaseStep;
  readonly plan: DatabaseRestorePlan;
  /** Job of AWS Backup that copies the recovery point back. */
  readonly copyJobId?: string;
  /** Recovery point that the copy made. */
  readonly copiedArn?: string;
  /** Job of AWS Backup that restores. */
  readonly restoreJobId?: string;
}

/** The steps, in order; a restore to a point in time begins with `restore`, one from a recovery point that is here with `startJob`. */
export type DatabaseStep =
  | 'copy'
  | 'awaitCopy'
  | 'startJob'
  | 'awaitJob'
  | 'restore'
  | 'awaitDatabase'
  | 'configure'
  | 'awaitConfigured'
  | 'createInstances'
  | 'awaitInstances'
  | 'secure'
  | 'awaitSecret'
  | 'protect'
  | 'done';

/** What a step came to. */
export type StepOutcome = Advance<DatabaseProgress>;

/** What all steps of an execution share. */
export interface DatabaseStepContext {
  readonly execution: RestoreExecution;
  readonly settings: DatabaseRestoreSettings;
  readonly services: DatabaseServices;
}

/** A step of a restore. */
export type Step = (progress: DatabaseProgress, context: DatabaseStepContext) => Promise<StepOutcome>;

/** Seconds between two looks at something that takes minutes. */
export const LOOK_AGAIN_SECONDS = 30;

/** Goes on with another step. */
export const to = (step: DatabaseStep, progress: DatabaseProgress, waitSeconds = 0): StepOutcome => ({
  progress: { ...progress, step },
  waitSeconds,
});

/** Makes the same step again. */
export const again = (progress: DatabaseProgress): StepOutcome => ({ progress, waitSeconds: LOOK_AGAIN_SECONDS });

/** Makes a change, or the same step again later when the database is in the middle of another. */
export async function whenItCan(progress: DatabaseProgress, change: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await change();
  } catch (error) {
    if (isInTransition(causeOf(error))) {
      return again(progress);
    }
    throw error;
  }
}

/**
 * What is being restored.
 *
 * @throws RestoreFailedError when it is gone.
 */
export async function restored({ plan }: DatabaseProgress, { services }: DatabaseStepContext): Promise<FoundDatabase> {
  const database = await services.databases[plan.kind].find(plan.newIdentifier);
  if (database === undefined) {
    throw new RestoreFailedError(
      `The ${plan.kind} ${plan.newIdentifier}, which was being restored, is gone. HINT: see in CloudTrail who deleted it, and start the restore again.`,
    );
  }
  return database;
}

/**
 * Whether RDS is done with a database.
 *
 * @throws RestoreFailedError when it will never be.
 */
export function isAvailable({ status }: FoundDatabase, identifier: string): boolean {
  if (FAILED.test(status)) {
    throw new RestoreFailedError(
      `RDS could not restore ${identifier}: its status is ${status}. HINT: look the status up in the RDS user guide, correct what it names, and start the restore again.`,
    );
  }
  return status === 'available';
}

/**
 * Statuses that do not pass by themselves.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
 */
const FAILED =
  /^(failed|.*-failed|incompatible-.*|inaccessible-encryption-credentials.*|insufficient-capacity|restore-error|storage-full|stopped|stopping|deleting)$/;

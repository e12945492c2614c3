import type { DatabaseKind } from '../contract/verify-database';
import { recoveryPointOf } from './backup-job-steps';
import type { DatabaseProgress, DatabaseStepContext } from './database-progress';
import type { FoundDatabase } from './databases';
import type { JobState } from './recovery-points';
import { RestoreFailedError } from './restore-error';
import { isMadeBy, isRestored } from './restored-name';
import type { Removable } from './taking-back';

/**
 * What a restore of a database may have made: exactly the names of its plan, instances before their cluster. A database that bears one
 * and that another made is left alone. A recovery point that was copied back is no loss: it expires by itself, and the lock of its vault
 * would not let it go.
 */
export function databaseRemovables(progress: DatabaseProgress, context: DatabaseStepContext): Removable[] {
  const { kind, newIdentifier, instances } = progress.plan;
  return [
    ...instances.map(({ identifier }) => ({
      name: `instance ${identifier}`,
      remove: () => remove('instance', identifier, context),
    })),
    { name: `${kind} ${newIdentifier}`, remove: () => removeRestored(progress, context) },
  ];
}

/**
 * AWS Backup cannot be told to stop a restore, and what it makes bears none of our tags until it is there: its job tells whose it is. A
 * job fails, too, because another made a database of that name first.
 */
async function removeRestored(progress: DatabaseProgress, context: DatabaseStepContext): Promise<'gone' | 'going'> {
  const { kind, newIdentifier } = progress.plan;
  const jobId = await restoreJob(progress, context);
  if (jobId === undefined) {
    return remove(kind, newIdentifier, context);
  }
  const job = await context.services.recoveryPoints().restoreState(jobId);
  return job.state === 'running'
    ? 'going'
    : remove(kind, newIdentifier, context, (database) => isMadeByJob(database, job, jobId));
}

/** @throws RestoreFailedError when nobody knows: it is left for people to judge. */
function isMadeByJob({ arn, tags }: FoundDatabase, { state, madeArn }: JobState, jobId: string): boolean {
  if (state === 'completed' || madeArn === arn) {
    return true;
  }
  if (isRestored(tags)) {
    return false;
  }
  throw new RestoreFailedError(
    `The restore job ${jobId} failed and does not say whether it made this, so nobody knows who did, and it stays. HINT: see in CloudTrail who made it; delete it if the job did.`,
  );
}

/** The job that restores: its id was lost when the step that began it was cut off. */
async function restoreJob(
  progress: DatabaseProgress,
  { execution, services }: DatabaseStepContext,
): Promise<string | undefined> {
  const { plan, step, restoreJobId } = progress;
  if (restoreJobId !== undefined || step !== 'startJob') {
    return restoreJobId;
  }
  const { arn } = recoveryPointOf(progress);
  const since = new Date(Date.parse(execution.startedAt) - CLOCKS_DIFFER_MS);
  return services.recoveryPoints().findRestore(arn, plan.newIdentifier, since);
}

async function remove(
  kind: DatabaseKind,
  identifier: string,
  { execution, services }: DatabaseStepContext,
  isOurs: (database: FoundDatabase) => boolean = () => false,
): Promise<'gone' | 'going'> {
  const databases = services.databases[kind];
  const database = await databases.find(identifier);
  if (database === undefined || !(isMadeBy(execution, database.tags) || isOurs(database))) {
    return 'gone';
  }
  if (database.isDeletionProtected) {
    // RDS may refuse the deletion until it has made this change: the next look deletes.
    await databases.modify(identifier, { isDeletionProtected: false });
  } else if (database.status !== 'deleting') {
    await databases.delete(identifier);
  }
  return 'going';
}

/** How much the clocks of services may differ. */
const CLOCKS_DIFFER_MS = 60_000;

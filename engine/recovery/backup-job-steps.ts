import { again, type DatabaseProgress, LOOK_AGAIN_SECONDS, type Step, to } from './database-progress';
import type { JobState } from './recovery-points';
import { RestoreFailedError } from './restore-error';
import { withOverrides } from './restore-metadata';

/** The steps that AWS Backup takes: the copy back from the recovery vault, and the restore of a recovery point. */
export const BACKUP_JOB_STEPS = {
  copy: async (progress, { execution, settings, services }) => {
    const { source } = progress.plan;
    if (source.kind !== 'recoveryVault') {
      throw new Error(`A restore from ${source.kind} has no step copy.`);
    }
    const copyJobId = await services.recoveryPoints(source.region).startCopy({
      recoveryPointArn: source.arn,
      fromVault: source.vaultName,
      toVaultArn: source.copyTo.vaultArn,
      roleArn: settings.backupRoleArn,
      keepDays: source.copyTo.keepDays,
      token: execution.id,
    });
    return to('awaitCopy', { ...progress, copyJobId }, LOOK_AGAIN_SECONDS);
  },

  awaitCopy: async (progress, { services }) => {
    const { plan, copyJobId = '' } = progress;
    const region = plan.source.kind === 'recoveryVault' ? plan.source.region : undefined;
    const job = await services.recoveryPoints(region).copyState(copyJobId);
    return isJobDone(job, `copy job ${copyJobId}`)
      ? to('startJob', { ...progress, copiedArn: job.madeArn })
      : again(progress);
  },

  startJob: async (progress, { execution, settings, services }) => {
    const { plan } = progress;
    const { arn, vaultName } = recoveryPointOf(progress);
    const points = services.recoveryPoints();
    const restoreJobId = await points.startRestore({
      recoveryPointArn: arn,
      metadata: withOverrides(await points.metadata(vaultName, arn), plan),
      roleArn: settings.backupRoleArn,
      token: execution.id,
    });
    return to('awaitJob', { ...progress, restoreJobId }, LOOK_AGAIN_SECONDS);
  },

  awaitJob: async (progress, { services }) => {
    const { restoreJobId = '' } = progress;
    const job = await services.recoveryPoints().restoreState(restoreJobId);
    return isJobDone(job, `restore job ${restoreJobId}`) ? to('awaitDatabase', progress) : again(progress);
  },
} satisfies Partial<Record<DatabaseProgress['step'], Step>>;

/** Vault and ARN of what AWS Backup restores: the recovery point that was named, or the copy of it. */
export function recoveryPointOf({ plan: { source }, copiedArn = '' }: DatabaseProgress): {
  readonly arn: string;
  readonly vaultName: string;
} {
  switch (source.kind) {
    case 'recoveryPoint':
      return source;
    case 'recoveryVault':
      return { arn: copiedArn, vaultName: source.copyTo.vaultName };
    case 'pointInTime':
      throw new Error('A restore to a point in time has no recovery point.');
  }
}

function isJobDone({ state, message }: JobState, job: string): boolean {
  if (state === 'failed') {
    throw new RestoreFailedError(
      `The ${job} of AWS Backup has failed: ${message.slice(0, 300)} HINT: look at the job in the console of AWS Backup, correct what it names, and start the restore again.`,
    );
  }
  return state === 'completed';
}

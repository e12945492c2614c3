import { AddTagsToResourceCommand, CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import { BACKUP_JOB_STEPS } from './backup-job-steps';
import type { DatabaseRestorePlan } from './database-plan';
import {
  again,
  type DatabaseProgress,
  type DatabaseStep,
  type DatabaseStepContext,
  isAvailable,
  LOOK_AGAIN_SECONDS,
  restored,
  type Step,
  type StepOutcome,
  to,
  whenItCan,
} from './database-progress';
import type { DatabaseChanges, FoundDatabase } from './databases';
import { asked, RestoreFailedError } from './restore-error';
import { isMadeBy, restoreTags } from './restored-name';

/** The first step of a plan. */
export function firstStep({ source }: DatabaseRestorePlan): DatabaseStep {
  return ({ pointInTime: 'restore', recoveryPoint: 'startJob', recoveryVault: 'copy' } as const)[source.kind];
}

/**
 * Makes the next step. A step that is made a second time, because the answer to the first was lost, makes nothing twice.
 *
 * @throws RestoreBusyError when the same step may be made again in a moment; RestoreFailedError when the restore has failed.
 */
export function makeStep(progress: DatabaseProgress, context: DatabaseStepContext): Promise<StepOutcome> {
  return STEPS[progress.step](progress, context);
}

const STEPS: Readonly<Record<DatabaseStep, Step>> = {
  ...BACKUP_JOB_STEPS,

  restore: async (progress, { execution, services }) => {
    const { kind, identifier, newIdentifier, source, shape } = progress.plan;
    if (source.kind !== 'pointInTime') {
      throw new Error(`A restore from ${source.kind} has no step restore.`);
    }
    const databases = services.databases[kind];
    const present = await databases.find(newIdentifier);
    if (present === undefined) {
      const tags = restoreTags(identifier, execution);
      await databases.restoreToPointInTime({ identifier, newIdentifier, source, shape, tags });
    } else if (!isMadeBy(execution, present.tags)) {
      throw new RestoreFailedError(
        `Somebody else made a database ${newIdentifier} in the meantime. HINT: it stays as it is; start the restore again with another \`newIdentifier\`.`,
      );
    }
    return to('awaitDatabase', progress, LOOK_AGAIN_SECONDS);
  },

  awaitDatabase: async (progress, context) => {
    const database = await restored(progress, context);
    return isAvailable(database, progress.plan.newIdentifier) ? to('configure', progress) : again(progress);
  },

  configure: async (progress, context) => {
    const { plan } = progress;
    const database = await restored(progress, context);
    const { rds, databases } = context.services;
    const request = { ResourceName: database.arn, Tags: restoreTags(plan.identifier, context.execution) };
    await asked(`tag ${plan.newIdentifier}`, () => rds.send(new AddTagsToResourceCommand(request)));
    const changes = changesTo(database, plan);
    if (Object.keys(changes).length === 0) {
      return to('awaitConfigured', progress);
    }
    return whenItCan(progress, async () => {
      await databases[plan.kind].modify(plan.newIdentifier, changes);
      return to('awaitConfigured', progress, LOOK_AGAIN_SECONDS);
    });
  },

  awaitConfigured: async (progress, context) => {
    const { kind, newIdentifier } = progress.plan;
    const database = await restored(progress, context);
    if (!isAvailable(database, newIdentifier) || database.isApplyingParameters) {
      return again(progress);
    }
    if (database.needsReboot) {
      return whenItCan(progress, async () => {
        await context.services.databases[kind].reboot(newIdentifier);
        return again(progress);
      });
    }
    return to('createInstances', progress);
  },

  createInstances: async (progress, context) => {
    const { services, execution } = context;
    const { plan } = progress;
    const cluster = await restored(progress, context);
    for (const { identifier, instanceClass, parameterGroup } of plan.instances) {
      const present = await services.databases.instance.find(identifier);
      if (present !== undefined && !isMadeBy(execution, present.tags)) {
        throw new RestoreFailedError(
          `Somebody else made an instance ${identifier} in the meantime. HINT: it stays as it is; start the restore again with another \`newIdentifier\`.`,
        );
      }
      if (present === undefined) {
        const request = {
          DBInstanceIdentifier: identifier,
          DBClusterIdentifier: plan.newIdentifier,
          DBInstanceClass: instanceClass,
          DBParameterGroupName: parameterGroup,
          Engine: cluster.engine,
          PubliclyAccessible: false,
          Tags: restoreTags(plan.identifier, execution),
        };
        await asked(`create the instance ${identifier} of cluster ${plan.newIdentifier}`, () =>
          services.rds.send(new CreateDBInstanceCommand(request)),
        );
      }
    }
    return to('awaitInstances', progress, plan.instances.length === 0 ? 0 : LOOK_AGAIN_SECONDS);
  },

  awaitInstances: async (progress, { services }) => {
    for (const { identifier } of progress.plan.instances) {
      const instance = await services.databases.instance.find(identifier);
      if (instance === undefined || !isAvailable(instance, identifier)) {
        return again(progress);
      }
    }
    return to('secure', progress);
  },

  /** Whoever knows the password of the original must not be let into the copy, and nobody need know the copy's. */
  secure: async (progress, context) => {
    const { kind, newIdentifier, secretKeyArn: keyArn } = progress.plan;
    const { masterSecret } = await restored(progress, context);
    if (masterSecret !== undefined) {
      return to('awaitSecret', progress);
    }
    return whenItCan(progress, async () => {
      await context.services.databases[kind].modify(newIdentifier, { masterPassword: { keyArn } });
      return to('awaitSecret', progress, LOOK_AGAIN_SECONDS);
    });
  },

  awaitSecret: async (progress, context) => {
    const database = await restored(progress, context);
    const isReady = isAvailable(database, progress.plan.newIdentifier) && database.masterSecret?.isActive === true;
    return isReady ? to('protect', progress) : again(progress);
  },

  /** Last, so that nothing stands in the way of taking a restore back that fails. */
  protect: async (progress, context) => {
    const { kind, newIdentifier } = progress.plan;
    const database = await restored(progress, context);
    if (database.isDeletionProtected) {
      return to('done', progress);
    }
    return whenItCan(progress, async () => {
      await context.services.databases[kind].modify(newIdentifier, { isDeletionProtected: true });
      return to('done', progress);
    });
  },

  done: async (progress, context) => {
    const { newIdentifier } = progress.plan;
    const { arn, endpoint, masterSecret } = await restored(progress, context);
    if (endpoint === undefined || masterSecret === undefined) {
      throw new RestoreFailedError(
        `${newIdentifier} is available and has no ${endpoint === undefined ? 'endpoint' : 'master password'}. HINT: look at it in the console, and start the restore again.`,
      );
    }
    return {
      progress,
      waitSeconds: 0,
      result: {
        identifier: newIdentifier,
        arn,
        endpoint,
        secretArn: masterSecret.arn,
        ...(progress.copiedArn !== undefined && { copiedRecoveryPointArn: progress.copiedArn }),
      },
    };
  },
};

/** What AWS Backup did not set up as planned. */
function changesTo(database: FoundDatabase, { shape }: DatabaseRestorePlan): DatabaseChanges {
  const { securityGroupIds, parameterGroup, multiAz, capacity } = shape;
  const hasGroups = [...database.securityGroupIds].sort().join() === [...securityGroupIds].sort().join();
  return {
    ...(!hasGroups && { securityGroupIds }),
    ...(parameterGroup !== undefined && parameterGroup !== database.parameterGroup && { parameterGroup }),
    ...(multiAz !== undefined && multiAz !== database.multiAz && { multiAz }),
    ...(capacity !== undefined && database.capacity === undefined && { capacity }),
    ...(database.isDeletionProtected && { isDeletionProtected: false }),
  };
}

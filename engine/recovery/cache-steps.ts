import type { RestoreExecution } from '../contract/restore-managed';
import { readCacheLogin } from '../redis/cache-login';
import type { CacheRestorePlan, CacheServices } from './cache-plan';
import { isOurs, requestOf } from './cache-request';
import { bucketName, seedKey } from './cache-seeds';
import type { FoundGroup } from './replication-groups';
import { RestoreFailedError } from './restore-error';
import type { Advance } from './restore-run';

/** How far a restore is: the step to make next. Kept by the state machine between two steps. */
export interface CacheProgress {
  readonly step: 'copySeed' | 'create' | 'awaitGroup' | 'removeSeeds' | 'done';
  readonly plan: CacheRestorePlan;
  /** Number of files that were copied to where ElastiCache reads them. */
  readonly copied: number;
}

/** What all steps of an execution share. */
export interface CacheStepContext {
  readonly execution: RestoreExecution;
  readonly services: CacheServices;
}

/** Before the first step. */
export const begun = (plan: CacheRestorePlan): CacheProgress => ({
  step: plan.source.kind === 'exported' ? 'copySeed' : 'create',
  plan,
  copied: 0,
});

/**
 * Makes the next step. A step that is made a second time, because the answer to the first was lost, makes nothing twice.
 *
 * @throws RestoreBusyError when the same step may be made again in a moment; Error when the restore has failed.
 */
export function makeCacheStep(progress: CacheProgress, context: CacheStepContext): Promise<Advance<CacheProgress>> {
  return STEPS[progress.step](progress, context);
}

type Step = (progress: CacheProgress, context: CacheStepContext) => Promise<Advance<CacheProgress>>;

/** Seconds between two looks at something that takes minutes. */
const LOOK_AGAIN_SECONDS = 30;

const STEPS: Readonly<Record<CacheProgress['step'], Step>> = {
  /** One file a step: it takes as long as its bytes take. */
  copySeed: async (progress, { execution, services }) => {
    const { store, files } = exported(progress.plan);
    const file = files[progress.copied];
    if (file === undefined) {
      return { progress: { ...progress, step: 'create' }, waitSeconds: 0 };
    }
    await services.seeds.copy(store.bucket, file, bucketName(store.stagingBucketArn), seedKey(execution.id, file));
    return { progress: { ...progress, copied: progress.copied + 1 }, waitSeconds: 0 };
  },

  create: async (progress, { execution, services }) => {
    const { plan } = progress;
    const present = await services.groups.find(plan.newId);
    if (present === undefined) {
      await services.groups.create({
        ...requestOf(plan, execution),
        ...(await authToken(plan, services)),
      });
    } else if (!isOurs(present, plan, execution)) {
      throw new RestoreFailedError(
        `Somebody else made a replication group ${plan.newId} in the meantime. HINT: it stays as it is; start the restore again with another \`newReplicationGroupId\`.`,
      );
    }
    return { progress: { ...progress, step: 'awaitGroup' }, waitSeconds: LOOK_AGAIN_SECONDS };
  },

  awaitGroup: async (progress, { services }) => {
    const { group } = await restored(progress, services);
    const { Status: status = 'unknown' } = group;
    if (FAILED.test(status)) {
      throw new RestoreFailedError(
        `ElastiCache could not restore ${progress.plan.newId}: its status is ${status}. HINT: look at its events; most often the data do not fit into the node type, or its version is too old. Say another \`placement.nodeType\`, and start the restore again.`,
      );
    }
    return status === 'available'
      ? { progress: { ...progress, step: 'removeSeeds' }, waitSeconds: 0 }
      : { progress, waitSeconds: LOOK_AGAIN_SECONDS };
  },

  /** What cannot be removed expires by the lifecycle of its bucket, and is no reason to take back a cache that is ready. */
  removeSeeds: async (progress, { execution, services }) => {
    const { source } = progress.plan;
    if (source.kind === 'exported') {
      await services.seeds.remove(bucketName(source.store.stagingBucketArn), execution.id).catch(() => undefined);
    }
    return { progress: { ...progress, step: 'done' }, waitSeconds: 0 };
  },

  done: async (progress, { services }) => {
    const { group } = await restored(progress, services);
    const { Address: address, Port: port } =
      group.ConfigurationEndpoint ?? group.NodeGroups?.[0]?.PrimaryEndpoint ?? {};
    if (address === undefined || port === undefined) {
      throw new RestoreFailedError(
        `${progress.plan.newId} is available and has no endpoint. HINT: look at it in the console, and start the restore again.`,
      );
    }
    const result = { identifier: progress.plan.newId, arn: group.ARN ?? '', endpoint: { address, port } };
    return { progress, waitSeconds: 0, result };
  },
};

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html */
const FAILED = /^(.*-failed|deleting)$/;

function exported({ source }: CacheRestorePlan) {
  if (source.kind !== 'exported') {
    throw new Error(`A restore from a ${source.kind} has no step copySeed.`);
  }
  return source;
}

async function restored({ plan }: CacheProgress, { groups }: CacheServices): Promise<FoundGroup> {
  const present = await groups.find(plan.newId);
  if (present === undefined) {
    throw new RestoreFailedError(
      `The replication group ${plan.newId}, which was being restored, is gone. HINT: see in CloudTrail who deleted it, and start the restore again.`,
    );
  }
  return present;
}

/** Read when it is needed, so that no step keeps it. */
async function authToken({ authSecretArn }: CacheRestorePlan, { readSecret }: CacheServices) {
  if (authSecretArn === undefined) {
    return {};
  }
  const login = await readCacheLogin({ kind: 'secret', secretArn: authSecretArn }, readSecret);
  return { AuthToken: login?.password };
}

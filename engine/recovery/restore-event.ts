import * as z from 'zod/mini';
import type {
  DatabaseRestoreSettings,
  RedisRestoreSettings,
  RestoreDatabaseRequest,
  RestoreRedisRequest,
  RestoreStep,
} from '../contract/restore-managed';
import { RestoreRefusedError } from './restore-error';

const name = z.string().check(z.minLength(1), z.maxLength(255));
const count = z.int().check(z.positive(), z.lte(500));
const securityGroupIds = z.array(name).check(z.minLength(1), z.maxLength(20));

const step = {
  execution: z.object({ id: name, startedAt: z.iso.datetime({ offset: true }) }),
  /** What the function itself answered in an earlier step. */
  progress: z.optional(z.looseObject({})),
  failure: z.optional(z.object({ Error: z.string(), Cause: z.optional(z.string()) })),
  isReport: z.optional(z.boolean()),
};
const timeoutSeconds = z.number().check(z.positive());

const databaseStep = z.object({
  ...step,
  settings: z.object({
    timeoutSeconds,
    vaultName: name,
    recoveryVault: z.object({ name, region: name, account: name }),
    backupRoleArn: name,
  }) satisfies z.ZodMiniType<DatabaseRestoreSettings>,
  request: z.strictObject({
    kind: z.enum(['instance', 'cluster']),
    identifier: name,
    source: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pointInTime'), at: z.optional(z.iso.datetime({ offset: true })) }),
      z.strictObject({ kind: z.literal('recoveryPoint'), recoveryPointArn: name, vaultName: name }),
      z.strictObject({ kind: z.literal('recoveryVault'), recoveryPointArn: name }),
    ]),
    newIdentifier: z.optional(name),
    placement: z.optional(
      z.strictObject({
        subnetGroup: z.optional(name),
        securityGroupIds: z.optional(securityGroupIds),
        parameterGroup: z.optional(name),
        instanceClass: z.optional(z.string().check(z.regex(/^db\.[a-z0-9.]+$/))),
        multiAz: z.optional(z.boolean()),
        instances: z.optional(z.int().check(z.positive(), z.lte(16))),
      }),
    ),
  }) satisfies z.ZodMiniType<RestoreDatabaseRequest>,
});

const redisStep = z.object({
  ...step,
  settings: z.object({
    timeoutSeconds,
    stores: z.record(z.string(), z.object({ bucket: name, stagingBucketArn: name, authSecretArn: z.optional(name) })),
  }) satisfies z.ZodMiniType<RedisRestoreSettings>,
  request: z.strictObject({
    resource: name,
    replicationGroupId: name,
    source: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('snapshot'), name }),
      z.strictObject({ kind: z.literal('exported'), backupId: name }),
    ]),
    newReplicationGroupId: z.optional(name),
    placement: z.optional(
      z.strictObject({
        subnetGroup: z.optional(name),
        securityGroupIds: z.optional(securityGroupIds),
        parameterGroup: z.optional(name),
        nodeType: z.optional(z.string().check(z.regex(/^cache\.[a-z0-9.]+$/))),
        shards: z.optional(count),
        replicasPerShard: z.optional(z.int().check(z.nonnegative(), z.lte(5))),
        userGroupIds: z.optional(z.array(name)),
      }),
    ),
  }) satisfies z.ZodMiniType<RestoreRedisRequest>,
});

/**
 * Reads what the state machine `restore-database` sends its function.
 *
 * @throws RestoreRefusedError that names every field that is wrong.
 */
export function parseDatabaseStep(event: unknown): RestoreStep<RestoreDatabaseRequest, DatabaseRestoreSettings> {
  return parsed(databaseStep, event, 'restore-database');
}

/**
 * Reads what the state machine `restore-redis` sends its function.
 *
 * @throws RestoreRefusedError that names every field that is wrong.
 */
export function parseRedisStep(event: unknown): RestoreStep<RestoreRedisRequest, RedisRestoreSettings> {
  return parsed(redisStep, event, 'restore-redis');
}

function parsed<Schema extends z.ZodMiniType>(schema: Schema, event: unknown, machine: string): z.infer<Schema> {
  const { data, error } = z.safeParse(schema, event);
  if (error !== undefined) {
    const fields = error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
    throw new RestoreRefusedError(
      `The input of ${machine} is wrong (${fields.join('; ')}). HINT: correct these fields of the input, and start the state machine again.`,
    );
  }
  return data;
}

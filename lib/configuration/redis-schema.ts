import { z } from 'zod';
import { DEFAULT_SAVE_POINTS } from '../../engine/contract/redis';
import { LockMode } from '../files/lock-mode';
import { RESOURCE } from '../platform/names';
import { DEFAULT_SNAPSHOT_RETENTION_DAYS, DEFAULT_SNAPSHOT_WINDOW } from '../redis/cache-backup-settings';
import { CACHE_ID } from '../redis/protected-cache';
import { keyArn, LOCK_MODE_DESCRIPTION, loginSecret, securityGroupIds, subnetIds, text } from './forms';

const cacheId = text(CACHE_ID.form, CACHE_ID.allowed);

const savePoint = z.strictObject({
  changes: z.int().describe('Changes that must have been made.'),
  seconds: z.int().describe('Seconds that must have gone by since the last snapshot: 60 to 86400.'),
});

const defaultSavePoints = DEFAULT_SAVE_POINTS.map(({ changes, seconds }) => `${changes} in ${seconds} s`).join(', ');

/** The shape of one entry of `redis`. */
export const redisSchema = z.strictObject({
  name: text(RESOURCE.form, RESOURCE.allowed).describe(
    'Name of the protected cache; part of the names of its buckets and the dimension of its metrics.',
  ),
  replicationGroup: cacheId.describe('Id of the replication group.').exactOptional(),
  serverlessCache: cacheId.describe('Name of the serverless cache, in place of a replication group.').exactOptional(),
  secret: loginSecret
    .describe(
      'Secret with `username` and `password` of a user that may INFO, or with the auth token as `password` alone. ' +
        'Default: the cache asks for no login.',
    )
    .exactOptional(),
  keyArn: keyArn
    .describe('ARN of the customer key that encrypts the cache at rest. Default: no customer key.')
    .exactOptional(),
  savePoints: z
    .array(savePoint)
    .describe(`When snapshots are due beside the daily one; none for an empty list. Default: ${defaultSavePoints}.`)
    .exactOptional(),
  snapshotRetentionDays: z
    .int()
    .default(DEFAULT_SNAPSHOT_RETENTION_DAYS)
    .describe(
      `Days for which ElastiCache keeps its snapshots, as it is set there: 1 to 35. Default: ${DEFAULT_SNAPSHOT_RETENTION_DAYS}.`,
    ),
  snapshotWindow: z
    .string()
    .default(DEFAULT_SNAPSHOT_WINDOW)
    .describe(
      `Daily window of ElastiCache's own snapshot in UTC, as it is set there. Default: ${DEFAULT_SNAPSHOT_WINDOW}.`,
    ),
  lockMode: z
    .enum([LockMode.GOVERNANCE, LockMode.COMPLIANCE])
    .default(LockMode.GOVERNANCE)
    .describe(LOCK_MODE_DESCRIPTION),
  network: z
    .strictObject({
      subnetIds: subnetIds.describe(
        "Subnets of the probe, with ways to the cache, ElastiCache's API, S3, CloudWatch and Secrets Manager.",
      ),
      securityGroupIds: securityGroupIds.describe('Security groups of the probe, which the cache admits.'),
    })
    .describe('Where the probe runs.'),
});

/** One entry of `redis`. */
export type RedisConfiguration = z.output<typeof redisSchema>;

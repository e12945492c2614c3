import { z } from 'zod';
import { DEFAULT_RETENTION, type Tier } from '../../engine/contract/retention';
import { WatchTrail } from '../audit/deletion-watch';
import { FileCategory } from '../files/file-category';
import { STORAGE_CLASSES } from '../files/file-lifecycle';
import { LockMode } from '../files/lock-mode';
import { PREFIX, RESOURCE } from '../platform/names';
import { databaseSchema } from './database-schema';
import { keyArn, LOCK_MODE_DESCRIPTION, text } from './forms';
import { rdsSchema } from './rds-schema';
import { redisSchema } from './redis-schema';
import { maintenanceSchema, objectivesSchema } from './signals-schema';

const account = text(/^\d{12}$/, 'an AWS account id: a text of 12 digits').describe('AWS account id.');

/** China, GovCloud and the isolated Regions are partitions of their own, where not all that Holdfast builds on exists. */
const region = text(
  /^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/,
  'an AWS Region of the partition "aws" such as "eu-central-1"',
).describe('AWS Region.');

const days = z.int().min(1).max(36_500);

const transition = z.strictObject({
  storageClass: z.enum(STORAGE_CLASSES).describe('Storage class to move to.'),
  afterDays: days.describe('Days since the version was written (current) or replaced (noncurrent).'),
});

const versionLifecycle = z.strictObject({
  transitions: z.array(transition).describe('Moves to colder classes, youngest first.').exactOptional(),
  expireAfterDays: days
    .describe('Days until a current version is hidden by a delete marker, or a noncurrent one deleted. Default: kept.')
    .exactOptional(),
});

const lifecycle = z.strictObject({
  currentVersions: versionLifecycle.describe('Versions that a plain read returns.').exactOptional(),
  noncurrentVersions: versionLifecycle.describe('Versions that were overwritten or deleted.').exactOptional(),
  abortIncompleteUploadsAfterDays: days.describe('Days until an upload never completed is removed.').exactOptional(),
  lockDays: days.describe('Days for which Object Lock keeps each version from deletion.').exactOptional(),
});

const bucketName = text(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'a bucket name: 3 to 63 lower-case letters, digits, hyphens and dots',
);

const readCycleDays = z.int().min(1).max(365).default(30);

const readCycleText = (what: string): string => `Days after which ${what} has been read in full once. Default: 30.`;

const files = z.strictObject({
  verifyEveryMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(15)
    .describe('Minutes between two verifications of all buckets. Default: 15.'),
  readCycleDays: readCycleDays.describe(readCycleText('every version of the replicas')),
  lockMode: z
    .enum([LockMode.GOVERNANCE, LockMode.COMPLIANCE])
    .default(LockMode.GOVERNANCE)
    .describe(LOCK_MODE_DESCRIPTION),
  buckets: z
    .array(
      z.strictObject({
        name: text(RESOURCE.form, RESOURCE.allowed).describe(
          'Name of the protected resource; part of its bucket names and the dimension of its metrics.',
        ),
        category: z
          .enum(FileCategory.ALL.map(({ id }) => id))
          .describe('What kind of files the bucket holds. Of an existing bucket it decides how the replica is locked.'),
        existing: z
          .strictObject({
            bucket: bucketName.describe('Name of a versioned bucket in the primary account and Region.'),
            keyArn: keyArn
              .describe(
                'ARN of the customer key that encrypts the bucket. Default: no customer key; then S3 makes copies without ' +
                  'the replica key, and the verification does not check keys.',
              )
              .exactOptional(),
          })
          .describe('A bucket that is already there; only its replication is configured. Default: Holdfast makes one.')
          .exactOptional(),
        lifecycle: lifecycle
          .describe(
            'Fields of the source that differ from the category. Of an existing bucket: the lifecycle that it has, so that ' +
              'the replica keeps everything longer; it is not changed. Default there: nothing expires.',
          )
          .exactOptional(),
        replicaLifecycle: lifecycle
          .describe("Fields of the replica that differ from the source's lifecycle, kept longer and locked.")
          .exactOptional(),
      }),
    )
    .min(1)
    .describe('The buckets to protect.'),
});

const paging = z.strictObject({
  email: z.array(z.email('an email address')).default([]).describe('Addresses that get every page and warning.'),
  slack: z
    .strictObject({
      workspaceId: text(/^T[A-Z0-9]+$/, 'a Slack workspace id: T and capital letters and digits').describe(
        'Id of the Slack workspace, authorised once in the console of Amazon Q Developer in chat applications.',
      ),
      channelId: text(/^[CG][A-Z0-9]+$/, 'a Slack channel id: C or G and capital letters and digits').describe(
        'Id of the Slack channel.',
      ),
    })
    .describe('Slack channel that gets every page and warning. Default: none.')
    .exactOptional(),
  pager: text(/^https:\/\/\S+$|^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/\S*)?$/, 'an https:// address')
    .describe(
      'HTTPS endpoint that gets every page, such as the CloudWatch integration of a pager service. Default: none.',
    )
    .exactOptional(),
  maintenance: z
    .array(maintenanceSchema)
    .default([])
    .describe('Times in which nothing pages; what is still wrong when one ends pages then. Default: none.'),
});

const count = (tier: Tier) => {
  const byDefault = DEFAULT_RETENTION.counts[tier];
  return z.int().default(byDefault).describe(`Number of ${tier} backups to keep. Default: ${byDefault}.`);
};

const retention = z.strictObject({
  daily: count('daily'),
  weekly: count('weekly'),
  monthly: count('monthly'),
  yearly: count('yearly'),
});

/** The shape of `holdfast.config.json`; the JSON Schema for editors is generated from it. */
export const configurationSchema = z
  .strictObject({
    $schema: z.string().describe('Path of the JSON Schema, for editors.').exactOptional(),
    prefix: text(PREFIX.form, PREFIX.allowed).describe(
      'First part of the name of everything that is deployed; unique in the account.',
    ),
    primary: z.strictObject({ account, region }).describe('Where the platform runs.'),
    recovery: z
      .strictObject({
        account: account.describe("AWS account of the replicas. Default: the primary's.").exactOptional(),
        region: region.describe('AWS Region of the replicas.'),
        replicaKeyArn: keyArn
          .describe('ARN of the replica key, which the recovery stack prints; needed with an account of its own.')
          .exactOptional(),
      })
      .describe('Where the replicas are.'),
    paging: paging.describe('Who is told when something is wrong.'),
    retention: retention
      .default(DEFAULT_RETENTION.counts)
      .describe(
        'How long backups of databases are kept, and locked. Default: 30 daily, 12 weekly, 12 monthly, 7 yearly.',
      ),
    objectives: objectivesSchema
      .default({})
      .describe('What must hold, where it differs from the defaults; alarms, status and dashboard share it.'),
    files: files.describe('Files on S3.'),
    deletionTrail: z
      .enum([WatchTrail.OWN, WatchTrail.OBJECTS, WatchTrail.EXISTING])
      .default(WatchTrail.OWN)
      .describe(
        'Which trail of CloudTrail records deletions: "own", one of Holdfast; "objects", the account has one for management events ' +
          'and Holdfast makes one for objects; "existing", the account has one for both. Default: own.',
      ),
    tenantDumps: z
      .strictObject({ readCycleDays: readCycleDays.describe(readCycleText('every kept dump')) })
      .prefault({})
      .describe('How the dumps of tenants are verified.'),
    databases: z
      .array(databaseSchema)
      .default([])
      .describe('PostgreSQL databases whose tenants are backed up, each into an archive of its own. Default: none.'),
    rds: rdsSchema
      .describe('Databases on RDS and Aurora whose snapshots and logs AWS Backup keeps and copies. Default: none.')
      .exactOptional(),
    redis: z
      .array(redisSchema)
      .default([])
      .describe('Redis and Valkey caches on ElastiCache that are there, and are backed up. Default: none.'),
  })
  .describe('Configuration of Holdfast.');

/** A valid `holdfast.config.json`, defaults filled in. */
export type Configuration = z.output<typeof configurationSchema>;

/** One entry of `files.buckets`. */
export type BucketConfiguration = Configuration['files']['buckets'][number];

import { z } from 'zod';
import { COMPRESSIONS } from '../../engine/contract/tenant-dumps';
import { LockMode } from '../files/lock-mode';
import { RESOURCE } from '../platform/names';
import { POSTGRES_MAJORS } from '../tenants/dump-options';
import { POSTGRES_PORT } from '../tenants/tenant-database';
import { LOCK_MODE_DESCRIPTION, loginSecret, schedule, securityGroupIds, subnetIds, text } from './forms';

/** The type shows which of the two is given; that it is one, {@link databaseProblems} sees to. */
const signIn = z.strictObject({
  secret: loginSecret
    .describe('Sign in with the secret that RDS manages, or one with its `username` and `password`.')
    .exactOptional(),
  iam: z
    .strictObject({
      user: z.string().min(1).describe('User of the database that is a member of rds_iam.'),
      resourceId: text(
        /^(db|cluster)-[A-Za-z0-9]+$/,
        'the resource id of an instance or a cluster, such as "db-ABCDEFGHIJKL01234"',
      ).describe('Id that IAM knows the database by, such as db-ABCDEFGHIJKL01234; not its name.'),
    })
    .describe('Sign in with IAM authentication.')
    .exactOptional(),
});

const tenants = z.strictObject({
  schemasLike: z
    .string()
    .describe('A schema for each tenant: those that match this pattern of LIKE, such as tenant\\_%.')
    .exactOptional(),
  schemas: z.array(z.string()).describe('A schema for each tenant: these.').exactOptional(),
  registry: z
    .string()
    .describe('A query of your own registry of tenants, with the columns tenant, schema and, if you like, left_out.')
    .exactOptional(),
  databasesLike: z
    .string()
    .describe('A database for each tenant: those of the server that match this pattern of LIKE.')
    .exactOptional(),
});

const network = z.strictObject({
  subnetIds: subnetIds.describe(
    'Subnets of the tasks, with ways to the database, S3, ECR, CloudWatch and Secrets Manager.',
  ),
  securityGroupIds: securityGroupIds.describe('Security groups of the tasks, which the database admits.'),
});

/** The shape of one entry of `databases`. */
export const databaseSchema = z.strictObject({
  name: text(RESOURCE.form, RESOURCE.allowed).describe(
    'Name of the protected database; part of the names of its buckets and the dimension of its metrics.',
  ),
  host: text(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'the name of a host').describe(
    'Host name; of an Aurora cluster the endpoint of its writer. Not that of a proxy or pooler.',
  ),
  port: z.int().min(1).max(65_535).default(POSTGRES_PORT).describe('Port. Default: 5432.'),
  database: z
    .string()
    .min(1)
    .describe('Name of the database; with a database for each tenant, one to begin at, such as postgres.'),
  postgresMajor: z
    .union(
      POSTGRES_MAJORS.map((major) => z.literal(major)),
      `one of ${POSTGRES_MAJORS.join(', ')}`,
    )
    .describe('Major of the server, and so of the client tools.'),
  signIn: signIn.describe('How dumps sign in: by `secret` or by `iam`.'),
  restoreSignIn: signIn.describe('How restores sign in. Default: as dumps do.').exactOptional(),
  tenants: tenants.describe('Which tenants there are: one of these fields.'),
  leaveOut: z
    .record(z.string(), z.string())
    .describe('Reason, such as suspended, by the name of a tenant that is not backed up. Default: none.')
    .exactOptional(),
  compression: z
    .enum(COMPRESSIONS)
    .describe('How data is compressed. Default: zstd, or gzip with PostgreSQL 15.')
    .exactOptional(),
  groups: z
    .int()
    .describe('Groups of tenants, each dumped by a task of its own on one snapshot: 1 to 100. Default: 1.')
    .exactOptional(),
  parallelism: z
    .int()
    .describe('Groups, or databases, that are dumped at the same time. Default: all groups; 4 databases.')
    .exactOptional(),
  schedule: schedule.describe('When each day the dump begins. Default: 02:00 UTC.').exactOptional(),
  timeoutHours: z.int().describe('Hours after which a run is stopped: 1 to 23. Default: 12.').exactOptional(),
  cpu: z.int().describe('Computing power of a task in 1/1024 vCPU, 512 to 8192. Default: 1024.').exactOptional(),
  memoryMiB: z.int().describe('Memory of a task in MiB. Default: twice the computing power.').exactOptional(),
  scratchGiB: z
    .int()
    .describe('Disk of the restore task in GiB, for all archives that one restore loads: 21 to 200. Default: 50.')
    .exactOptional(),
  lockMode: z
    .enum([LockMode.GOVERNANCE, LockMode.COMPLIANCE])
    .default(LockMode.GOVERNANCE)
    .describe(LOCK_MODE_DESCRIPTION),
  network: network.describe('Where the tasks run.'),
});

/** One entry of `databases`. */
export type DatabaseConfiguration = z.output<typeof databaseSchema>;

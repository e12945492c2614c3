import { z } from 'zod';
import { OptInMode } from '../../engine/contract/backup-opt-in';
import { DATABASE_IDENTIFIER } from '../database/managed-database';
import { LockMode } from '../files/lock-mode';
import { RESOURCE } from '../platform/names';
import { keyArn, schedule, securityGroupIds, text } from './forms';

const identifier = text(DATABASE_IDENTIFIER.form, DATABASE_IDENTIFIER.allowed);

const restoreNetwork = z.strictObject({
  subnetGroup: text(/^[a-z0-9][a-z0-9 ._-]{0,254}$/, 'the name of a subnet group of RDS').describe(
    'Name of a subnet group of RDS in this Region, of subnets that nothing else can reach.',
  ),
  securityGroupIds: securityGroupIds.describe(
    'Security groups of restored databases, best of one that lets nothing in.',
  ),
});

/** The shape of one entry of `rds.databases`; that it is an instance or a cluster, {@link rdsProblems} sees to. */
const managedDatabase = z.strictObject({
  name: text(RESOURCE.form, RESOURCE.allowed).describe(
    'Name of the protected database: the dimension of its metrics. Another than those of its tenant dumps.',
  ),
  instance: identifier.describe('Identifier of an RDS instance that is no member of a cluster.').exactOptional(),
  cluster: identifier.describe('Identifier of an Aurora cluster.').exactOptional(),
  keyArn: keyArn
    .describe('ARN of the key that the database must be encrypted with. Default: any customer key.')
    .exactOptional(),
  crossRegionBackups: z
    .boolean()
    .default(false)
    .describe(
      'Whether RDS replicates the automated backups of the instance to the recovery Region, which you switch on in RDS. Default: false.',
    ),
});

/** The shape of `rds`. */
export const rdsSchema = z.strictObject({
  time: schedule
    .describe(
      "When each day AWS Backup begins; the databases' own backup windows keep away from it. Default: 03:00 UTC.",
    )
    .exactOptional(),
  lockMode: z
    .enum([LockMode.GOVERNANCE, LockMode.COMPLIANCE])
    .default(LockMode.GOVERNANCE)
    .describe(
      'How firm the locks of both vaults are. "compliance" can be taken back for 7 days, and by nobody afterwards: neither lock, range of retention nor vault. Default: governance.',
    ),
  serviceOptIn: z
    .enum([OptInMode.CHECK, OptInMode.SET])
    .default(OptInMode.CHECK)
    .describe(
      'What to do where the account has not opted in to AWS Backup for RDS or Aurora: "check" lets the deployment fail, "set" opts in. Default: check.',
    ),
  auditControls: z
    .boolean()
    .default(true)
    .describe(
      'Whether AWS Backup evaluates each day what is promised, for which AWS Config must record. Default: true.',
    ),
  restoreTesting: z
    .strictObject({
      primary: restoreNetwork.describe('Where restores are tested each month. Default: they are not.').exactOptional(),
      recovery: restoreNetwork
        .describe('Where restores of copies are tested each quarter, in the recovery Region. Default: they are not.')
        .exactOptional(),
    })
    .describe('Where restores are tested. Default: nowhere.')
    .exactOptional(),
  databases: z.array(managedDatabase).min(1).describe('The databases, instances and clusters.'),
});

/** `rds`, defaults filled in. */
export type RdsConfiguration = z.output<typeof rdsSchema>;

/** One entry of `rds.databases`. */
export type ManagedDatabaseConfiguration = RdsConfiguration['databases'][number];

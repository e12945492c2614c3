import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseKind, DatabaseTarget } from '../contract/verify-database';
import { errorName } from '../objects/store-error';

/** What a verification needs to know of an instance or a cluster. */
export interface DescribedDatabase {
  readonly kind: DatabaseKind;
  /** Name of the engine, such as `postgres` or `aurora-postgresql`. */
  readonly engine: string;
  /** Such as `available`. */
  readonly status: string;
  /** The newest moment to which it can be restored; milliseconds since 1970. */
  readonly latestRestorable?: number;
  /** Days for which automated backups are kept; 0 for none. */
  readonly backupRetentionDays: number;
  readonly isEncrypted: boolean;
  /** ARN of the key that encrypts it. */
  readonly keyArn?: string;
  /** Id that stays the same when it is renamed, such as `db-ABC` or `cluster-ABC`. */
  readonly resourceId?: string;
  /** Whether AWS Backup manages its automated backups. */
  readonly isManagedByBackup: boolean;
  /** ARNs of its automated backups in other Regions. */
  readonly replicatedBackupArns: readonly string[];
}

/**
 * Describes an instance or a cluster.
 *
 * @returns undefined when there is none of that name.
 * @throws what RDS throws.
 */
export function describeDatabase(rds: RDSClient, target: DatabaseTarget): Promise<DescribedDatabase | undefined> {
  return target.kind === 'instance'
    ? describeInstance(rds, target.identifier)
    : describeCluster(rds, target.identifier);
}

/** Whether a cluster is one of Aurora, and not one of RDS in several zones. */
export const isAurora = ({ engine }: DescribedDatabase): boolean => engine.startsWith('aurora');

async function describeInstance(rds: RDSClient, identifier: string): Promise<DescribedDatabase | undefined> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const found = await unlessMissing(async () => (await rds.send(command)).DBInstances?.[0]);
  return (
    found && {
      ...commonOf(found),
      kind: 'instance',
      status: found.DBInstanceStatus ?? 'unknown',
      resourceId: found.DbiResourceId,
      replicatedBackupArns: (found.DBInstanceAutomatedBackupsReplications ?? []).flatMap(
        ({ DBInstanceAutomatedBackupsArn: arn }) => arn ?? [],
      ),
    }
  );
}

async function describeCluster(rds: RDSClient, identifier: string): Promise<DescribedDatabase | undefined> {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: identifier });
  const found = await unlessMissing(async () => (await rds.send(command)).DBClusters?.[0]);
  return (
    found && {
      ...commonOf(found),
      kind: 'cluster',
      status: found.Status ?? 'unknown',
      resourceId: found.DbClusterResourceId,
      replicatedBackupArns: [],
    }
  );
}

function commonOf(found: DBInstance | DBCluster) {
  return {
    engine: found.Engine ?? 'unknown',
    latestRestorable: found.LatestRestorableTime?.getTime(),
    backupRetentionDays: found.BackupRetentionPeriod ?? 0,
    isEncrypted: found.StorageEncrypted === true,
    keyArn: found.KmsKeyId,
    isManagedByBackup: found.AwsBackupRecoveryPointArn !== undefined,
  };
}

/** RDS calls the error `DBInstanceNotFound`, and the SDK `DBInstanceNotFoundFault`. */
async function unlessMissing<Found>(find: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await find();
  } catch (error) {
    if (/^DB(Instance|Cluster)NotFound(Fault)?$/.test(errorName(error))) {
      return undefined;
    }
    throw error;
  }
}

import {
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFinding, DatabaseTarget } from '../contract/verify-database';
import type { DescribedDatabase } from './described-database';
import { critical, lookUp, spanText } from './finding';

/** Seconds of logs that may be missing in another Region: twice the promise of the first, since RDS copies them when they are complete. */
const REPLICATED_LAG_LIMIT_SECONDS = 7_200;

/**
 * What is wrong with the automated backups that RDS replicates into the recovery Region.
 *
 * @param rds client of that Region, of the database's account.
 */
export async function replicatedBackupFindings(
  rds: RDSClient,
  database: DescribedDatabase,
  region: string,
  now: number,
): Promise<readonly DatabaseFinding[]> {
  const arn = database.replicatedBackupArns.find((each) => each.split(':')[3] === region);
  if (arn === undefined) {
    return [missing(`RDS does not replicate its automated backups to ${region}, must do so`)];
  }
  const { value: latest, findings } = await lookUp(
    `describe the automated backups in ${region}`,
    'rds:DescribeDBInstanceAutomatedBackups there',
    () => latestReplicated(rds, arn),
  );
  if (findings.length > 0) {
    return findings;
  }
  const lag = latest === undefined ? undefined : Math.max(0, (now - latest.getTime()) / 1_000);
  if (lag !== undefined && lag <= REPLICATED_LAG_LIMIT_SECONDS) {
    return [];
  }
  const newest = lag === undefined ? 'no moment' : `none that is newer than ${spanText(lag)}`;
  return [
    missing(
      `of its automated backups in ${region}, ${newest} can be restored, must be one within ${spanText(REPLICATED_LAG_LIMIT_SECONDS)}`,
    ),
  ];
}

/** Whether RDS has kept the automated backups of a database that is gone. @throws what RDS throws. */
export async function hasRetainedBackups(rds: RDSClient, { kind, identifier }: DatabaseTarget): Promise<boolean> {
  if (kind === 'instance') {
    const Filters = [{ Name: 'db-instance-id', Values: [identifier] }];
    const found = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({ Filters }));
    return (found.DBInstanceAutomatedBackups ?? []).length > 0;
  }
  const Filters = [{ Name: 'db-cluster-id', Values: [identifier] }];
  const found = await rds.send(new DescribeDBClusterAutomatedBackupsCommand({ Filters }));
  return (found.DBClusterAutomatedBackups ?? []).length > 0;
}

async function latestReplicated(rds: RDSClient, arn: string): Promise<Date | undefined> {
  const { DBInstanceAutomatedBackups: backups = [] } = await rds.send(
    new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceAutomatedBackupsArn: arn }),
  );
  return backups[0]?.RestoreWindow?.LatestTime;
}

const missing = (what: string): DatabaseFinding =>
  critical('copyMissing', `${what}: see the replication of automated backups of the instance in RDS`);

import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { VerifyDatabaseResult } from '../engine/contract/verify-database';
import { type DatabaseClients, type Place, perPlace } from '../engine/database/clients';
import { recordDatabases } from '../engine/database/proof-records';
import { writeDatabaseReport } from '../engine/database/report';
import { parseVerifyDatabaseEvent } from '../engine/database/verify-database-event';
import { verifyDatabases } from '../engine/database/verify-databases';
import { perRegion } from '../engine/functions/per-region';
import { publishDatabaseSignals } from '../engine/signals/database-signals';

/**
 * Verifies what RDS and AWS Backup keep of the databases, records what was proved, and publishes the outcome.
 *
 * What is wrong is told by report, records, metrics and alarms; the function itself fails only when the event is wrong or the outcome cannot
 * be published.
 *
 * @param input a `VerifyDatabaseEvent`.
 */
export async function handler(input: unknown): Promise<VerifyDatabaseResult> {
  const event = parseVerifyDatabaseEvent(input);
  const now = Date.now();
  const verified = await verifyDatabases(event, { clients: CLIENTS, now });
  const s3 = new S3Client({ region: event.proofs.region });
  const reported = await writeDatabaseReport(s3, event, verified, now);
  const result = await recordDatabases(reported, { s3, bucket: event.proofs.bucket, now });
  log(result);
  await publishDatabaseSignals(new CloudWatchClient({}), event, result, now);
  return result;
}

/** Of each service one client in a place, which keeps its connections, and the role that it took on. */
const CLIENTS: DatabaseClients = {
  rds: perRegion((region) => new RDSClient(access({ region }))),
  backup: perPlace((place) => new BackupClient(access(place))),
  kms: perPlace((place) => new KMSClient(access(place))),
};

/** How a client reaches a Region: patiently, since RDS throttles soon, and with another role where one is given. */
function access({ region, roleArn }: Place) {
  return {
    region,
    maxAttempts: 6,
    ...(roleArn !== undefined && {
      credentials: fromTemporaryCredentials({ params: { RoleArn: roleArn, RoleSessionName: 'verify-database' } }),
    }),
  };
}

function log({ databases, common, reportKey }: VerifyDatabaseResult): void {
  for (const { resource, findings } of [...databases, { resource: 'all databases', findings: common }]) {
    const level = findings.some(({ isCritical }) => isCritical) ? 'ERROR' : findings.length > 0 ? 'WARN' : 'INFO';
    console.log(JSON.stringify({ level, message: 'verified a database', resource, findings, reportKey }));
  }
}

import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import type { RestoreAnswer } from '../engine/contract/restore-managed';
import { System } from '../engine/contract/signals';
import type { DatabaseServices } from '../engine/recovery/database-services';
import { KeyCheck } from '../engine/recovery/key-check';
import { RdsClusters } from '../engine/recovery/rds-clusters';
import { RdsInstances } from '../engine/recovery/rds-instances';
import { RecoveryPoints } from '../engine/recovery/recovery-points';
import { restoreDatabase } from '../engine/recovery/restore-database';
import { parseDatabaseStep } from '../engine/recovery/restore-event';
import { restoreSignals } from '../engine/recovery/restore-signals';

const rds = new RDSClient({});
const services: DatabaseServices = {
  rds,
  databases: { instance: new RdsInstances(rds), cluster: new RdsClusters(rds) },
  recoveryPoints: (region) => new RecoveryPoints(new BackupClient(region === undefined ? {} : { region })),
  keys: new KeyCheck(new KMSClient({})),
};

/**
 * Makes one step of the restore of a database. The state machine `restore-database` calls it until it is done.
 *
 * @param input a `RestoreStep<RestoreDatabaseRequest, DatabaseRestoreSettings>`.
 */
export async function handler(input: unknown): Promise<RestoreAnswer> {
  const now = Date.now();
  const answer = await restoreDatabase(
    parseDatabaseStep(input),
    services,
    restoreSignals(new CloudWatchClient({}), System.DATABASE, now),
    now,
  );
  const { isDone, result, failure } = answer;
  console.log(JSON.stringify({ level: failure ? 'ERROR' : 'INFO', message: 'made a step', isDone, result, failure }));
  return answer;
}

import { CONTINUOUS_DAYS } from '../contract/backup-plan';
import { RESTORABLE_LAG_LIMIT_SECONDS } from '../contract/signals';
import type { DatabaseFinding } from '../contract/verify-database';
import { type DescribedDatabase, isAurora } from './described-database';
import { critical, spanText, warning } from './finding';

/** Seconds since the newest moment to which a database can be restored; undefined when there is none. */
export function restorableLagSeconds(database: DescribedDatabase, now: number): number | undefined {
  const { latestRestorable } = database;
  return latestRestorable === undefined ? undefined : Math.max(0, (now - latestRestorable) / 1_000);
}

/** What is wrong with the logs that make every moment restorable. */
export function restorableFindings(database: DescribedDatabase, now: number): DatabaseFinding[] {
  const lag = restorableLagSeconds(database, now);
  const limit = spanText(RESTORABLE_LAG_LIMIT_SECONDS);
  const state = `its status is ${database.status} and its automated backups are kept for ${database.backupRetentionDays} days`;
  if (lag === undefined) {
    return [
      critical(
        'notRestorable',
        `no moment can be restored, must be one within the last ${limit}; ${state}: turn automated backups on, or wait for the first one`,
      ),
    ];
  }
  return lag > RESTORABLE_LAG_LIMIT_SECONDS
    ? [
        critical(
          'notRestorable',
          `the newest moment that can be restored is ${spanText(lag)} ago, must be within ${limit}; ${state}: read the events of the database in RDS`,
        ),
      ]
    : [];
}

/** What the settings of a database differ in from what AWS Backup and the configuration need. */
export function settingFindings(database: DescribedDatabase): DatabaseFinding[] {
  return [...retentionDrift(database), ...unmanagedBackups(database), ...unreachableKey(database)];
}

/** AWS Backup sets the days when it takes the backups over; whoever sets others afterwards shortens what can be restored. */
function retentionDrift({ backupRetentionDays }: DescribedDatabase): DatabaseFinding[] {
  return backupRetentionDays === CONTINUOUS_DAYS
    ? []
    : [
        warning(
          'drift',
          `automated backups are kept for ${backupRetentionDays} days, must be ${CONTINUOUS_DAYS}: set the retention of the database to it where the database is defined`,
        ),
      ];
}

/**
 * RDS keeps automated backups of a database that is deleted only if whoever deletes it asks for that, and nobody can see that
 * beforehand; those that AWS Backup manages stay in its vault. It manages none of clusters in several zones that are not Aurora.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
 */
function unmanagedBackups(database: DescribedDatabase): DatabaseFinding[] {
  const isManageable = database.kind === 'instance' || isAurora(database);
  return database.isManagedByBackup || !isManageable
    ? []
    : [
        warning(
          'automatedBackupsNotKept',
          'AWS Backup does not manage its automated backups, must do so, else they can go with the database when it is deleted: see that the rule continuous of the plan has run, and did not fail',
        ),
      ];
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
function unreachableKey({ status, keyArn }: DescribedDatabase): DatabaseFinding[] {
  return status.startsWith('inaccessible-encryption-credentials')
    ? [
        critical(
          'keyUnusable',
          `RDS cannot use the key ${keyArn ?? 'of the database'} (status ${status}), within seven days the database is lost but for its backups: enable the key, then start the database`,
        ),
      ]
    : [];
}

import type { BackupEventsInput } from '../../../engine/contract/backup-events';

/** An event as a rule hands it over. */
export const event = (source: string, detailType: string, detail: Record<string, unknown>): BackupEventsInput => ({
  source,
  detailType,
  time: '2026-11-23T04:00:00Z',
  region: 'eu-west-1',
  detail,
  alarmName: 'acme-database-jobFailed',
  warningAlarmName: 'acme-database-jobWarning',
});

/** A backup job, as AWS Backup tells of it. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
export const backupJob = (detail: Record<string, unknown>) =>
  event('aws.backup', 'Backup Job State Change', {
    backupJobId: '34176239-e96d-4e1d-9fad-529dbb3c3556',
    backupSizeInBytes: '36048',
    backupVaultArn: 'arn:aws:backup:eu-west-1:111122223333:backup-vault:acme-vault',
    backupVaultName: 'acme-vault',
    bytesTransferred: '36048',
    creationDate: '2026-11-23T03:00:00.000Z',
    completionDate: '2026-11-23T03:20:30.500Z',
    resourceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    resourceType: 'RDS',
    ...detail,
  });

export const copyJob = (detail: Record<string, unknown>) =>
  event('aws.backup', 'Copy Job State Change', {
    copyJobId: '47C8EF56-74D8-059D-1301-C5BE1D5C926E',
    backupSizeInBytes: 22548578304,
    creationDate: '2026-11-23T03:30:00.000Z',
    completionDate: '2026-11-23T04:30:00.000Z',
    resourceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    resourceType: 'RDS',
    sourceBackupVaultArn: 'arn:aws:backup:eu-west-1:111122223333:backup-vault:acme-vault',
    destinationBackupVaultArn: 'arn:aws:backup:eu-central-1:111122223333:backup-vault:acme-recovery-vault',
    destinationRecoveryPointArn: {},
    ...detail,
  });

export const restoreJob = (detail: Record<string, unknown>) =>
  event('aws.backup', 'Restore Job State Change', {
    restoreJobId: '1B234A56-789B-01CD-2A34-4567A08901FD',
    backupSizeInBytes: '22548578304',
    creationDate: '2026-11-23T03:00:00.000Z',
    percentDone: 0,
    resourceType: 'RDS',
    ...detail,
  });

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html */
export const rdsEvent = (EventID: string, categories: readonly string[], Message = 'something happened') =>
  event('aws.rds', 'RDS DB Instance Event', {
    EventCategories: categories,
    SourceType: 'DB_INSTANCE',
    SourceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    Date: '2026-11-23T04:00:00.000Z',
    Message,
    SourceIdentifier: 'orders',
    EventID,
  });

/**
 * The calls that delete what is kept or loosen what keeps it, by what they act on: the rules of EventBridge listen to them, and the
 * function `deletion-attempts` judges them. Names are those of CloudTrail's events, which S3's own documentation lists:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 */

/** What EventBridge calls every event of a call that CloudTrail recorded. */
export const CALL_EVENT = 'AWS API Call via CloudTrail';

/** Services that are listened to, by how CloudTrail names the source of an event. */
export const CallSource = {
  BACKUP: 'backup.amazonaws.com',
  CLOUDTRAIL: 'cloudtrail.amazonaws.com',
  ELASTICACHE: 'elasticache.amazonaws.com',
  KMS: 'kms.amazonaws.com',
  RDS: 'rds.amazonaws.com',
  S3: 's3.amazonaws.com',
} as const;
export type CallSource = (typeof CallSource)[keyof typeof CallSource];

/** Calls by what they act on. */
export const WATCHED_CALLS = {
  /** A recovery point of AWS Backup. A refused one does not say in which vault. */
  recoveryPoint: {
    source: CallSource.BACKUP,
    names: [
      'DeleteRecoveryPoint',
      'DisassociateRecoveryPoint',
      'DisassociateRecoveryPointFromParent',
      'UpdateRecoveryPointLifecycle',
    ],
  },
  /** A vault of AWS Backup, its lock or its policy. */
  vault: {
    source: CallSource.BACKUP,
    names: [
      'DeleteBackupVault',
      'DeleteBackupVaultAccessPolicy',
      'DeleteBackupVaultLockConfiguration',
      'PutBackupVaultAccessPolicy',
      'PutBackupVaultLockConfiguration',
    ],
  },
  /** A bucket, or what it does with its objects. */
  bucket: {
    source: CallSource.S3,
    names: [
      'DeleteBucket',
      'DeleteBucketEncryption',
      'DeleteBucketPolicy',
      'DeleteBucketReplication',
      'PutBucketEncryption',
      'PutBucketLifecycle',
      'PutBucketObjectLockConfiguration',
      'PutBucketPolicy',
      'PutBucketReplication',
      'PutBucketVersioning',
    ],
  },
  /** A single object: its deletion, its lock. EventBridge's console offers the calls about locks under the longer names. */
  object: {
    source: CallSource.S3,
    names: [
      'DeleteObject',
      'PutObjectLegalHold',
      'PutObjectLockLegalHold',
      'PutObjectLockRetention',
      'PutObjectRetention',
    ],
  },
  /** Up to 1,000 objects at once. CloudTrail does not record which, nor whether their versions were meant. */
  objects: { source: CallSource.S3, names: ['DeleteObjects'] },
  /** A key. */
  key: { source: CallSource.KMS, names: ['DisableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion'] },
  /** An alias, by which everything finds its key. */
  alias: { source: CallSource.KMS, names: ['DeleteAlias', 'UpdateAlias'] },
  /** A snapshot that AWS Backup keeps in RDS. */
  databaseSnapshot: { source: CallSource.RDS, names: ['DeleteDBClusterSnapshot', 'DeleteDBSnapshot'] },
  /** Snapshots and logs that RDS keeps of a database; the call does not say of which. */
  automatedBackup: {
    source: CallSource.RDS,
    names: ['DeleteDBClusterAutomatedBackup', 'DeleteDBInstanceAutomatedBackup'],
  },
  /** A snapshot that Holdfast took of a cache. */
  cacheSnapshot: { source: CallSource.ELASTICACHE, names: ['DeleteServerlessCacheSnapshot', 'DeleteSnapshot'] },
  /** The trail that all of these are recorded by. */
  trail: { source: CallSource.CLOUDTRAIL, names: ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'] },
} as const;

/** What a call acts on. */
export type WatchedThing = keyof typeof WATCHED_CALLS;

/** Name of a call that is listened to. */
export type WatchedCall = (typeof WATCHED_CALLS)[WatchedThing]['names'][number];

/** First part of the names that AWS Backup gives to snapshots in RDS. */
export const BACKUP_SNAPSHOT_PREFIX = 'awsbackup:';

/** Name of the trail; the same in each Region. */
export const trailName = (prefix: string): string => `${prefix}-deletions`;

/** Last part of the name of the role that takes snapshots of a cache, and deletes the older of them. */
export const SNAPSHOT_ROLE_SUFFIX = '-snapshot-redis';

/** Last part of the name of the role that configures the replication of buckets that were there before. */
export const REPLICATION_ROLE_SUFFIX = '-protect-bucket';

/** What the rules of EventBridge send to the function `deletion-attempts`. */
export interface DeletionAttemptsInput {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Account that the event is told in: that of the deployment. */
  readonly account: string;
  readonly region: string;
  /** When the call was made; an ISO 8601 instant. */
  readonly time: string;
  /** The event itself, as CloudTrail wrote it. */
  readonly detail: CallRecord;
  /** Name of the alarm that attempts are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm that pages for it. */
  readonly incidentName: string;
}

/**
 * What is read of a record of CloudTrail. What others write into it is not trusted, and a field that is not as it should be counts as
 * absent; without the first two, nobody could tell what it is about.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface CallRecord {
  readonly eventSource: string;
  readonly eventName: string;
  /** By which the record is found in CloudTrail. */
  readonly eventID?: string | undefined;
  /** IP address of the caller, or name of the service that called for it. */
  readonly sourceIPAddress?: string | undefined;
  /** Present when the call was refused or failed. */
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  /** `null` where a call was refused before its service read it. */
  readonly requestParameters?: Readonly<Record<string, unknown>> | null | undefined;
  readonly userIdentity?: Readonly<Record<string, unknown>> | null | undefined;
}

import type { CallRecord, WatchedCall, WatchedThing } from '../contract/deletion-attempts';
import { textOf } from '../events/detail';
import { shorten } from '../signals/alarm-text';

/** Characters of a name that are shown; the record in CloudTrail has the whole. */
const NAME_CHARACTERS = 200;

/** What a call asked for, such as `delete the recovery point <arn> of the vault acme-vault`. */
export function requestWords(thing: WatchedThing, call: WatchedCall, record: CallRecord): string {
  return `${REQUESTS[call]} ${targetOf(thing, record)}`;
}

/** What to do first when a call was carried out, by what it acted on. */
export const FIRST_STEPS: Readonly<Record<WatchedThing, string>> = {
  recoveryPoint: 'see in AWS Backup that the copy in the other Region is there, and make a backup now.',
  vault: 'deploy the stack of the vault again at once, and see what was deleted from it since.',
  bucket: 'deploy the stack of the bucket again at once: a lifecycle deletes within a day.',
  object: 'stop the caller, and restore what is missing from the copy in the other Region.',
  objects: 'stop the caller, and restore what is missing from the copy in the other Region.',
  key: 'cancel its deletion and enable it at once (aws kms cancel-key-deletion, aws kms enable-key), then deploy its stack again.',
  alias: 'deploy the stack of the key again at once: without the alias nothing finds it.',
  databaseSnapshot: 'see in AWS Backup which recovery points are left, and make a backup now.',
  automatedBackup: 'see in RDS and AWS Backup which backups of the database are left, and make one now.',
  cacheSnapshot: 'see that the cache has a newer snapshot, and that its daily export is there.',
  trail: 'deploy the stack of the trail again at once: until then nobody hears of deletions.',
};

const REQUESTS: Readonly<Record<WatchedCall, string>> = {
  DeleteRecoveryPoint: 'delete the recovery point',
  DisassociateRecoveryPoint: 'release from AWS Backup the recovery point',
  DisassociateRecoveryPointFromParent: 'release from its parent the recovery point',
  UpdateRecoveryPointLifecycle: 'change the lifecycle of the recovery point',
  DeleteBackupVault: 'delete the vault',
  DeleteBackupVaultAccessPolicy: 'delete the policy of the vault',
  DeleteBackupVaultLockConfiguration: 'take the lock off the vault',
  PutBackupVaultAccessPolicy: 'replace the policy of the vault',
  PutBackupVaultLockConfiguration: 'replace the lock of the vault',
  DeleteBucket: 'delete the bucket',
  DeleteBucketEncryption: 'take the encryption off the bucket',
  DeleteBucketPolicy: 'delete the policy of the bucket',
  DeleteBucketReplication: 'stop the replication of the bucket',
  PutBucketEncryption: 'replace the encryption of the bucket',
  PutBucketLifecycle: 'replace the lifecycle of the bucket',
  PutBucketObjectLockConfiguration: 'replace the lock of the bucket',
  PutBucketPolicy: 'replace the policy of the bucket',
  PutBucketReplication: 'replace the replication of the bucket',
  PutBucketVersioning: 'suspend versioning of the bucket',
  DeleteObject: 'delete',
  PutObjectLegalHold: 'change the legal hold of',
  PutObjectLockLegalHold: 'change the legal hold of',
  PutObjectLockRetention: 'change the lock of',
  PutObjectRetention: 'change the lock of',
  DeleteObjects: 'delete objects (CloudTrail does not say which) in the bucket',
  DisableKey: 'disable the key',
  PutKeyPolicy: 'replace the policy of the key',
  ScheduleKeyDeletion: 'delete the key',
  DeleteAlias: 'delete the alias of a key',
  UpdateAlias: 'move to another key the alias',
  DeleteDBClusterSnapshot: 'delete the snapshot',
  DeleteDBSnapshot: 'delete the snapshot',
  DeleteDBClusterAutomatedBackup: 'delete the automated backups of the cluster',
  DeleteDBInstanceAutomatedBackup: 'delete the automated backups of the instance',
  DeleteServerlessCacheSnapshot: 'delete the snapshot of a cache',
  DeleteSnapshot: 'delete the snapshot of a cache',
  DeleteTrail: 'delete the trail',
  PutEventSelectors: 'change what is recorded by the trail',
  StopLogging: 'stop the trail',
  UpdateTrail: 'change the trail',
};

/** Fields of a request that name what it acts on, the first of which that is there counts. */
const NAME_FIELDS: Readonly<Record<WatchedThing, readonly string[]>> = {
  recoveryPoint: ['recoveryPointArn'],
  vault: ['backupVaultName'],
  bucket: ['bucketName'],
  object: ['key'],
  objects: ['bucketName'],
  key: ['keyId'],
  alias: ['aliasName'],
  databaseSnapshot: ['dBSnapshotIdentifier', 'dBClusterSnapshotIdentifier'],
  automatedBackup: ['dbiResourceId', 'dBInstanceAutomatedBackupsArn', 'dbClusterResourceId'],
  cacheSnapshot: ['snapshotName', 'serverlessCacheSnapshotName'],
  trail: ['name'],
};

function targetOf(thing: WatchedThing, record: CallRecord): string {
  const request = record.requestParameters ?? {};
  const named = NAME_FIELDS[thing].map((field) => textOf(request, field)).find((name) => name !== undefined);
  const name = shorten(named ?? refusedResource(record) ?? 'that the record does not name', NAME_CHARACTERS);
  const place = textOf(request, thing === 'object' ? 'bucketName' : 'backupVaultName');
  if (thing === 'object') {
    const version = textOf(request, 'versionId');
    return `${JSON.stringify(name)} in the bucket ${place ?? 'unknown'}${version === undefined ? '' : ` (version ${shorten(version, NAME_CHARACTERS)})`}`;
  }
  return thing === 'recoveryPoint' && place !== undefined ? `${name} of the vault ${place}` : name;
}

/** Services that refuse a call before they read it, name what it acts on in their message alone. */
function refusedResource({ errorMessage }: CallRecord): string | undefined {
  return / on resource: (\S+)/.exec(errorMessage ?? '')?.[1];
}

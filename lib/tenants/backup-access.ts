import { aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import { databasePrefix } from '../../engine/contract/backup-layout';
import { type Retention, TIERS, type Tier } from '../../engine/contract/retention';

/** A bucket of backups, and the protected resource whose backups are meant. */
export interface BackupsOf {
  readonly bucket: s3.IBucket;
  /** Name of the protected resource. */
  readonly resource: string;
}

/**
 * What a role must be allowed to read backups of all tiers: one that is no longer kept may still have some, and the catalogue
 * looks into each. Without `s3:ListBucket`, S3 answers 403 and not 404 for what is not there.
 */
export function readBackupsStatements({ bucket, resource }: BackupsOf): iam.PolicyStatement[] {
  return [
    allow(['s3:ListBucket'], [bucket.bucketArn]),
    allow(['s3:GetObject', 's3:GetObjectVersion'], objectsOf(bucket, backupFolders(TIERS, resource))),
  ];
}

/** What a role must be allowed to write backups of every tier that is kept, and to give up what dead runs left unfinished. */
export function writeBackupsStatements({ bucket, resource }: BackupsOf, retention: Retention): iam.PolicyStatement[] {
  return [
    lockedWritesStatement(bucket, backupFolders(retention.tiers, resource)),
    allow(['s3:ListBucketMultipartUploads'], [bucket.bucketArn]),
    allow(['s3:AbortMultipartUpload'], objectsOf(bucket, backupFolders(TIERS, resource))),
  ];
}

/** What a role must be allowed to write records of proofs beside the backups of all tiers, locked as they are, and nothing else there. */
export function recordProofsStatement({ bucket, resource }: BackupsOf): iam.PolicyStatement {
  return lockedWritesStatement(
    bucket,
    backupFolders(TIERS, resource).map((folder) => `${folder}*/proofs/`),
  );
}

/** S3 asks for `s3:PutObjectRetention` when an object is written with a lock. */
export function lockedWritesStatement(bucket: s3.IBucket, folders: readonly string[]): iam.PolicyStatement {
  return allow(['s3:PutObject', 's3:PutObjectRetention'], objectsOf(bucket, folders));
}

/** The objects of folders that end with a slash. */
export function objectsOf(bucket: s3.IBucket, folders: readonly string[]): string[] {
  return folders.map((folder) => bucket.arnForObjects(`${folder}*`));
}

function backupFolders(tiers: readonly Tier[], resource: string): string[] {
  return tiers.map((tier) => databasePrefix(tier, resource));
}

function allow(actions: string[], resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}

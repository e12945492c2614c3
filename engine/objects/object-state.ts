import { HeadObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { READ_HINTS } from './read-hints';
import { explainStoreError, httpStatus } from './store-error';

/** What S3 says about a version without sending it. */
export interface ObjectState {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: number;
  /** Full-object checksum in base64; undefined if S3 keeps none. */
  readonly crc64nvme: string | undefined;
  /** Key of KMS that it is encrypted with; undefined without one. */
  readonly kmsKeyId: string | undefined;
  /** Until when it is locked; undefined if it is not, or the role may not know. */
  readonly lockedUntil: Date | undefined;
  /** How firm that lock is; undefined without one. */
  readonly lockMode: 'governance' | 'compliance' | undefined;
}

/**
 * What S3 says about a version.
 *
 * @param versionId undefined for the current version.
 * @returns undefined when there is no such version.
 * @throws Error when S3 refuses.
 */
export async function stateOfVersion(
  s3: S3Client,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Promise<ObjectState | undefined> {
  try {
    const answer = await s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' }),
    );
    return {
      key,
      versionId: versionId ?? answer.VersionId ?? 'null',
      bytes: answer.ContentLength ?? 0,
      crc64nvme: isOfParts(answer.ChecksumCRC64NVME) ? undefined : answer.ChecksumCRC64NVME,
      kmsKeyId: answer.SSEKMSKeyId,
      lockedUntil: answer.ObjectLockRetainUntilDate,
      lockMode: LOCK_MODES[answer.ObjectLockMode ?? ''],
    };
  } catch (error) {
    if (httpStatus(error) === 404) {
      return undefined;
    }
    throw explainStoreError(error, 'read the state of an object in', bucket, READ_HINTS);
  }
}

/**
 * The newest version of an object, also below a delete marker.
 *
 * @returns `isCurrent` is false below a delete marker; undefined when there is no version.
 * @throws Error when S3 refuses.
 */
export async function newestVersion(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<{ readonly versionId: string; readonly isCurrent: boolean } | undefined> {
  try {
    // The versions of the key itself come before those of longer keys, the newest first.
    const { Versions: versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
    const newest = versions.find((version) => version.Key === key);
    return newest?.VersionId === undefined
      ? undefined
      : { versionId: newest.VersionId, isCurrent: newest.IsLatest === true };
  } catch (error) {
    throw explainStoreError(error, 'list the versions of an object in', bucket, READ_HINTS);
  }
}

const LOCK_MODES: Readonly<Record<string, ObjectState['lockMode']>> = {
  GOVERNANCE: 'governance',
  COMPLIANCE: 'compliance',
};

/** A checksum over the checksums of parts ends with their number; S3 keeps none with this algorithm, an emulator may. */
const isOfParts = (checksum: string | undefined): boolean => checksum?.includes('-') ?? false;

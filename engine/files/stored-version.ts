import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { errorName, httpStatus } from '../objects/store-error';
import type { ObjectVersion } from './listing-page';
import { explainStoreError } from './store-error';
import type { Bucket } from './version-listing';

/**
 * Reads what S3 stores about a version, its checksum included.
 *
 * S3 gives the checksum of an SSE-KMS object only to who may decrypt it. The key of an object may be the very thing
 * that is wrong, so a refused request is repeated without asking for the checksum.
 *
 * @returns `undefined` when the version is gone.
 * @throws Error when S3 refuses or cannot be reached.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export async function headVersion(
  bucket: Bucket,
  version: ObjectVersion,
  signal: AbortSignal,
): Promise<HeadObjectCommandOutput | undefined> {
  const address = { Bucket: bucket.name, Key: version.key, VersionId: version.versionId };
  const send = (withChecksum: boolean) =>
    bucket.s3.send(new HeadObjectCommand({ ...address, ...(withChecksum ? { ChecksumMode: 'ENABLED' } : {}) }), {
      abortSignal: signal,
    });
  try {
    return await send(true).catch((error) => {
      if (httpStatus(error) === 403) {
        return send(false);
      }
      throw error;
    });
  } catch (error) {
    if (httpStatus(error) === 404) {
      return undefined;
    }
    throw explainStoreError(error, 'read the state of a version in', bucket.name);
  }
}

/**
 * Opens a version for reading. The SDK compares the bytes with a stored full-object checksum while they are read.
 *
 * @returns `gone` when the version is, `archived` when it lies in a tier that must be restored before it can be read.
 * @throws Error when S3 refuses or cannot be reached.
 */
export async function openVersion(
  bucket: Bucket,
  version: ObjectVersion,
  signal: AbortSignal,
): Promise<GetObjectCommandOutput | 'gone' | 'archived'> {
  try {
    return await bucket.s3.send(
      new GetObjectCommand({
        Bucket: bucket.name,
        Key: version.key,
        VersionId: version.versionId,
        ChecksumMode: 'ENABLED',
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    if (httpStatus(error) === 404) {
      return 'gone';
    }
    if (errorName(error) === 'InvalidObjectState') {
      return 'archived';
    }
    throw explainStoreError(error, 'read a version in', bucket.name);
  }
}

/** Whether a version lies in a storage class that must be restored before it can be read. */
export function isArchived(version: ObjectVersion): boolean {
  return version.storageClass === 'GLACIER' || version.storageClass === 'DEEP_ARCHIVE';
}

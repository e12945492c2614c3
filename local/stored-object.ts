import {
  ChecksumAlgorithm,
  GetObjectCommand,
  GetObjectTaggingCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** One version of an object. */
export interface VersionAddress {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string;
}

/** What must be written to have the same object again: its bytes, and everything that applications attached to it. */
export type ObjectContent = Pick<
  PutObjectCommandInput,
  | 'CacheControl'
  | 'ChecksumAlgorithm'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Metadata'
  | 'ObjectLockMode'
  | 'ObjectLockRetainUntilDate'
  | 'StorageClass'
  | 'Tagging'
> & { readonly Body: Uint8Array };

/** Reads a version into memory, with its headers, tags, retention and the algorithm of its checksum. */
export async function readObject(s3: S3Client, address: VersionAddress): Promise<ObjectContent> {
  const object = await s3.send(new GetObjectCommand({ ...address, ChecksumMode: 'ENABLED' }));
  const { TagSet = [] } = object.TagCount ? await s3.send(new GetObjectTaggingCommand(address)) : {};
  const algorithm = Object.values(ChecksumAlgorithm).find((name) => Object.hasOwn(checksumsOf(object), name));
  return {
    Body: (await object.Body?.transformToByteArray()) ?? new Uint8Array(),
    CacheControl: object.CacheControl,
    ChecksumAlgorithm: algorithm,
    ContentDisposition: object.ContentDisposition,
    ContentEncoding: object.ContentEncoding,
    ContentLanguage: object.ContentLanguage,
    ContentType: object.ContentType,
    Metadata: object.Metadata,
    ObjectLockMode: object.ObjectLockMode,
    ObjectLockRetainUntilDate: object.ObjectLockRetainUntilDate,
    StorageClass: object.StorageClass,
    Tagging: new URLSearchParams(TagSet.map(({ Key = '', Value = '' }): [string, string] => [Key, Value])).toString(),
  };
}

/** The stored checksums by the name of their algorithm. */
function checksumsOf(object: object): Record<string, unknown> {
  const checksums = Object.entries(object)
    .filter(([field, value]) => field.startsWith('Checksum') && value !== undefined)
    .map(([field, value]) => [field.slice('Checksum'.length), value]);
  return Object.fromEntries(checksums);
}

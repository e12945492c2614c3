import { DeleteObjectCommand, HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { readVersion } from '../objects/object-reader';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError, type StoreHints } from '../objects/store-error';

/** A file that ElastiCache has exported. */
export interface StagedFile {
  readonly key: string;
  /** Name that tells it from the other files of the snapshot, such as `0001.rdb`. */
  readonly name: string;
  readonly bytes: number;
}

/** The files of exported snapshots, until they are kept elsewhere. */
export class StagedFiles {
  public constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /**
   * The files of one export, in the order of their names. ElastiCache calls them `<name>-0001.rdb` and so on, one a shard; each is
   * there once it is complete. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
   */
  public async list(exportName: string): Promise<StagedFile[]> {
    const files: StagedFile[] = [];
    try {
      for await (const page of paginateListObjectsV2(
        { client: this.s3 },
        { Bucket: this.bucket, Prefix: exportName },
      )) {
        for (const { Key: key = '', Size: bytes = 0 } of page.Contents ?? []) {
          if (key.endsWith('.rdb')) {
            files.push({ key, name: key.slice(exportName.length).replace(/^[-_.]+/, ''), bytes });
          }
        }
      }
    } catch (error) {
      throw explainStoreError(error, 'list the exports in', this.bucket, READ_HINTS);
    }
    return files;
  }

  /** Reads a file from its first byte to its last. */
  public async *read({ key }: StagedFile): AsyncGenerator<Buffer, void> {
    const { VersionId: versionId = 'null', ContentLength: bytes = 0 } = await this.s3
      .send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }))
      .catch((error: unknown) => {
        throw explainStoreError(error, 'read an export in', this.bucket, READ_HINTS);
      });
    yield* readVersion(this.s3, this.bucket, { key, versionId, bytes });
  }

  /** Removes files that are no longer needed; one that is gone already is as good. */
  public async remove(files: readonly StagedFile[]): Promise<void> {
    for (const { key } of files) {
      await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key })).catch((error: unknown) => {
        throw explainStoreError(error, 'remove an export from', this.bucket, REMOVE_HINTS);
      });
    }
  }
}

const REMOVE_HINTS: StoreHints = {
  AccessDenied: 'give the role s3:DeleteObject on the staging bucket; look for a Deny in the bucket policy.',
  other: 'look the error up in the S3 API reference; the next run tries again.',
};

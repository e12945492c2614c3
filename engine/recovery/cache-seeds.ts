import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { SEEDS_PREFIX } from '../contract/restore-managed';
import { ObjectStore } from '../objects/object-store';
import type { StoredObject } from '../objects/stored-object';
import { type RedisManifest, redisBackups } from '../redis/redis-manifest';
import { asked } from './restore-error';

/** The files that caches are seeded from: where they are kept, and where ElastiCache reads them. */
export class CacheSeeds {
  /** @param s3 client of the Region of both buckets */
  public constructor(private readonly s3: S3Client) {}

  /** The manifest of a backup; undefined when there is none. @throws Error when it cannot be read. */
  public manifest(bucket: string, resource: string, backupId: string): Promise<RedisManifest | undefined> {
    return redisBackups(new ObjectStore(this.s3, { bucket }), this.s3, bucket, resource).find({ id: backupId });
  }

  /**
   * Copies a file to where ElastiCache can read it, and proves its bytes on the way: ElastiCache reads no object that is encrypted with a
   * customer key. A copy that is there already is left.
   *
   * @throws ObjectDamagedError when the bytes are not those of the manifest; Error when S3 refuses.
   */
  public async copy(bucket: string, file: StoredObject, stagingBucket: string, key: string): Promise<void> {
    const upload = new ObjectStore(this.s3, { bucket: stagingBucket }).upload(key);
    try {
      for await (const piece of new ObjectStore(this.s3, { bucket }).read(file)) {
        await upload.write(piece);
      }
      await upload.end();
      await upload.stored;
    } catch (error) {
      await upload.abort();
      throw error;
    }
  }

  /** Removes the copies of an execution. @returns how many there were. */
  public async remove(stagingBucket: string, executionId: string): Promise<number> {
    const { s3 } = this;
    const listed = await asked(`list the files to restore from in bucket ${stagingBucket}`, () =>
      s3.send(new ListObjectsV2Command({ Bucket: stagingBucket, Prefix: seedsPrefix(executionId) })),
    );
    const keys = (listed.Contents ?? []).flatMap(({ Key: key }) => key ?? []);
    for (const key of keys) {
      await asked(`remove a file to restore from in bucket ${stagingBucket}`, () =>
        s3.send(new DeleteObjectCommand({ Bucket: stagingBucket, Key: key })),
      );
    }
    return keys.length;
  }
}

/** Name of the bucket of an ARN. */
export const bucketName = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** Key of the copy of a file. ElastiCache takes no commas in it. */
export const seedKey = (executionId: string, { key }: StoredObject): string =>
  `${seedsPrefix(executionId)}${key.split('/').at(-1)}`;

const seedsPrefix = (executionId: string): string => `${SEEDS_PREFIX}${executionId}/`;

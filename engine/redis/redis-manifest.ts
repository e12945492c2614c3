import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { BackupList } from '../catalog/backup-list';
import {
  count,
  filled,
  instant,
  manifestHead,
  manifestText,
  readManifest,
  storedObject,
} from '../catalog/manifest-format';
import type { ObjectStore } from '../objects/object-store';

/** Version of the format of manifests that this software writes and reads. */
export const REDIS_MANIFEST_FORMAT = 'holdfast.redis/1';

/** One file of a backup: that of one shard, and what was found in it when it was read to its end. */
export const redisFile = z.extend(storedObject, {
  rdb: z.object({
    /** Whose first bytes it has. */
    kind: z.enum(['redis', 'valkey']),
    /** Version of the format. */
    version: count,
    /** `disabled`, `none`: nothing but the digests of this manifest tells whether its bytes are whole. */
    checksum: z.enum(['verified', 'disabled', 'none']),
    keys: count,
    /** Keys with a time of expiry. */
    expires: count,
    functions: count,
    /** Types of modules whose values could only be passed over. */
    modules: z.array(z.string()),
    trailingBytes: count,
  }),
});

const redisManifest = z.object({
  format: z.literal(REDIS_MANIFEST_FORMAT),
  ...manifestHead.shape,
  cache: z.object({ kind: z.enum(['replicationGroup', 'serverless']), id: filled }),
  /** The snapshot of ElastiCache that was exported, and the moment that it shows. */
  snapshot: z.object({ name: filled, at: instant, engineVersion: z.optional(filled) }),
  /** In the order of the shards. */
  files: z.array(redisFile).check(z.minLength(1)),
  totals: z.object({ keys: count, bytes: count }),
});

export type RedisFile = z.infer<typeof redisFile>;
/** What an exported backup of a cache is: `manifest.json`. All times are ISO 8601 in UTC. */
export type RedisManifest = z.infer<typeof redisManifest>;

/**
 * The bytes of `manifest.json`.
 *
 * @throws CatalogError when the manifest would not be read again.
 */
export const redisManifestBytes = (manifest: RedisManifest): Buffer => manifestText(redisManifest, manifest);

/** @throws CatalogError when it is no manifest of a cache. */
export const parseRedisManifest = (bytes: Buffer, where: string): RedisManifest =>
  readManifest(redisManifest, REDIS_MANIFEST_FORMAT, bytes, where);

/** The exported backups of one cache. */
export const redisBackups = (store: ObjectStore, s3: S3Client, bucket: string, resource: string) =>
  new BackupList<RedisManifest>(store, s3, bucket, resource, {
    parse: parseRedisManifest,
    momentOf: ({ snapshot }) => snapshot.at,
  });

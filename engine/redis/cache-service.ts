import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { CacheTarget } from '../contract/redis';
import type { CacheEndpoint } from './probe';
import { ReplicationGroup } from './replication-group';
import { ServerlessCache } from './serverless-cache';

/** A snapshot that ElastiCache has. */
export interface CacheSnapshot {
  readonly name: string;
  readonly arn: string;
  /** When its data were taken; undefined while that is not known yet. */
  readonly createdAt: Date | undefined;
  /**
   * - `creating`;
   * - `available`;
   * - `inUse`: complete, and being copied, exported or restored from;
   * - `unusable`: failed, or being deleted.
   */
  readonly status: 'creating' | 'available' | 'inUse' | 'unusable';
  /** Taken by hand or by a tool, Holdfast among them, rather than by the schedule of ElastiCache. */
  readonly isManual: boolean;
  /** Number of files that it is exported as; undefined where that is not known before. */
  readonly files: number | undefined;
  /** Version of the engine, such as `7.1`. */
  readonly engineVersion: string | undefined;
}

/** What came of asking for a snapshot. */
export type CreateOutcome =
  /** It is being taken. */
  | 'begun'
  /** Not now: the cache is being changed, or another snapshot taken. */
  | 'busy'
  /** The quota of the day is used up. */
  | 'noQuota'
  /** The name belongs to another snapshot. */
  | 'nameTaken';

/** How automatic snapshots are set. */
export interface SnapshotSettings {
  /** Days that they are kept; 0 when there are none. */
  readonly retentionDays: number;
  /** Window such as `03:00-04:00`, or beginning such as `03:00`, in UTC; undefined when none is set. */
  readonly window: string | undefined;
}

/** A cache as ElastiCache manages it, of either kind. Each method throws an Error with a HINT when ElastiCache refuses. */
export interface CacheService {
  endpoint(): Promise<CacheEndpoint>;
  settings(): Promise<SnapshotSettings>;
  /** All snapshots of the cache, in no order. */
  snapshots(): Promise<CacheSnapshot[]>;
  /** @param tag of which the value is given: marks the snapshot as one of Holdfast. */
  createSnapshot(name: string, tag: { readonly key: string; readonly value: string }): Promise<CreateOutcome>;
  deleteSnapshot(name: string): Promise<void>;
  /**
   * Begins to export a snapshot into a bucket.
   *
   * @param name wanted for the files; a serverless cache gives them the name of the snapshot.
   * @returns what the keys of the files begin with; also when the same export has begun already.
   */
  exportSnapshot(snapshot: string, name: string, bucket: string): Promise<string>;
}

/** The cache that is protected. */
export function cacheService(elastiCache: ElastiCacheClient, target: CacheTarget): CacheService {
  return target.kind === 'serverless'
    ? new ServerlessCache(elastiCache, target.id)
    : new ReplicationGroup(elastiCache, target.id);
}

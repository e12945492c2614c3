import type { RetentionCounts } from './retention';
import type { BucketLocation } from './verify-files';

/** What the functions `snapshot-redis`, `export-redis` and `verify-redis` are sent, and what both sides know of caches. */

/** What ElastiCache calls the two kinds of caches. */
export type CacheKind = 'replicationGroup' | 'serverless';

/**
 * Manual snapshots that ElastiCache takes of a node, or of a serverless cache, within 24 hours.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html
 */
export const SNAPSHOTS_PER_DAY = { replicationGroup: 20, serverless: 24 } as const satisfies Record<CacheKind, number>;

/** When a snapshot is due, as Redis users write it into `save`: so many changes, so many seconds after the last. */
export interface SavePointRule {
  readonly changes: number;
  readonly seconds: number;
}

/** Least number of seconds of a save point: the changes are looked at once a minute. */
const LEAST_SAVE_SECONDS = 60;

/** Most seconds of a save point: a day, since ElastiCache takes a snapshot each day by itself. */
const MOST_SAVE_SECONDS = 86_400;

/** When a snapshot of a cache is due: once so many changes were made, and so many seconds went by since the last snapshot. */
export class SavePoint implements SavePointRule {
  /**
   * Due after so many changes, so many seconds after the last snapshot: what `save <seconds> <changes>` says in `redis.conf`.
   *
   * @throws RangeError when `changes` is no whole number from 1 on, or `seconds` none from 60 to 86,400.
   */
  public static after({ changes, seconds }: SavePointRule): SavePoint {
    const [problem] = savePointProblems({ changes, seconds });
    if (problem !== undefined) {
      throw new RangeError(`${problem.field} ${problem.message}`);
    }
    return new SavePoint(changes, seconds);
  }

  private constructor(
    public readonly changes: number,
    public readonly seconds: number,
  ) {}
}

/** What Redis up to 6.2 is shipped with: 15 minutes after a change, 5 minutes with 10 changes, a minute with 10,000. */
export const DEFAULT_SAVE_POINTS: readonly SavePoint[] = [
  SavePoint.after({ changes: 1, seconds: 900 }),
  SavePoint.after({ changes: 10, seconds: 300 }),
  SavePoint.after({ changes: 10_000, seconds: 60 }),
];

/** What is wrong with the numbers of a save point: the field, and what it must be. */
export function savePointProblems({
  changes,
  seconds,
}: SavePointRule): { readonly field: keyof SavePointRule; readonly message: string }[] {
  return [
    ...wholeNumberProblems('changes', changes, 1, Number.MAX_SAFE_INTEGER),
    ...wholeNumberProblems('seconds', seconds, LEAST_SAVE_SECONDS, MOST_SAVE_SECONDS),
  ];
}

function wholeNumberProblems(field: keyof SavePointRule, value: number, least: number, most: number) {
  return Number.isInteger(value) && value >= least && value <= most
    ? []
    : [{ field, message: `must be a whole number from ${least} to ${most}, got: ${value}` }];
}

/**
 * How the quota of a day is spent. Within any 24 hours {@link SNAPSHOTS_PER_DAY} are divided into:
 *
 * - `reserved`: what people and tools may take beside Holdfast, and snapshots that fail;
 * - `early`: snapshots that a busy hour gets sooner than the steady ones; unused ones of a quiet time come on top;
 * - all others are steady: however busy the cache, they never run out before the day does.
 */
export const QUOTA_SHARES = { reserved: 2, early: 3 } as const;

/** How often the function `snapshot-redis` is to run. */
export const PROBE_INTERVAL_SECONDS = 60;

/** Seconds from a snapshot that failed to the next try. */
export const RETRY_SECONDS = 300;

/** Seconds for which a snapshot counts towards the quota: a day, and five minutes because clocks differ. */
export const QUOTA_WINDOW_SECONDS = 86_400 + 300;

/** Seconds that steady snapshots are apart: 5,780 of a replication group (97 minutes), 4,564 of a serverless cache (77 minutes). */
export function steadySpacingSeconds(kind: CacheKind): number {
  const { reserved, early } = QUOTA_SHARES;
  return Math.ceil(QUOTA_WINDOW_SECONDS / (SNAPSHOTS_PER_DAY[kind] - reserved - early));
}

/**
 * The longest time from one snapshot to the beginning of the next, while data changes: what the quota leaves of the save points.
 * With the default ones 6,440 seconds (108 minutes) of a replication group, 5,224 (88 minutes) of a serverless cache.
 *
 * It holds for every load that meets the save point with the fewest changes, and as long as within 24 hours others take and
 * the service fails no more snapshots than {@link QUOTA_SHARES} reserves. Infinite without save points: then nothing but
 * {@link longestDailyIntervalSeconds} holds.
 */
export function longestIntervalSeconds(kind: CacheKind, rules: readonly SavePointRule[]): number {
  const [surest] = [...rules].sort((left, right) => left.changes - right.changes || left.seconds - right.seconds);
  if (surest === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const retries = QUOTA_SHARES.reserved * RETRY_SECONDS;
  return Math.max(surest.seconds, steadySpacingSeconds(kind)) + retries + PROBE_INTERVAL_SECONDS;
}

/**
 * The longest time from one automatic snapshot to the end of the next: a day, the length of its window, within which it begins at any time,
 * and 2 hours that it may take.
 *
 * @param window daily window in UTC such as `23:30-00:30`.
 */
export function longestDailyIntervalSeconds(window: string): number {
  const [from = 0, to = 0] = window.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 3600 + minute * 60;
  });
  return 86_400 + ((to - from + 86_400) % 86_400) + 2 * 3600;
}

/** How the probe signs in. Over TLS, always. */
export type CacheLogin =
  /** With a secret of the form `{"username": …, "password": …}`; without `username`, the auth token of the group. */
  | { readonly kind: 'secret'; readonly secretArn: string }
  /** Whoever reaches the cache is let in. */
  | { readonly kind: 'open' };

/** One protected cache. */
export interface CacheTarget {
  /** Name of the protected resource; the dimension `Resource` of its metrics. */
  readonly resource: string;
  readonly kind: CacheKind;
  /** Id of the replication group, or name of the serverless cache. */
  readonly id: string;
  readonly login: CacheLogin;
  /** Due is a snapshot when any of these is. Empty: none but the daily one. */
  readonly savePoints: readonly SavePointRule[];
  /** Days for which ElastiCache keeps the automatic snapshots: 1 to 35. */
  readonly snapshotRetentionDays: number;
  /** Daily window of the automatic snapshot in UTC, such as `03:00-04:00`. */
  readonly snapshotWindow: string;
}

/** Where exported snapshots are kept. */
export interface CacheStore extends BucketLocation {
  /** ARN of the bucket's key. */
  readonly keyArn: string;
  readonly lockMode: 'governance' | 'compliance';
  readonly retention: RetentionCounts;
  /** Bucket in the same Region, encrypted with S3's own key, that ElastiCache exports into: it takes no other. */
  readonly stagingBucket: string;
}

/**
 * Input of `snapshot-redis`, once a minute: probes the cache, and takes a snapshot when one is due. Publishes `changes`,
 * `lastSave`, `waiting`, `rpo` and `size` with `Resource`.
 *
 * Needs: `elasticache:DescribeReplicationGroups` or `DescribeServerlessCaches`; `Describe`, `Create` and `Delete` of
 * `Snapshot` or `ServerlessCacheSnapshot`; `elasticache:ListTagsForResource` and `AddTagsToResource` on snapshots;
 * `secretsmanager:GetSecretValue`; reading and writing `state/<resource>.json` in the staging bucket (and listing it, so that
 * an absent one is not a denied one); `cloudwatch:PutMetricData`.
 */
export interface SnapshotRedisEvent {
  readonly target: CacheTarget;
  readonly store: CacheStore;
}

/**
 * Input of `export-redis`, every {@link EXPORT_INTERVAL_MINUTES} minutes: exports the newest snapshot once a day (UTC), and
 * otherwise does nothing. A run that is cut is taken up by the next.
 *
 * Needs: `elasticache:DescribeSnapshots` and `CopySnapshot`, or `DescribeServerlessCacheSnapshots` and
 * `ExportServerlessCacheSnapshot`; what ElastiCache asks of the caller for the staging bucket (`s3:ListAllMyBuckets`,
 * `GetBucketLocation`, `GetBucketAcl`, `PutObject`); reading, listing and deleting in the staging bucket and writing
 * `exports/<resource>.json` there; writing, locking, reading, listing in the protected bucket, `kms:GenerateDataKey` and
 * `Decrypt` with its key; `cloudwatch:PutMetricData`.
 */
export interface ExportRedisEvent extends SnapshotRedisEvent {}

/** How often the function `export-redis` is to run, so that an export that takes longer than one run goes on. */
export const EXPORT_INTERVAL_MINUTES = 15;

/** Where a function keeps what it must remember of a cache, in the staging bucket; it may expire 14 days after it was last written. */
export const cacheStateKey = {
  probe: (resource: string): string => `state/${resource}.json`,
  export: (resource: string): string => `exports/${resource}.json`,
} as const;

/** Folder in the proofs bucket of all about a cache; ends with a slash. */
export const cacheProofsPrefix = (resource: string): string => `redis/${resource}/`;

/** A finding when no backup is younger: a day and the time that an export may take. In seconds. */
export const BACKUP_AGE_LIMIT_SECONDS = 86_400 + 4 * 3600;

/** Input of `verify-redis`. */
export interface VerifyRedisEvent {
  readonly targets: readonly { readonly target: CacheTarget; readonly store: CacheStore }[];
  /** Replica of the store of each target, by its resource. */
  readonly replicas: Readonly<Record<string, BucketLocation & { readonly keyArn: string }>>;
  /** Bucket of the reports. */
  readonly proofs: BucketLocation;
  /** Name of the alarm that findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
}

/** What can be wrong with the snapshots and backups of a cache. */
export const CacheFindingKind = {
  /** There is no exported backup, or none young enough. */
  BACKUP_LATE: 'backupLate',
  /** A tier has no backup as young as its period. */
  TIER_LATE: 'tierLate',
  /** A backup is not what its manifest says, or an RDB file is damaged. */
  DAMAGED: 'damaged',
  /** No backup was read to its end for too long. */
  NOT_PROVED: 'notProved',
  /** A backup is not in the replica. */
  COPY_MISSING: 'copyMissing',
  /** Encrypted with another key than the expected one. */
  WRONG_KEY: 'wrongKey',
  /** ElastiCache has no complete snapshot that is young enough. */
  SNAPSHOT_LATE: 'snapshotLate',
  /** Automatic snapshots are switched off. */
  SNAPSHOTS_OFF: 'snapshotsOff',
  /** The cache is not set as configured. */
  DRIFT: 'drift',
  /** The server writes no checksum into its files, so that only the digests of Holdfast protect them. */
  NO_CHECKSUM: 'noChecksum',
  /** There are bytes behind the end of a file, which no server writes. */
  TRAILING_BYTES: 'trailingBytes',
  /** It could not be looked up. */
  UNKNOWN: 'unknown',
} as const;
export type CacheFindingKind = (typeof CacheFindingKind)[keyof typeof CacheFindingKind];

/** One thing that is wrong. */
export interface CacheFinding {
  readonly kind: CacheFindingKind;
  /** Whether it endangers a restore, and pages. */
  readonly isCritical: boolean;
  /** One sentence in plain words with the value, the limit and what to do. */
  readonly detail: string;
}

/** What `verify-redis` answers for one cache. Ages are in seconds; absent when not known. */
export interface CacheResult {
  readonly resource: string;
  readonly findings: readonly CacheFinding[];
  /** Id of the newest backup. */
  readonly backupId?: string;
  /** Since the moment that the newest backup shows. */
  readonly backupAgeSeconds?: number;
  /** Since the newest complete snapshot. */
  readonly lastSaveSeconds?: number;
  /** Since the newest proof that a backup is there, copied and under the right keys. */
  readonly presentAgeSeconds?: number;
  /** Since the newest proof that reading it to its end showed what was written. */
  readonly intactAgeSeconds?: number;
  /** When that proof was made, an ISO 8601 instant; absent while there was none, and ages count from the first verification. */
  readonly intactAt?: string;
  /** Key of the report in the proofs bucket; absent when it could not be written. */
  readonly reportKey?: string;
}

/** Answer of `verify-redis`. */
export interface VerifyRedisResult {
  readonly caches: readonly CacheResult[];
}

/** Tag of the snapshots that Holdfast takes; its value is the name of the protected resource. */
export const SNAPSHOT_TAG = 'holdfast:save-point';

/**
 * Name of a snapshot: `redis-YYYYMMDD-HHMMSS`, in UTC. With hyphens, because ElastiCache documents 1 to 40 letters, digits and hyphens, and
 * no underscores. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-manual.html
 */
export function snapshotName(at: Date): string {
  const [date = '', time = ''] = at
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .split('T');
  return `redis-${date}-${time}`;
}

/** The form of a {@link snapshotName}. */
export const SNAPSHOT_NAME_FORM = /^redis-\d{8}-\d{6}$/;

/** Pattern of {@link snapshotName}, as policies of IAM take it. */
export const SNAPSHOT_NAMES = 'redis-*';

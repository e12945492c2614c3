import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BackupEntry, BackupList } from '../catalog/backup-list';
import type { CacheFinding, CacheResult, CacheStore, CacheTarget, VerifyRedisEvent } from '../contract/redis';
import { Retention } from '../contract/retention';
import { resolveReplicaKey } from '../files/replica-key';
import { ObjectStore } from '../objects/object-store';
import { ageFindings } from './backup-ages';
import { contentFindings, copyFindings, type KeyedBucket, presenceFindings } from './backup-proof';
import { critical, hours, unknown } from './cache-finding';
import { cacheService } from './cache-service';
import type { WalkRdb } from './keep-file';
import { rememberProof } from './proved-caches';
import { type RedisManifest, redisBackups } from './redis-manifest';
import { settingFindings, snapshotAgeFindings, snapshotAgeSeconds } from './snapshot-checks';

/** Clients and limits of a verification. */
export interface CacheVerificationContext {
  /** Clients of a Region. */
  readonly elastiCache: (region: string) => ElastiCacheClient;
  readonly s3: (region: string) => S3Client;
  readonly kms: (region: string) => KMSClient;
  readonly walk: WalkRdb;
  /** How a copy is told to be the same: `content` for a store that gives copies new version ids. */
  readonly matching: 'versionId' | 'content';
  /** When to stop reading, in milliseconds since 1970. */
  readonly deadline: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A backup that was read to its end longer ago than this is not proved. Verifications run each hour. In seconds. */
const PROOF_AGE_LIMIT_SECONDS = 48 * 3600;

/**
 * Verifies the snapshots and backups of caches, one after the other; each run begins with another, so that none always comes
 * last. What cannot be looked up is a finding of its own, and hides no other.
 */
export async function verifyCaches(event: VerifyRedisEvent, context: CacheVerificationContext): Promise<CacheResult[]> {
  const first = runNumber(context.now()) % Math.max(event.targets.length, 1);
  const inTurn = [...event.targets.slice(first), ...event.targets.slice(0, first)];
  const results = new Map<string, CacheResult>();
  for (const { target, store } of inTurn) {
    results.set(target.resource, await new CacheVerification(target, store, event, context).run());
  }
  return event.targets.flatMap(({ target }) => results.get(target.resource) ?? []);
}

/** Counts up each hour. */
const runNumber = (now: number): number => Math.floor(now / 3_600_000);

class CacheVerification {
  private readonly findings: CacheFinding[] = [];
  private readonly store: ObjectStore;
  private readonly backups: BackupList<RedisManifest>;

  public constructor(
    private readonly target: CacheTarget,
    private readonly location: CacheStore,
    private readonly event: VerifyRedisEvent,
    private readonly context: CacheVerificationContext,
  ) {
    const s3 = context.s3(location.region);
    this.store = new ObjectStore(s3, location);
    this.backups = redisBackups(this.store, s3, location.bucket, target.resource);
  }

  public async run(): Promise<CacheResult> {
    const { now, s3 } = this.context;
    const { resource } = this.target;
    const { proofs } = this.event;
    const lastSaveSeconds = await this.check(() => this.checkSnapshots());
    const entries = (await this.check(() => this.checkAges())) ?? [];
    const newest = await this.check(() => this.read(entries[0]));
    const proved = newest && (await this.prove(newest));
    await this.check(() => this.proveNext(entries.slice(1)));
    const ages = await this.check(() =>
      rememberProof(s3(proofs.region), proofs.bucket, resource, {
        present: proved?.isPresent ?? false,
        intact: proved?.isIntact ?? false,
        now: now(),
      }),
    );
    this.requireProof(ages?.intactSeconds);
    return {
      resource,
      findings: this.findings,
      ...(newest && {
        backupId: newest.id,
        backupAgeSeconds: Math.max(0, (now() - Date.parse(newest.snapshot.at)) / 1000),
      }),
      ...(lastSaveSeconds !== undefined && { lastSaveSeconds }),
      ...(ages && { presentAgeSeconds: ages.presentSeconds, intactAgeSeconds: ages.intactSeconds }),
    };
  }

  private async checkSnapshots(): Promise<number | undefined> {
    const service = cacheService(this.context.elastiCache(this.location.region), this.target);
    const [settings, snapshots] = await Promise.all([service.settings(), service.snapshots()]);
    const age = snapshotAgeSeconds(snapshots, this.context.now());
    this.findings.push(...settingFindings(this.target, settings), ...snapshotAgeFindings(this.target, age));
    return age;
  }

  private async checkAges(): Promise<BackupEntry[]> {
    const entries = await this.backups.list();
    this.findings.push(...ageFindings(entries, Retention.gfs(this.location.retention), this.context.now()));
    return entries;
  }

  private async read(entry: BackupEntry | undefined): Promise<RedisManifest | undefined> {
    return entry && this.backups.find({ id: entry.id });
  }

  private async prove(newest: RedisManifest): Promise<{ isPresent: boolean; isIntact: boolean }> {
    const present = await this.check(() => this.presence(newest));
    const content = await this.check(() => contentFindings(newest, this.store, this.context));
    this.findings.push(...(present ?? []), ...(content ?? []));
    const isGood = (findings: readonly CacheFinding[] | undefined): boolean =>
      findings?.every(({ isCritical }) => !isCritical) ?? false;
    return { isPresent: isGood(present), isIntact: isGood(content) };
  }

  /** Of the older backups each run proves the next, so that all have their turn. */
  private async proveNext(older: readonly BackupEntry[]): Promise<void> {
    const manifest = await this.read(older[runNumber(this.context.now()) % older.length]);
    if (manifest !== undefined) {
      this.findings.push(...(await this.presence(manifest)));
      this.findings.push(...((await contentFindings(manifest, this.store, this.context)) ?? []));
    }
  }

  private async presence(manifest: RedisManifest): Promise<CacheFinding[]> {
    const { s3, matching, now } = this.context;
    const { bucket, region, keyArn } = this.location;
    const key = { arn: keyArn, givenArn: keyArn };
    return [
      ...(await presenceFindings(manifest, { s3: s3(region), name: bucket, key }, 'versionId')),
      ...(await copyFindings(manifest, await this.replica(), matching, now())),
    ];
  }

  private async replica(): Promise<KeyedBucket> {
    const { resource } = this.target;
    const replica = this.event.replicas[resource];
    if (replica === undefined) {
      throw new Error(`The event names no replica of ${resource}. HINT: send what the schedule carries as its input.`);
    }
    const { s3, kms } = this.context;
    const { bucket, region, keyArn } = replica;
    return { s3: s3(region), name: bucket, key: await resolveReplicaKey(kms(region), keyArn) };
  }

  private requireProof(intactSeconds: number | undefined): void {
    if (intactSeconds !== undefined && intactSeconds > PROOF_AGE_LIMIT_SECONDS) {
      this.findings.push(
        critical(
          'notProved',
          `No backup was read to its end and found whole for ${hours(intactSeconds)}, must be every ${hours(PROOF_AGE_LIMIT_SECONDS)}. HINT: see the other findings; without any, give the function verify-redis more memory, and with it more of a processor.`,
        ),
      );
    }
  }

  private async check<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      this.findings.push(unknown(error));
      return undefined;
    }
  }
}

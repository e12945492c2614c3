import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BackupEntry, BackupList } from '../catalog/backup-list';
import { ProofOutcome } from '../contract/proofs';
import type { CacheFinding, CacheResult, CacheStore, CacheTarget, VerifyRedisEvent } from '../contract/redis';
import { Retention } from '../contract/retention';
import { ProofLevel } from '../contract/signals';
import { resolveReplicaKey } from '../files/replica-key';
import { ObjectStore } from '../objects/object-store';
import { mayGo } from '../proof/retention-check';
import type { ProvedFacts } from '../proofs/write-record';
import { ageFindings } from './backup-ages';
import { contentFindings, copyFindings, type KeyedBucket, presenceFindings } from './backup-proof';
import { critical, hours, unknown } from './cache-finding';
import { cacheService } from './cache-service';
import type { WalkRdb } from './keep-file';
import { cacheProof, type LookedAt, recordBackup } from './proof-records';
import { type ProofAges, rememberProof } from './proved-caches';
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

/** A cache after a run: the answer, and what the records of its proofs will say. */
export interface VerifiedCache {
  readonly result: CacheResult;
  /** One for each level that was looked at. */
  readonly proofs: readonly ProvedFacts[];
}

/** A backup that was read to its end longer ago than this is not proved. Verifications run each hour. In seconds. */
const PROOF_AGE_LIMIT_SECONDS = 48 * 3600;

/**
 * Verifies the snapshots and backups of caches, one after the other; each run begins with another, so that none always comes
 * last. What cannot be looked up is a finding of its own, and hides no other.
 */
export async function verifyCaches(
  event: VerifyRedisEvent,
  context: CacheVerificationContext,
): Promise<VerifiedCache[]> {
  const first = runNumber(context.now()) % Math.max(event.targets.length, 1);
  const inTurn = [...event.targets.slice(first), ...event.targets.slice(0, first)];
  const verified = new Map<string, VerifiedCache>();
  for (const { target, store } of inTurn) {
    verified.set(target.resource, await new CacheVerification(target, store, event, context).run());
  }
  return event.targets.flatMap(({ target }) => verified.get(target.resource) ?? []);
}

/** Counts up each hour. */
const runNumber = (now: number): number => Math.floor(now / 3_600_000);

/** The levels that a verification goes through. */
const VERIFIED_LEVELS = [ProofLevel.PRESENT, ProofLevel.INTACT] as const;
type VerifiedLevel = (typeof VERIFIED_LEVELS)[number];

class CacheVerification {
  /** What was found, by how far looking for it goes. */
  private readonly found: Readonly<Record<VerifiedLevel, CacheFinding[]>> = { present: [], intact: [] };
  /** What endangers no proof, and must be told all the same. */
  private readonly aside: CacheFinding[] = [];
  private readonly startedAt: number;
  private readonly s3: S3Client;
  private readonly store: ObjectStore;
  private readonly backups: BackupList<RedisManifest>;

  public constructor(
    private readonly target: CacheTarget,
    private readonly location: CacheStore,
    private readonly event: VerifyRedisEvent,
    private readonly context: CacheVerificationContext,
  ) {
    this.startedAt = context.now();
    this.s3 = context.s3(location.region);
    this.store = new ObjectStore(this.s3, location);
    this.backups = redisBackups(this.store, this.s3, location.bucket, target.resource);
  }

  public async run(): Promise<VerifiedCache> {
    const lastSaveSeconds = await this.check(ProofLevel.PRESENT, () => this.checkSnapshots());
    const entries = (await this.check(ProofLevel.PRESENT, () => this.checkAges())) ?? [];
    const newest = await this.check(ProofLevel.PRESENT, () => this.read(entries[0]));
    const wasRead = newest !== undefined && (await this.prove(newest));
    await this.proveNext(entries.slice(1));
    const proofs = this.proofs(newest, wasRead);
    const ages = await this.remember(proofs);
    this.requireProof(ages?.intactSeconds);
    return { result: this.result(newest, lastSaveSeconds, ages), proofs };
  }

  private proofs(newest: RedisManifest | undefined, wasRead: boolean): ProvedFacts[] {
    const levels = wasRead ? VERIFIED_LEVELS : [ProofLevel.PRESENT];
    return levels.map((level) => cacheProof(this.lookedAt(level, this.found[level], this.startedAt), newest));
  }

  private lookedAt(level: VerifiedLevel, findings: readonly CacheFinding[], startedAt: number): LookedAt {
    return { resource: this.target.resource, level, findings, startedAt, finishedAt: this.context.now() };
  }

  private async remember(proofs: readonly ProvedFacts[]): Promise<ProofAges | undefined> {
    const { region, bucket } = this.event.proofs;
    const isProved = (wanted: ProofLevel): boolean =>
      proofs.some(({ level, outcome }) => level === wanted && outcome === ProofOutcome.PROVED);
    try {
      return await rememberProof(this.context.s3(region), bucket, this.target.resource, {
        present: isProved(ProofLevel.PRESENT),
        intact: isProved(ProofLevel.INTACT),
        at: this.startedAt,
        now: this.context.now(),
      });
    } catch (error) {
      this.aside.push(unknown(error));
      return undefined;
    }
  }

  private result(
    newest: RedisManifest | undefined,
    lastSaveSeconds: number | undefined,
    ages: ProofAges | undefined,
  ): CacheResult {
    return {
      resource: this.target.resource,
      findings: [...this.found.present, ...this.found.intact, ...this.aside],
      ...(newest && {
        backupId: newest.id,
        backupAgeSeconds: Math.max(0, (this.context.now() - Date.parse(newest.snapshot.at)) / 1000),
      }),
      ...(lastSaveSeconds !== undefined && { lastSaveSeconds }),
      ...(ages && { presentAgeSeconds: ages.presentSeconds, intactAgeSeconds: ages.intactSeconds }),
      ...(ages?.intactAt !== undefined && { intactAt: ages.intactAt }),
    };
  }

  private async checkSnapshots(): Promise<number | undefined> {
    const service = cacheService(this.context.elastiCache(this.location.region), this.target);
    const [settings, snapshots] = await Promise.all([service.settings(), service.snapshots()]);
    const age = snapshotAgeSeconds(snapshots, this.context.now());
    this.found.present.push(...settingFindings(this.target, settings), ...snapshotAgeFindings(this.target, age));
    return age;
  }

  private async checkAges(): Promise<BackupEntry[]> {
    const entries = await this.backups.list();
    this.found.present.push(...ageFindings(entries, Retention.gfs(this.location.retention), this.context.now()));
    return entries;
  }

  private async read(entry: BackupEntry | undefined): Promise<RedisManifest | undefined> {
    return entry && this.backups.find({ id: entry.id });
  }

  /** Proves one backup, and records beside it how that ended. @returns false when there was no time to read it to its end. */
  private async prove(manifest: RedisManifest): Promise<boolean> {
    await this.proveLevel(ProofLevel.PRESENT, manifest, () => this.presence(manifest));
    return this.proveLevel(ProofLevel.INTACT, manifest, () => contentFindings(manifest, this.store, this.context));
  }

  private async proveLevel(
    level: VerifiedLevel,
    manifest: RedisManifest,
    look: () => Promise<CacheFinding[] | undefined>,
  ): Promise<boolean> {
    const startedAt = this.context.now();
    const findings = await look().catch((error: unknown) => [unknown(error)]);
    if (findings === undefined) {
      return false;
    }
    this.found[level].push(...findings);
    await recordBackup(this.s3, this.location, manifest, this.lookedAt(level, findings, startedAt)).catch(
      (error: unknown) => this.aside.push(unknown(error)),
    );
    return true;
  }

  /** Of the older backups each run proves the next, so that all have their turn; one whose time is over is left out. */
  private async proveNext(older: readonly BackupEntry[]): Promise<void> {
    const entry = older[runNumber(this.context.now()) % older.length];
    const manifest = await this.check(ProofLevel.PRESENT, () => this.read(entry));
    if (manifest !== undefined && !this.mayGo(manifest)) {
      await this.prove(manifest);
    }
  }

  /** Whether the lifecycle may be taking a backup away, file by file. */
  private mayGo({ tier, startedAt, lockedUntil }: RedisManifest): boolean {
    const retained = { tier, at: Date.parse(startedAt), lockedUntil: Date.parse(lockedUntil) };
    return mayGo(retained, Retention.gfs(this.location.retention), this.context.now());
  }

  private async presence(manifest: RedisManifest): Promise<CacheFinding[]> {
    const { matching, now } = this.context;
    const { bucket, keyArn } = this.location;
    const key = { arn: keyArn, givenArn: keyArn };
    return [
      ...(await presenceFindings(manifest, { s3: this.s3, name: bucket, key }, 'versionId')),
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
      this.aside.push(
        critical(
          'notProved',
          `No backup was read to its end and found whole for ${hours(intactSeconds)}, must be every ${hours(PROOF_AGE_LIMIT_SECONDS)}. HINT: see the other findings; without any, give the function verify-redis more memory, and with it more of a processor.`,
        ),
      );
    }
  }

  private async check<Result>(level: VerifiedLevel, act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      this.found[level].push(unknown(error));
      return undefined;
    }
  }
}

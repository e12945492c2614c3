import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BackupList } from '../catalog/backup-list';
import { abortLeftovers, LONGEST_RUN_MS } from '../catalog/leftovers';
import { writeManifest } from '../catalog/publish';
import { backupId, backupPrefix } from '../contract/backup-layout';
import type { ExportRedisEvent } from '../contract/redis';
import { Retention } from '../contract/retention';
import { ObjectStore } from '../objects/object-store';
import { StateTakenError } from '../objects/state-object';
import { OutOfTimeError } from '../objects/until-deadline';
import { RdbError } from '../rdb/rdb-error';
import { type CacheService, type CacheSnapshot, cacheService } from './cache-service';
import { ExportProgress, type UnfinishedExport } from './export-state';
import { keepFile, type WalkRdb } from './keep-file';
import { REDIS_MANIFEST_FORMAT, type RedisManifest, redisBackups, redisManifestBytes } from './redis-manifest';
import { type StagedFile, StagedFiles } from './staged-files';

/** Clients and limits of an export. */
export interface ExportContext {
  readonly elastiCache: ElastiCacheClient;
  /** Client of the Region of both buckets. */
  readonly s3: S3Client;
  readonly walk: WalkRdb;
  /** Version of Holdfast. */
  readonly software: string;
  /** When to stop, in milliseconds since 1970. */
  readonly deadline: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds between two looks whether ElastiCache is done. @default 15 seconds */
  readonly pollMs?: number;
}

/** What a run of an export achieved. */
export type ExportOutcome =
  /** Today's backup is there already. */
  | { readonly outcome: 'notDue' }
  /** Another run is at work. */
  | { readonly outcome: 'otherRun' }
  /** The next run goes on. */
  | { readonly outcome: 'unfinished'; readonly backupId: string }
  | { readonly outcome: 'exported'; readonly manifest: RedisManifest };

/**
 * Makes today's backup of a cache, or goes on with one that has begun: ElastiCache exports the newest complete snapshot into the
 * staging bucket; each file is walked to its end on its way into the protected bucket; the manifest comes last, and only then
 * are the staged files removed. A run may end at any point: the next goes on from there, and nothing is done twice that matters.
 *
 * @throws Error when there is no snapshot, one is damaged, a file is too large for a run, or a service refuses.
 */
export async function exportCache(event: ExportRedisEvent, context: ExportContext): Promise<ExportOutcome> {
  const { target, store } = event;
  try {
    const progress = await ExportProgress.open(context.s3, store.stagingBucket, target.resource);
    return await new ExportRun(event, context, progress).run();
  } catch (error) {
    if (error instanceof StateTakenError) {
      return { outcome: 'otherRun' };
    }
    throw error;
  }
}

/** Time after which an export that does not come is given up, 12 hours. */
const GIVE_UP_MS = 12 * 3_600_000;
const POLL_MS = 15_000;
/** A file that a run could not finish in that time will not fit into the next one either, 10 minutes. */
const TOO_LONG_MS = 600_000;

class ExportRun {
  private readonly service: CacheService;
  private readonly store: ObjectStore;
  private readonly staged: StagedFiles;
  private readonly backups: BackupList<RedisManifest>;

  public constructor(
    private readonly event: ExportRedisEvent,
    private readonly context: ExportContext,
    private readonly progress: ExportProgress,
  ) {
    const { s3, elastiCache } = context;
    const { target, store } = event;
    this.service = cacheService(elastiCache, target);
    this.store = new ObjectStore(s3, store);
    this.staged = new StagedFiles(s3, store.stagingBucket);
    this.backups = redisBackups(this.store, s3, store.bucket, target.resource);
  }

  public async run(): Promise<ExportOutcome> {
    const begun = this.progress.unfinished ?? (await this.begin());
    if (begun === undefined) {
      return { outcome: 'notDue' };
    }
    const published = await this.backups.find({ id: begun.backupId });
    if (published !== undefined) {
      return this.finish(begun, published);
    }
    try {
      const asked = await this.askForExport(begun);
      const staged = await this.awaitFiles(asked);
      const kept = staged && (await this.keep(asked, staged));
      return kept === undefined
        ? { outcome: 'unfinished', backupId: begun.backupId }
        : await this.finish(kept, await this.publish(kept));
    } catch (error) {
      if (error instanceof RdbError) {
        // Its other files stay, locked: to export it again and again would pile them up.
        await this.progress.giveUpDamaged(begun);
      }
      if (error instanceof ExportLostError) {
        // Begun anew by the next run, with the snapshot that is the newest then.
        await this.progress.save(undefined);
      }
      throw error;
    }
  }

  /** @returns undefined when today's backup is there. */
  private async begin(): Promise<UnfinishedExport | undefined> {
    const { target, store } = this.event;
    const startedAt = new Date(this.context.now());
    const earlier = await this.backups.list();
    if (earlier.some(({ at }) => dayOf(at) === dayOf(startedAt))) {
      return undefined;
    }
    await abortLeftovers(
      this.context.s3,
      store.bucket,
      target.resource,
      new Date(startedAt.getTime() - LONGEST_RUN_MS),
    );
    const { name, createdAt = startedAt, engineVersion, files } = this.newest(await this.service.snapshots());
    const unfinished: UnfinishedExport = {
      backupId: backupId(startedAt, randomBytes(4).toString('hex')),
      tier: Retention.gfs(store.retention).tierOf(startedAt, earlier),
      startedAt: startedAt.toISOString(),
      snapshot: {
        name,
        at: createdAt.toISOString(),
        ...(engineVersion !== undefined && { engineVersion }),
        ...(files !== undefined && { files }),
      },
      files: [],
    };
    await this.progress.save(unfinished);
    return unfinished;
  }

  private newest(snapshots: readonly CacheSnapshot[]): CacheSnapshot {
    const [newest] = snapshots
      .filter(({ status }) => status === 'available')
      .sort((left, right) => (right.createdAt?.getTime() ?? 0) - (left.createdAt?.getTime() ?? 0));
    if (newest === undefined) {
      throw new Error(
        `Cache ${this.event.target.id} has no complete snapshot to export, of ${snapshots.length}. HINT: wait for the next one; if none comes, look at its backups in ElastiCache and at the log of the function snapshot-redis.`,
      );
    }
    if (newest.name === this.progress.damagedSnapshot) {
      throw new Error(
        `The newest snapshot of cache ${this.event.target.id}, ${newest.name}, is damaged: no backup is made of it. HINT: take a snapshot by hand, or wait for the next one; what is wrong with this one, the log of the run that read it tells.`,
      );
    }
    return newest;
  }

  /** Asks again when the answer of an earlier run was lost: ElastiCache refuses a second export of the same name. */
  private async askForExport(unfinished: UnfinishedExport): Promise<UnfinishedExport & { exportName: string }> {
    const { exportName, snapshot } = unfinished;
    if (exportName !== undefined) {
      return { ...unfinished, exportName };
    }
    const { resource } = this.event.target;
    const wanted = `${resource}-${unfinished.backupId}`.toLowerCase();
    const bucket = this.event.store.stagingBucket;
    const asked = { ...unfinished, exportName: await this.service.exportSnapshot(snapshot.name, wanted, bucket) };
    await this.progress.save(asked);
    return asked;
  }

  /** @returns undefined when the files are not all there by the deadline. */
  private async awaitFiles(asked: UnfinishedExport & { exportName: string }): Promise<StagedFile[] | undefined> {
    const { now, deadline, pollMs = POLL_MS } = this.context;
    for (;;) {
      const state = await this.exportedSnapshot(asked);
      const staged = await this.staged.list(asked.exportName);
      if (isComplete(asked, state, staged)) {
        return staged;
      }
      if (now() - Date.parse(asked.startedAt) > GIVE_UP_MS) {
        throw new ExportLostError(
          `The export of snapshot ${asked.snapshot.name} did not come within ${GIVE_UP_MS / 3_600_000} hours, ${staged.length} files did. HINT: look at the events of ElastiCache and at the policy of bucket ${this.event.store.stagingBucket}; the next run begins anew.`,
        );
      }
      if (now() + pollMs > deadline) {
        return undefined;
      }
      await sleep(pollMs);
    }
  }

  /** The snapshot, where its number of files is not known. Looked at before its files are: what comes in between must not be missed. */
  private async exportedSnapshot({ snapshot }: UnfinishedExport): Promise<CacheSnapshot | undefined> {
    return snapshot.files === undefined
      ? (await this.service.snapshots()).find(({ name }) => name === snapshot.name)
      : undefined;
  }

  /** @returns undefined when there is no time for all files. */
  private async keep(asked: UnfinishedExport, staged: readonly StagedFile[]): Promise<UnfinishedExport | undefined> {
    const { resource } = this.event.target;
    const prefix = backupPrefix(asked.tier, resource, asked.backupId);
    const { walk, deadline, now } = this.context;
    let kept = asked;
    for (const file of staged) {
      const key = `${prefix}${file.name}`;
      if (kept.files.some((each) => each.key === key)) {
        continue;
      }
      const begun = now();
      try {
        const options = { walk, deadline, now, lock: this.lockOf(asked) };
        kept = { ...kept, files: [...kept.files, await keepFile(this.store, key, this.staged.read(file), options)] };
      } catch (error) {
        if (!(error instanceof OutOfTimeError)) {
          throw error;
        }
        this.requireFitting(file, now() - begun);
        return undefined;
      }
      await this.progress.save(kept);
    }
    return kept;
  }

  private requireFitting({ name, bytes }: StagedFile, spentMs: number): void {
    if (spentMs > TOO_LONG_MS) {
      throw new Error(
        `File ${name} of ${bytes} bytes is too large to be kept within one run: ${Math.round(spentMs / 1000)} seconds were not enough. HINT: divide the cache into more shards, or give the function more memory, and with it more of a processor.`,
      );
    }
  }

  private async publish(kept: UnfinishedExport): Promise<RedisManifest> {
    const { resource, kind, id } = this.event.target;
    const { backupId: backup, tier, startedAt, snapshot, files } = kept;
    const { name, at, engineVersion } = snapshot;
    const lock = this.lockOf(kept);
    const manifest: RedisManifest = {
      format: REDIS_MANIFEST_FORMAT,
      id: backup,
      resource,
      tier,
      lockedUntil: lock.until.toISOString(),
      startedAt,
      finishedAt: new Date(this.context.now()).toISOString(),
      software: this.context.software,
      cache: { kind, id },
      snapshot: { name, at, ...(engineVersion !== undefined && { engineVersion }) },
      files,
      totals: {
        keys: files.reduce((sum, { rdb }) => sum + rdb.keys, 0),
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      },
    };
    await writeManifest(this.store, backupPrefix(tier, resource, backup), redisManifestBytes(manifest), lock);
    return manifest;
  }

  private async finish({ exportName }: UnfinishedExport, manifest: RedisManifest): Promise<ExportOutcome> {
    if (exportName !== undefined) {
      await this.staged.remove(await this.staged.list(exportName));
    }
    await this.progress.save(undefined);
    return { outcome: 'exported', manifest };
  }

  private lockOf({ tier, startedAt }: UnfinishedExport) {
    const { lockMode: mode, retention } = this.event.store;
    return { mode, until: Retention.gfs(retention).keptUntil(tier, new Date(startedAt)) };
  }
}

/** An export that will not come any more. */
class ExportLostError extends Error {}

/** A serverless cache does not tell its number of files: then an export is complete when its snapshot is at rest again. */
function isComplete(
  { snapshot }: UnfinishedExport,
  state: CacheSnapshot | undefined,
  staged: readonly StagedFile[],
): boolean {
  if (snapshot.files !== undefined) {
    return staged.length >= snapshot.files;
  }
  if (state === undefined && staged.length === 0) {
    throw new ExportLostError(
      `Snapshot ${snapshot.name} was deleted while it was exported. HINT: nothing to do; the next run begins anew.`,
    );
  }
  return staged.length > 0 && state?.status !== 'inUse';
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

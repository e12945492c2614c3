import type { S3Client } from '@aws-sdk/client-s3';
import { openArchive } from '../archive/archive-reader';
import type { ArchiveHeader } from '../archive/header';
import { verifyArchive } from '../archive/verify';
import { BackupFile, backupIdTime, backupPrefix } from '../contract/backup-layout';
import { TIERS, type Tier } from '../contract/retention';
import { inParallel } from '../objects/in-parallel';
import { newestVersion, stateOfVersion } from '../objects/object-state';
import type { ObjectLock, ObjectStore, StoredObject } from '../objects/object-store';
import { CatalogError } from './catalog-error';
import { LONGEST_RECORD_BYTES, linesOf } from './lines';
import {
  type ArchiveRecord,
  type BackupManifest,
  parseManifest,
  parseTenantRecord,
  type TenantRecord,
} from './manifest';
import { publishBackup } from './publish';

/** What rebuilding needs to know. */
export interface RebuildOptions {
  readonly store: ObjectStore;
  /** The store's own client and bucket. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Name of the protected database. */
  readonly resource: string;
  /** Version of Holdfast. */
  readonly software: string;
  /** Whether and how the manifest is locked, for as long as the backup is. @default - the bucket's default retention */
  readonly lockMode?: ObjectLock['mode'];
}

/** A manifest that is there again. */
export interface RebuiltManifest {
  readonly manifest: BackupManifest;
  /**
   * - `present`: it was not lost;
   * - `earlierVersion`: it was deleted, and is byte for byte the one that was published;
   * - `records`: made from the records of the tenants, after every object they name was found to be there. Nobody knows
   *   the snapshot and the tenants that were left out any more.
   */
  readonly from: 'present' | 'earlierVersion' | 'records';
}

/**
 * Brings the manifest of a backup back that was lost. `tenants.jsonl` is only written when all archives are stored, so a
 * backup that has it is complete if all it names is there; one that never had it is not, and is refused.
 *
 * @param id id of the backup.
 * @throws CatalogError when the backup was never complete or is no longer, with what can still be restored from it;
 *   ObjectDamagedError or ArchiveError when an object that must be read is damaged; Error when S3 refuses.
 */
export async function rebuildManifest(options: RebuildOptions, id: string): Promise<RebuiltManifest> {
  const backup = new LostBackup(options, id);
  for (const tier of TIERS) {
    const rebuilt = (await backup.fromManifest(tier)) ?? (await backup.fromRecords(tier));
    if (rebuilt !== undefined) {
      return rebuilt;
    }
  }
  throw new CatalogError(
    `Backup ${id} of ${options.resource} has neither a manifest nor tenants.jsonl in any version: its run did not finish. HINT: use another backup; single archives that lie under its id can be read by pg_restore, but whether they are whole nobody can tell.`,
  );
}

const MOST_REQUESTS = 16;

class LostBackup {
  private readonly startedAt: Date;

  public constructor(
    private readonly options: RebuildOptions,
    private readonly id: string,
  ) {
    const startedAt = backupIdTime(id);
    if (startedAt === undefined) {
      throw new RangeError(
        `${JSON.stringify(id)} is no id of a backup. HINT: ids look like 20261123T020000Z-0f3c9a1e.`,
      );
    }
    this.startedAt = startedAt;
  }

  /** The newest version of the manifest, published again if it lies below a delete marker. */
  public async fromManifest(tier: Tier): Promise<RebuiltManifest | undefined> {
    const { store, s3, bucket, lockMode } = this.options;
    const key = this.key(tier, BackupFile.MANIFEST);
    const newest = await newestVersion(s3, bucket, key);
    const stored = newest && (await store.identify(key));
    if (newest === undefined || stored === undefined) {
      return undefined;
    }
    const body = await wholeOf(store.read(stored));
    const manifest = parseManifest(body, `backup ${this.id}`);
    if (newest.isCurrent) {
      return { manifest, from: 'present' };
    }
    const lock = lockMode && { mode: lockMode, until: new Date(manifest.lockedUntil) };
    await store.put(key, body, { lock, contentType: 'application/json' });
    return { manifest, from: 'earlierVersion' };
  }

  /** A manifest made from the records of the tenants. */
  public async fromRecords(tier: Tier): Promise<RebuiltManifest | undefined> {
    const { store, resource, software, lockMode } = this.options;
    const tenantsFile = await store.identify(this.key(tier, BackupFile.TENANTS));
    if (tenantsFile === undefined) {
      return undefined;
    }
    const records = await this.records(tenantsFile);
    await this.requireStored(records);
    const globals = await store.identify(this.key(tier, BackupFile.GLOBALS));
    if (globals === undefined) {
      throw this.incomplete(BackupFile.GLOBALS);
    }
    const shared = await this.shared(tier, records);
    const header = shared?.header ?? (await this.headerOf(records));
    const draft = {
      id: this.id,
      resource,
      tier,
      lockedUntil: (await this.lockedUntil(tenantsFile)).toISOString(),
      startedAt: this.startedAt.toISOString(),
      server: { version: header.serverVersion },
      client: { version: header.dumpVersion },
      archive: { version: header.version, compression: header.compression },
      software,
      ...(shared && { shared: shared.record }),
      globals,
      leftOut: [],
      rebuilt: true,
    };
    return { manifest: await publishBackup(store, draft, records, { lockMode }), from: 'records' };
  }

  private async records(tenantsFile: StoredObject): Promise<TenantRecord[]> {
    const records: TenantRecord[] = [];
    for await (const line of linesOf(this.options.store.read(tenantsFile), LONGEST_RECORD_BYTES)) {
      records.push(parseTenantRecord(line, `Line ${records.length + 1} of tenants.jsonl of backup ${this.id}`));
    }
    return records;
  }

  private async requireStored(records: readonly TenantRecord[]): Promise<void> {
    const isStored = await inParallel(records, MOST_REQUESTS, (record) => this.options.store.has(record));
    const absent = isStored.filter((isThere) => !isThere).length;
    if (absent > 0) {
      throw this.incomplete(`${absent} of ${records.length} archives of tenants`);
    }
  }

  /** With a database for each tenant nothing is shared. */
  private async shared(
    tier: Tier,
    records: readonly TenantRecord[],
  ): Promise<{ record: ArchiveRecord; header: ArchiveHeader } | undefined> {
    const { store } = this.options;
    const stored = await store.identify(this.key(tier, BackupFile.SHARED));
    if (stored === undefined) {
      if (records.some(({ database }) => database === undefined)) {
        throw this.incomplete(BackupFile.SHARED);
      }
      return undefined;
    }
    const { header, tables, largeObjects } = await verifyArchive(store.read(stored), stored.sha256);
    const schemas = [...new Set(tables.map(({ schema }) => schema))];
    return {
      record: { ...stored, schemas, tables: tables.map(withoutBytes), largeObjects: largeObjects.count },
      header,
    };
  }

  private async headerOf([first]: readonly TenantRecord[]): Promise<ArchiveHeader> {
    if (first === undefined) {
      throw this.incomplete('every archive');
    }
    const archive = await openArchive(this.options.store.read(first));
    await archive.close();
    return archive.header;
  }

  private async lockedUntil({ key, versionId }: StoredObject): Promise<Date> {
    const state = await stateOfVersion(this.options.s3, this.options.bucket, key, versionId);
    return state?.lockedUntil ?? this.startedAt;
  }

  private key(tier: Tier, file: string): string {
    return `${backupPrefix(tier, this.options.resource, this.id)}${file}`;
  }

  private incomplete(what: string): CatalogError {
    return new CatalogError(
      `Backup ${this.id} of ${this.options.resource} cannot be rebuilt: ${what} lost or changed. HINT: look for them in the replica; the archives that are left can be read by pg_restore one by one.`,
    );
  }
}

const withoutBytes = ({ schema, table, rows }: { schema: string; table: string; rows: number | undefined }) =>
  rows === undefined ? { schema, table } : { schema, table, rows };

async function wholeOf(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) {
    all.push(piece);
  }
  return Buffer.concat(all);
}

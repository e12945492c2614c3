import { BackupFile, backupPrefix } from '../contract/backup-layout';
import { ObjectExistsError } from '../objects/object-error';
import type { ObjectLock, ObjectStore, StoredObject } from '../objects/object-store';
import { BackupExistsError, CatalogError } from './catalog-error';
import {
  type ArchiveRecord,
  type BackupManifest,
  MANIFEST_FORMAT,
  manifestBytes,
  requireComplete,
  type TenantRecord,
} from './manifest';

/** A manifest before the backup is published; the rest follows from the records of the tenants. */
export type BackupDraft = Omit<BackupManifest, 'format' | 'tenantsFile' | 'totals' | 'finishedAt'>;

/** How a backup is published. */
export interface PublishOptions {
  /** Whether and how its objects are locked until `lockedUntil`. @default - the bucket's default retention */
  readonly lockMode?: ObjectLock['mode'] | undefined;
  /** The clock. @default - the system's */
  readonly now?: () => Date;
}

/**
 * Makes a backup exist: writes `tenants.jsonl`, then `manifest.json`, each once. Nothing else may write a manifest. All
 * archives must be stored already.
 *
 * @throws CatalogError when a record is incomplete, repeated or of another backup; BackupExistsError when another run has
 *   published the same id; Error when S3 refuses. There is then no manifest, or the other run's.
 */
export async function publishBackup(
  store: ObjectStore,
  draft: BackupDraft,
  tenants: Iterable<TenantRecord>,
  options: PublishOptions = {},
): Promise<BackupManifest> {
  const prefix = backupPrefix(draft.tier, draft.resource, draft.id);
  const records = sortedRecords(tenants);
  requireOwnObjects(prefix, [...records, draft.globals, ...(draft.shared ? [draft.shared] : [])]);
  const lock = options.lockMode && { mode: options.lockMode, until: new Date(draft.lockedUntil) };
  try {
    const tenantsFile = await writeRecords(store, `${prefix}${BackupFile.TENANTS}`, records, lock);
    const now = options.now ?? (() => new Date());
    const manifest: BackupManifest = {
      format: MANIFEST_FORMAT,
      ...draft,
      finishedAt: now().toISOString(),
      tenantsFile,
      totals: totalsOf(records, draft, tenantsFile),
    };
    await writeManifest(store, prefix, manifestBytes(manifest), lock);
    return manifest;
  } catch (error) {
    throw error instanceof ObjectExistsError ? new BackupExistsError(draft.id, { cause: error }) : error;
  }
}

/**
 * Writes the manifest of a backup, whatever its kind. Nothing may follow it: from then on the backup exists.
 *
 * @param prefix folder of the backup.
 * @throws ObjectExistsError when another one is there; Error when S3 refuses.
 */
export async function writeManifest(
  store: ObjectStore,
  prefix: string,
  manifest: Buffer,
  lock: ObjectLock | undefined,
): Promise<void> {
  await store.put(`${prefix}${BackupFile.MANIFEST}`, manifest, { lock, contentType: 'application/json' });
}

/** By name, so that the same backup has the same bytes. */
function sortedRecords(tenants: Iterable<TenantRecord>): TenantRecord[] {
  const records = [...tenants].map(requireComplete).sort(byTenant);
  const repeated = records.find(({ tenant }, index) => tenant === records[index + 1]?.tenant);
  if (repeated !== undefined) {
    throw new CatalogError(
      `Tenant ${JSON.stringify(repeated.tenant)} has two archives in one backup. HINT: let the registry name each tenant once, with all its schemas.`,
    );
  }
  return records;
}

function byTenant(left: TenantRecord, right: TenantRecord): number {
  return left.tenant === right.tenant ? 0 : left.tenant < right.tenant ? -1 : 1;
}

function requireOwnObjects(prefix: string, objects: readonly StoredObject[]): void {
  const keys = new Set(objects.map(({ key }) => key));
  const isForeign = objects.some(({ key }) => !key.startsWith(prefix));
  if (isForeign || keys.size < objects.length) {
    throw new CatalogError(
      `A backup names an object ${isForeign ? 'of another backup' : 'twice'}; its own lie under ${prefix}. HINT: this is a defect of Holdfast; report it.`,
    );
  }
}

async function writeRecords(
  store: ObjectStore,
  key: string,
  records: readonly TenantRecord[],
  lock: ObjectLock | undefined,
): Promise<StoredObject> {
  const upload = store.upload(key, { lock, contentType: 'application/jsonl' });
  try {
    for (const record of records) {
      await upload.write(Buffer.from(`${JSON.stringify(record)}\n`));
    }
    await upload.end();
    return await upload.stored;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

function totalsOf(
  records: readonly TenantRecord[],
  { shared, globals }: Pick<BackupDraft, 'shared' | 'globals'>,
  tenantsFile: StoredObject,
): BackupManifest['totals'] {
  const archives: readonly ArchiveRecord[] = shared ? [...records, shared] : records;
  const tables = archives.flatMap((archive) => archive.tables);
  return {
    tenants: records.length,
    tables: tables.length,
    rows: sum(tables.map(({ rows = 0 }) => rows)),
    bytes: sum([...archives, globals, tenantsFile].map(({ bytes }) => bytes)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

import * as z from 'zod/mini';
import { BACKUP_ID_FORM } from '../contract/backup-layout';
import { TIERS } from '../contract/retention';
import { COMPRESSIONS } from '../contract/tenant-dumps';
import type { StoredObject } from '../objects/stored-object';
import { CatalogError } from './catalog-error';

/** Version of the format of manifests that this software writes and reads. */
export const MANIFEST_FORMAT = 'holdfast.tenants/1';

const instant = z.iso.datetime();
const count = z.int().check(z.nonnegative());
const filled = z.string().check(z.minLength(1));

const storedObject = z.object({
  key: filled,
  versionId: filled,
  bytes: count,
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  crc64nvme: z.string().check(z.regex(/^[A-Za-z0-9+/]{11}=$/)),
}) satisfies z.ZodMiniType<StoredObject>;

const archivedTable = z.object({
  schema: z.string(),
  table: z.string(),
  /** Absent when the table was dumped as `INSERT` commands, which are not counted. */
  rows: z.optional(count),
});

const archiveRecord = z.extend(storedObject, {
  /** Schemas that the archive restores. */
  schemas: z.array(z.string()),
  /** Tables with data, in the order of the archive; one without rows is among them. */
  tables: z.array(archivedTable),
  /** Number of large objects. */
  largeObjects: count,
});

const tenantRecord = z.extend(archiveRecord, {
  tenant: filled,
  /** Instant of the tenant's own snapshot; only with a database for each tenant. */
  snapshotAt: z.optional(instant),
  /** Name of the tenant's database; only with a database for each tenant. */
  database: z.optional(filled),
});

const backupManifest = z.object({
  format: z.literal(MANIFEST_FORMAT),
  /** Id of the backup, as `backupId` makes it. */
  id: z.string().check(z.regex(BACKUP_ID_FORM)),
  /** Name of the protected database. */
  resource: filled,
  tier: z.enum(TIERS),
  /** Until when its objects cannot be deleted. */
  lockedUntil: instant,
  startedAt: instant,
  finishedAt: instant,
  /** The instant that all archives show; absent with a database for each tenant, and when the manifest was rebuilt. */
  snapshot: z.optional(z.object({ at: instant, lsn: filled })),
  /** Version of PostgreSQL, of the server and of the client tools. */
  server: z.object({ version: filled }),
  client: z.object({ version: filled }),
  /** Version of the format of the archives, such as `1.16`, and how their data is compressed. */
  archive: z.object({ version: filled, compression: z.enum(COMPRESSIONS) }),
  /** Version of Holdfast that wrote the backup. */
  software: filled,
  /** What belongs to no tenant; absent with a database for each tenant. */
  shared: z.optional(archiveRecord),
  /** Roles and tablespaces, without passwords. */
  globals: storedObject,
  /** The records of all tenants, one JSON object a line. */
  tenantsFile: storedObject,
  /** Of the whole backup; rows where they were counted, bytes of all its objects but the manifest. */
  totals: z.object({ tenants: count, tables: count, rows: count, bytes: count }),
  /** Tenants that are not in the backup, with the reason that was given. */
  leftOut: z.array(z.object({ tenant: filled, reason: z.string() })),
  /** The manifest was lost and rebuilt from what it had described. */
  rebuilt: z.optional(z.boolean()),
});

/** Data of one table in an archive. */
export type ArchivedTable = z.infer<typeof archivedTable>;
/** An archive of a backup, and what is in it. */
export type ArchiveRecord = z.infer<typeof archiveRecord>;
/** The archive of one tenant: a line of `tenants.jsonl`. */
export type TenantRecord = z.infer<typeof tenantRecord>;
/** What a backup is: `manifest.json`. All times are ISO 8601 in UTC. */
export type BackupManifest = z.infer<typeof backupManifest>;

/**
 * The bytes of `manifest.json`.
 *
 * @throws CatalogError when the manifest would not be read again.
 */
export function manifestBytes(manifest: BackupManifest): Buffer {
  const complete = validated(backupManifest, manifest, `The manifest of backup ${manifest.id}`);
  return Buffer.from(`${JSON.stringify(complete, undefined, 2)}\n`);
}

/**
 * Reads a manifest.
 *
 * @param where names the backup in errors.
 * @throws CatalogError when it is no manifest, or of a format that this version does not know.
 */
export function parseManifest(bytes: Buffer, where: string): BackupManifest {
  const content = parseJson(bytes.toString(), `The manifest of ${where}`);
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === 'string' && format !== MANIFEST_FORMAT) {
    throw new CatalogError(
      `The manifest of ${where} has the format ${JSON.stringify(format.slice(0, 50))}, known is "${MANIFEST_FORMAT}". HINT: use the version of Holdfast that wrote the backup, or a newer one.`,
    );
  }
  return validated(backupManifest, content, `The manifest of ${where}`);
}

/**
 * Reads one line of `tenants.jsonl`.
 *
 * @param where names the line in errors.
 * @throws CatalogError when it is no record of a tenant.
 */
export function parseTenantRecord(line: string, where: string): TenantRecord {
  return validated(tenantRecord, parseJson(line, where), where);
}

/**
 * Makes sure that a record says everything that a restore needs.
 *
 * @throws CatalogError when it does not.
 */
export function requireComplete(record: TenantRecord): TenantRecord {
  return validated(tenantRecord, record, `The record of tenant ${JSON.stringify(record.tenant)}`);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CatalogError(`${what} is no JSON: ${(error as Error).message.slice(0, 80)}. ${DAMAGED}`, {
      cause: error,
    });
  }
}

function validated<Schema extends z.ZodMiniType>(schema: Schema, content: unknown, what: string): z.infer<Schema> {
  const { data, error } = z.safeParse(schema, content);
  if (error !== undefined) {
    const problems = error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
    throw new CatalogError(`${what} is not complete: ${problems.join('; ')}. ${DAMAGED}`);
  }
  return data;
}

const DAMAGED = 'HINT: an earlier version of the object may be whole; otherwise use another backup.';

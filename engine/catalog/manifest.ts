import * as z from 'zod/mini';
import { COMPRESSIONS } from '../contract/tenant-dumps';
import {
  count,
  filled,
  instant,
  manifestHead,
  manifestText,
  parseJson,
  readManifest,
  storedObject,
  validated,
} from './manifest-format';

/** Version of the format of manifests that this software writes and reads. */
export const MANIFEST_FORMAT = 'holdfast.tenants/1';

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
  ...manifestHead.shape,
  /** The instant that all archives show; absent with a database for each tenant, and when the manifest was rebuilt. */
  snapshot: z.optional(z.object({ at: instant, lsn: filled })),
  /** Version of PostgreSQL, of the server and of the client tools. */
  server: z.object({ version: filled }),
  client: z.object({ version: filled }),
  /** Version of the format of the archives, such as `1.16`, and how their data is compressed. */
  archive: z.object({ version: filled, compression: z.enum(COMPRESSIONS) }),
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
  return manifestText(backupManifest, manifest);
}

/**
 * Reads a manifest.
 *
 * @param where names the backup in errors.
 * @throws CatalogError when it is no manifest, or of a format that this version does not know.
 */
export function parseManifest(bytes: Buffer, where: string): BackupManifest {
  return readManifest(backupManifest, MANIFEST_FORMAT, bytes, where);
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

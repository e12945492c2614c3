import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../objects/object-store';
import { BackupList } from './backup-list';
import { CatalogError } from './catalog-error';
import { LONGEST_RECORD_BYTES, linesOf } from './lines';
import { type BackupManifest, parseManifest, parseTenantRecord, type TenantRecord } from './manifest';

export type { BackupEntry, WantedBackup } from './backup-list';

/** The backups of one database, tenant by tenant. */
export class Catalog extends BackupList<BackupManifest> {
  /** @param resource name of the protected database. */
  public constructor(store: ObjectStore, s3: S3Client, bucket: string, resource: string) {
    super(store, s3, bucket, resource, {
      parse: parseManifest,
      momentOf: ({ snapshot, startedAt }) => snapshot?.at ?? startedAt,
    });
  }

  /**
   * The records of all tenants of a backup, in the order of their names. Whether they are the ones that were written is
   * known with the last one only: read to the end before acting on any, or ask for one by {@link tenant}.
   *
   * @throws CatalogError when a record is damaged, or their number is not that of the manifest; ObjectDamagedError when the
   *   file is not the one that was written.
   */
  public async *tenants(manifest: BackupManifest): AsyncGenerator<TenantRecord, void> {
    for await (const { record } of this.tenantLines(manifest)) {
      yield record;
    }
  }

  /**
   * As {@link tenants}, each with the bytes of its line in `tenants.jsonl`, its end included.
   *
   * @throws as {@link tenants}.
   */
  public async *tenantLines(
    manifest: BackupManifest,
  ): AsyncGenerator<{ readonly record: TenantRecord; readonly bytes: number }, void> {
    const what = `tenants.jsonl of backup ${manifest.id}`;
    let count = 0;
    for await (const line of linesOf(this.store.read(manifest.tenantsFile), LONGEST_RECORD_BYTES)) {
      count += 1;
      yield {
        record: parseTenantRecord(line, `Line ${count} of ${what}`),
        bytes: Buffer.byteLength(line) + LINE_END_BYTES,
      };
    }
    if (count !== manifest.totals.tenants) {
      throw new CatalogError(
        `${what} names ${count} tenants, the manifest ${manifest.totals.tenants}. HINT: use another backup.`,
      );
    }
  }

  /** The record of one tenant of a backup, proved; undefined when the backup has none. */
  public async tenant(manifest: BackupManifest, name: string): Promise<TenantRecord | undefined> {
    let found: TenantRecord | undefined;
    for await (const record of this.tenants(manifest)) {
      found = record.tenant === name ? record : found;
    }
    return found;
  }
}

const LINE_END_BYTES = 1;

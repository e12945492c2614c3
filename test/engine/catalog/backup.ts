import type { S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../../../engine/catalog/catalog';
import type { BackupManifest, TenantRecord } from '../../../engine/catalog/manifest';
import { type BackupDraft, publishBackup } from '../../../engine/catalog/publish';
import { BackupFile, backupPrefix, tenantFile } from '../../../engine/contract/backup-layout';
import { DEFAULT_RETENTION, type Tier } from '../../../engine/contract/retention';
import { ObjectStore } from '../../../engine/objects/object-store';
import { FakeS3Server } from '../../fakes/s3-server';
import { buildArchive } from '../archive/archive-builder';

export const BUCKET = 'dumps';
export const RESOURCE = 'shop';
export const SOFTWARE = '0.1.0';

/** What differs from one backup of a test to the next. */
export interface BackupPlan {
  readonly id: string;
  readonly tier?: Tier;
  readonly tenants?: readonly string[];
  readonly snapshotAt?: string;
}

/** An S3 with backups as a run would have written them. */
export class BackupBucket {
  public readonly store: ObjectStore;
  public readonly catalog: Catalog;

  public static async start(): Promise<BackupBucket> {
    const server = await FakeS3Server.start();
    return new BackupBucket(server, server.client());
  }

  private constructor(
    public readonly server: FakeS3Server,
    public readonly s3: S3Client,
  ) {
    this.store = new ObjectStore(s3, { bucket: BUCKET });
    this.catalog = new Catalog(this.store, s3, BUCKET, RESOURCE);
  }

  public async stop(): Promise<void> {
    this.s3.destroy();
    await this.server.stop();
  }

  /** Writes all archives of a backup, and says what a run would know then. */
  public async archives(plan: BackupPlan): Promise<{ draft: BackupDraft; records: TenantRecord[] }> {
    const { id, tier = 'daily', tenants = ['acme', 'zeta/north'], snapshotAt = '2026-11-23T02:00:01.000Z' } = plan;
    const prefix = backupPrefix(tier, RESOURCE, id);
    const archive = (schema: string) =>
      buildArchive({ minorVersion: 16, compression: 'none' }, [
        { dumpId: 1, kind: 'TABLE DATA', name: 'orders', schema, rows: ['1', '2'] },
      ]);
    const record = async (file: string, schema: string) => ({
      ...(await this.store.put(`${prefix}${file}`, archive(schema))),
      schemas: [schema],
      tables: [{ schema, table: 'orders', rows: 2 }],
      largeObjects: 0,
    });
    const records: TenantRecord[] = [];
    for (const tenant of tenants) {
      records.push({ tenant, ...(await record(tenantFile(tenant), tenant)) });
    }
    const startedAt = new Date(`${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T02:00:00Z`);
    return {
      records,
      draft: {
        id,
        resource: RESOURCE,
        tier,
        lockedUntil: DEFAULT_RETENTION.keptUntil(tier, startedAt).toISOString(),
        startedAt: startedAt.toISOString(),
        snapshot: { at: snapshotAt, lsn: '0/16B3748' },
        server: { version: '17.10' },
        client: { version: '17.10' },
        archive: { version: '1.16', compression: 'none' },
        software: SOFTWARE,
        shared: await record(BackupFile.SHARED, 'public'),
        globals: await this.store.put(`${prefix}${BackupFile.GLOBALS}`, Buffer.from('CREATE ROLE app;\n')),
        leftOut: [{ tenant: 'gone', reason: 'suspended' }],
      },
    };
  }

  /** Writes and publishes a backup. */
  public async publish(plan: BackupPlan): Promise<BackupManifest> {
    const { draft, records } = await this.archives(plan);
    return publishBackup(this.store, draft, records, { now: () => new Date('2026-11-23T02:10:00Z') });
  }

  /** Key of a file of a daily backup. */
  public key(id: string, file: string, tier: Tier = 'daily'): string {
    return `${backupPrefix(tier, RESOURCE, id)}${file}`;
  }

  /** The text of a current object; undefined when there is none. */
  public text(key: string): string | undefined {
    return this.server.objects(BUCKET).get(key)?.body.toString();
  }
}

/** Reads all of what comes one by one. */
export async function allOf<Thing>(things: AsyncIterable<Thing>): Promise<Thing[]> {
  const all: Thing[] = [];
  for await (const thing of things) {
    all.push(thing);
  }
  return all;
}

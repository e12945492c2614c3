import { createHash } from 'node:crypto';
import { type BackupManifest, MANIFEST_FORMAT } from '../../engine/catalog/manifest';
import { backupId, backupPrefix, tenantFile } from '../../engine/contract/backup-layout';
import { PROOFS_RESOURCE, sourceBucketName } from '../../engine/contract/bucket-names';
import { DEFAULT_RETENTION } from '../../engine/contract/retention';
import { crc64nvme, crc64nvmeText } from '../../engine/objects/crc64nvme';

/** Name of the database of the bench. */
export const RESOURCE = 'shop';

/** Where the deployment of the bench lies, and how its names begin. */
export const [PREFIX, ACCOUNT, REGION] = ['bench', '111122223333', 'eu-west-1'];

/** The buckets of the bench; the first two hold the same. */
export const [DUMPS, REPLICA, PROOFS] = [
  sourceBucketName(PREFIX, RESOURCE, ACCOUNT, REGION),
  'dumps-replica',
  sourceBucketName(PREFIX, PROOFS_RESOURCE, ACCOUNT, REGION),
];

const DAY_MS = 86_400_000;
const TABLES = Array.from({ length: 5 }, (_, index) => `table_${index}`);
const NO_DIGEST = '0'.repeat(64);
const NO_CHECKSUM = `${'A'.repeat(11)}=`;

/** One object of a backup that exists only as arithmetic. */
interface SyntheticObject {
  readonly name: string;
  readonly bytes: number;
}

/** A daily backup of so many tenants, with the manifest that a run would have written. */
export class SyntheticBackup {
  public readonly id: string;
  public readonly prefix: string;
  /** In the order of a listing. */
  public readonly objects: readonly SyntheticObject[];
  public readonly tenantsFile: Buffer;
  public readonly manifest: Buffer;

  /** @param daysAgo when it was made; milliseconds since 1970 are `now`. */
  public constructor(tenants: number, daysAgo: number, now: number) {
    const startedAt = new Date(now - daysAgo * DAY_MS - 6 * 3_600_000);
    this.id = backupId(startedAt, daysAgo.toString(16).padStart(8, '0'));
    this.prefix = backupPrefix('daily', RESOURCE, this.id);
    const names = Array.from({ length: tenants }, (_, index) => `tenant-${String(index).padStart(6, '0')}`);
    const archives = names.map((name, index) => ({ name: tenantFile(name), bytes: 20_000 + index }));
    const lines = archives.map(({ name, bytes }, index) => {
      const tables = TABLES.map((table) => ({ schema: names[index], table, rows: 100 }));
      const record = {
        tenant: names[index],
        ...this.stored(name, bytes),
        schemas: [names[index]],
        tables,
        largeObjects: 0,
      };
      return `${JSON.stringify(record)}\n`;
    });
    this.tenantsFile = Buffer.from(lines.join(''));
    this.manifest = Buffer.from(JSON.stringify(this.manifestOf(tenants, startedAt)));
    this.objects = [
      { name: 'globals.sql', bytes: 2_000 },
      { name: 'manifest.json', bytes: this.manifest.length },
      { name: 'tenants.jsonl', bytes: this.tenantsFile.length },
      ...archives,
    ];
  }

  private stored(name: string, bytes: number) {
    const key = `${this.prefix}${name}`;
    return { key, versionId: versionIdOf(key), bytes, sha256: NO_DIGEST, crc64nvme: NO_CHECKSUM };
  }

  private manifestOf(tenants: number, startedAt: Date): BackupManifest {
    const sha256 = createHash('sha256').update(this.tenantsFile).digest('hex');
    const digests = { sha256, crc64nvme: crc64nvmeText(crc64nvme(this.tenantsFile)) };
    return {
      format: MANIFEST_FORMAT,
      id: this.id,
      resource: RESOURCE,
      tier: 'daily',
      lockedUntil: DEFAULT_RETENTION.keptUntil('daily', startedAt).toISOString(),
      startedAt: startedAt.toISOString(),
      finishedAt: startedAt.toISOString(),
      software: '0.1.0',
      server: { version: '17.10' },
      client: { version: '17.10' },
      archive: { version: '1.16', compression: 'zstd' },
      globals: this.stored('globals.sql', 2_000),
      tenantsFile: { ...this.stored('tenants.jsonl', this.tenantsFile.length), ...digests },
      totals: { tenants, tables: tenants * TABLES.length, rows: 0, bytes: 0 },
      leftOut: [],
    };
  }
}

/** The version id of an object: the same in the replica. */
export const versionIdOf = (key: string): string => createHash('md5').update(key).digest('hex');

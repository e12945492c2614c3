import { HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { BackupFile, backupIdTime, backupPrefix, databasePrefix } from '../contract/backup-layout';
import { TIERS, type Tier } from '../contract/retention';
import { inParallel } from '../objects/in-parallel';
import type { ObjectStore } from '../objects/object-store';
import { READ_HINTS } from '../objects/read-hints';
import { explainStoreError, httpStatus } from '../objects/store-error';
import { CatalogError } from './catalog-error';
import type { ManifestHead } from './manifest-format';

/** A backup that has a manifest. */
export interface BackupEntry {
  readonly id: string;
  readonly tier: Tier;
  /** When its run began, to the second. */
  readonly at: Date;
  /** Folder of its objects; ends with a slash. */
  readonly prefix: string;
}

/** Which backup is wanted: the newest, the newest that shows no moment later than one, or one by its id. */
export type WantedBackup = { readonly latest: true } | { readonly atOrBefore: Date } | { readonly id: string };

/** How the manifests of one kind of backups are read. */
export interface ManifestReading<Manifest extends ManifestHead> {
  /** @throws CatalogError when the bytes are no manifest of this kind. */
  readonly parse: (bytes: Buffer, where: string) => Manifest;
  /** The moment that a backup shows. */
  readonly momentOf: (manifest: Manifest) => string;
}

/**
 * The backups of one resource. What has no manifest is no backup, and is not seen here. Backups are ordered by when
 * their runs began.
 */
export class BackupList<Manifest extends ManifestHead> {
  /** @param resource name of the protected resource. */
  public constructor(
    protected readonly store: ObjectStore,
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly resource: string,
    private readonly reading: ManifestReading<Manifest>,
  ) {}

  /**
   * All backups, newest first: one listing for each tier, and one small request for each backup. Manifests are not read, so
   * a damaged one does not hide the others.
   *
   * @throws Error when S3 refuses.
   */
  public async list(): Promise<BackupEntry[]> {
    const folders = (await Promise.all(TIERS.map((tier) => this.folders(tier)))).flat();
    const isThere = await inParallel(folders, MOST_REQUESTS, (entry) => this.hasManifest(entry));
    return folders.filter((_, index) => isThere[index]).sort((left, right) => (left.id < right.id ? 1 : -1));
  }

  /**
   * Reads the manifest of a backup.
   *
   * @returns undefined when there is no such backup.
   * @throws CatalogError when the manifest that had to be read is damaged; no older backup is silently taken instead.
   */
  public async find(wanted: WantedBackup): Promise<Manifest | undefined> {
    if ('id' in wanted) {
      return this.findById(wanted.id);
    }
    const latest = 'atOrBefore' in wanted ? wanted.atOrBefore.getTime() : Number.POSITIVE_INFINITY;
    for (const entry of await this.list()) {
      const manifest = entry.at.getTime() <= latest ? await this.manifest(entry) : undefined;
      if (manifest !== undefined && Date.parse(this.reading.momentOf(manifest)) <= latest) {
        return manifest;
      }
    }
    return undefined;
  }

  private async findById(id: string): Promise<Manifest | undefined> {
    const at = backupIdTime(id);
    if (at === undefined) {
      throw new RangeError(
        `${JSON.stringify(id)} is no id of a backup. HINT: ids look like 20261123T020000Z-0f3c9a1e; list the backups.`,
      );
    }
    const entries = TIERS.map((tier) => ({ id, tier, at, prefix: backupPrefix(tier, this.resource, id) }));
    const manifests = await Promise.all(entries.map((entry) => this.manifest(entry)));
    return manifests.find((manifest) => manifest !== undefined);
  }

  private async folders(tier: Tier): Promise<BackupEntry[]> {
    const prefix = databasePrefix(tier, this.resource);
    const entries: BackupEntry[] = [];
    try {
      const pages = paginateListObjectsV2({ client: this.s3 }, { Bucket: this.bucket, Prefix: prefix, Delimiter: '/' });
      for await (const { CommonPrefixes: folders = [] } of pages) {
        for (const { Prefix: folder = '' } of folders) {
          const id = folder.slice(prefix.length, -1);
          const at = backupIdTime(id);
          if (at !== undefined) {
            entries.push({ id, tier, at, prefix: folder });
          }
        }
      }
    } catch (error) {
      throw explainStoreError(error, 'list the backups in', this.bucket, READ_HINTS);
    }
    return entries;
  }

  private async hasManifest({ prefix }: BackupEntry): Promise<boolean> {
    try {
      await this.s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: `${prefix}${BackupFile.MANIFEST}` }));
      return true;
    } catch (error) {
      if (httpStatus(error) === 404) {
        return false;
      }
      throw explainStoreError(error, 'look for manifests in', this.bucket, READ_HINTS);
    }
  }

  private async manifest({ id, tier, prefix }: BackupEntry): Promise<Manifest | undefined> {
    const stored = await this.store.get(`${prefix}${BackupFile.MANIFEST}`, LARGEST_MANIFEST_BYTES);
    if (stored === undefined) {
      return undefined;
    }
    const manifest = this.reading.parse(stored.body, `backup ${id}`);
    if (manifest.id !== id || manifest.tier !== tier || manifest.resource !== this.resource) {
      throw new CatalogError(
        `The manifest of backup ${id} is that of ${manifest.tier} backup ${manifest.id} of ${manifest.resource}. HINT: it was moved by hand; use another backup.`,
      );
    }
    return manifest;
  }
}

/** Requests for manifests at the same time. */
const MOST_REQUESTS = 8;
/** 20,000 shared tables need 3 MB; 64 MiB. */
const LARGEST_MANIFEST_BYTES = 64 * 1024 * 1024;

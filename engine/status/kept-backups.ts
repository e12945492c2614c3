import type { S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../catalog/catalog';
import { CatalogError } from '../catalog/catalog-error';
import type { BackupManifest } from '../catalog/manifest';
import type { SystemObjectives } from '../contract/deployment';
import { ProofSystem } from '../contract/proofs';
import { ObjectDamagedError } from '../objects/object-error';
import { ObjectStore } from '../objects/object-store';
import { type RedisManifest, redisBackups } from '../redis/redis-manifest';
import { findBackups } from './backup-evidence';
import type { Evidence } from './evidence';
import type { LeftOutTenant, TenantStatus } from './model';
import { tenantStatuses } from './tenant-status';

/** The backups of a resource as they lie in its bucket. */
export interface KeptBackups extends Pick<Evidence, 'backups' | 'unread' | 'damaged'> {
  /** Of the newest backup; empty unless they were asked for. */
  readonly tenants: readonly TenantStatus[];
  readonly leftOut: readonly LeftOutTenant[];
}

/** Whose backups, and where. */
export interface BackupsQuestion {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly system: ProofSystem;
  readonly resource: string;
  readonly objectives: SystemObjectives;
  readonly withTenants: boolean;
  readonly now: Date;
}

/**
 * Looks at the backups with manifests of a resource; files and managed databases have none. Never throws: what cannot be read is told in
 * `unread`, what is not as it was written in `damaged`.
 */
export async function keptBackups(question: BackupsQuestion): Promise<KeptBackups> {
  switch (question.system) {
    case ProofSystem.TENANTS:
      return keptDumps(question);
    case ProofSystem.REDIS:
      return keptSnapshots(question);
    default:
      return NONE;
  }
}

const NONE: KeptBackups = { unread: [], damaged: [], tenants: [], leftOut: [] };

async function keptSnapshots({ s3, bucket, resource, now }: BackupsQuestion): Promise<KeptBackups> {
  const list = redisBackups(new ObjectStore(s3, { bucket }), s3, bucket, resource);
  const figuresOf = ({ snapshot, totals, files }: RedisManifest) => ({
    moment: snapshot.at,
    bytes: totals.bytes,
    objects: files.length,
  });
  const { backups, unread, damaged } = await findBackups(list, figuresOf, now);
  return { ...NONE, backups, unread, damaged };
}

async function keptDumps(question: BackupsQuestion): Promise<KeptBackups> {
  const { s3, bucket, resource, withTenants, now } = question;
  const catalog = new Catalog(new ObjectStore(s3, { bucket }), s3, bucket, resource);
  const figuresOf = ({ snapshot, startedAt, totals }: BackupManifest) => ({
    moment: snapshot?.at ?? startedAt,
    bytes: totals.bytes,
    objects: totals.tenants,
  });
  const { backups, unread, damaged, manifest } = await findBackups(catalog, figuresOf, now);
  const found = { ...NONE, backups, unread, damaged };
  if (manifest === undefined || !withTenants) {
    return found;
  }
  const leftOut = manifest.leftOut.map((tenant) => ({ resource, ...tenant }));
  try {
    return { ...found, leftOut, tenants: await tenantStatuses({ ...question, catalog, manifest }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isDamaged = error instanceof CatalogError || error instanceof ObjectDamagedError;
    return isDamaged
      ? { ...found, leftOut, damaged: [...damaged, message] }
      : { ...found, leftOut, unread: [...unread, message] };
  }
}

import type { S3Client } from '@aws-sdk/client-s3';
import type { Catalog } from '../catalog/catalog';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import { backupPrefix } from '../contract/backup-layout';
import type { SystemObjectives } from '../contract/deployment';
import { backupProofsPrefix, ProofOutcome } from '../contract/proofs';
import { ProofLevel } from '../contract/signals';
import { newestProofs } from '../proofs/read-records';
import { ageSeconds, worst } from './health';
import { Health, type TenantStatus } from './model';

/** The backup whose tenants are asked for. */
export interface TenantsQuestion {
  readonly s3: S3Client;
  /** Bucket of the dumps. */
  readonly bucket: string;
  readonly catalog: Catalog;
  readonly manifest: BackupManifest;
  readonly objectives: SystemObjectives;
  readonly now: Date;
}

/**
 * The state of each tenant of a backup, in the order of their names: reads `tenants.jsonl` as a stream, and lists the proofs that lie
 * beside the backup.
 *
 * @throws CatalogError or ObjectDamagedError when the list of tenants is damaged; Error when S3 refuses.
 */
export async function tenantStatuses(question: TenantsQuestion): Promise<TenantStatus[]> {
  const { catalog, manifest } = question;
  const proofs = await backupProofs(question);
  const statuses: TenantStatus[] = [];
  for await (const record of catalog.tenants(manifest)) {
    statuses.push(tenantStatus(question, proofs, record));
  }
  return statuses;
}

/** What the records beside a backup say of it, the strongest level first. */
type BackupProofs = readonly { readonly level: ProofLevel; readonly at: Date; readonly outcome: ProofOutcome }[];

const STRONGEST_FIRST: readonly ProofLevel[] = [ProofLevel.RESTORED, ProofLevel.INTACT, ProofLevel.PRESENT];

async function backupProofs({ s3, bucket, manifest, now }: TenantsQuestion): Promise<BackupProofs> {
  const folder = backupPrefix(manifest.tier, manifest.resource, manifest.id);
  const newest = await Promise.all(
    STRONGEST_FIRST.map(async (level) => {
      const proofs = await newestProofs(s3, bucket, backupProofsPrefix(folder, level), now);
      return proofs.newest === undefined ? [] : [{ ...proofs.newest, level }];
    }),
  );
  return newest.flat();
}

function tenantStatus(
  { manifest, objectives, now }: TenantsQuestion,
  proofs: BackupProofs,
  record: TenantRecord,
): TenantStatus {
  const backupAt = record.snapshotAt ?? manifest.snapshot?.at ?? manifest.startedAt;
  const age = ageSeconds(new Date(backupAt), now);
  const proved = proofs.find(({ outcome }) => outcome === ProofOutcome.PROVED);
  return {
    resource: manifest.resource,
    tenant: record.tenant,
    health: tenantHealth(objectives, new Date(backupAt), proofs, now),
    backupId: manifest.id,
    backupAt,
    ageSeconds: age,
    ...(proved && { provedLevel: proved.level, provedAt: proved.at.toISOString() }),
    bytes: record.bytes,
    tables: record.tables.length,
    rows: record.tables.reduce((rows, table) => rows + (table.rows ?? 0), 0),
  };
}

/**
 * A backup that is too old is critical. It is unknown what a backup is worth in which damage was found, since its records do not say
 * whose; or which was not proved in time: until a level is due for the first time, the backup needs no proof of it.
 */
function tenantHealth(objectives: SystemObjectives, backupAt: Date, proofs: BackupProofs, now: Date): Health {
  const { backupAgeSeconds = Number.POSITIVE_INFINITY, proofAgeSeconds } = objectives;
  const isLate = STRONGEST_FIRST.some((level, index) => {
    const proved = proofs.find(
      (proof) => proof.outcome === ProofOutcome.PROVED && STRONGEST_FIRST.indexOf(proof.level) <= index,
    );
    return ageSeconds(proved?.at ?? backupAt, now) > (proofAgeSeconds[level] ?? Number.POSITIVE_INFINITY);
  });
  return worst([
    ageSeconds(backupAt, now) > backupAgeSeconds ? Health.CRITICAL : Health.HEALTHY,
    isLate || proofs.some(({ outcome }) => outcome === ProofOutcome.DAMAGED) ? Health.UNKNOWN : Health.HEALTHY,
  ]);
}

import type { WantedBackup } from '../catalog/catalog';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import type { RestoreContext } from './context';
import { RestoreError } from './restore-error';
import { nearestNames } from './tenant-names';

/**
 * The backup that is wanted.
 *
 * @throws RestoreError that lists the newest ones when there is no such backup.
 */
export async function findBackup(
  { catalog }: Pick<RestoreContext, 'catalog'>,
  wanted: WantedBackup,
): Promise<BackupManifest> {
  const manifest = await catalog.find(wanted);
  if (manifest !== undefined) {
    return manifest;
  }
  const known = (await catalog.list()).slice(0, MOST_NAMED);
  const hint =
    known.length === 0
      ? 'the bucket has no backup of this database: look whether resource and bucket are right.'
      : `the newest are ${known.map(({ id }) => id).join(', ')}.`;
  throw new RestoreError(`There is no backup ${describe(wanted)}. HINT: ${hint}`);
}

/**
 * What a backup has of a tenant, proved against the manifest.
 *
 * @throws RestoreError that names the most similar ones when it has no such tenant.
 */
export async function findTenant(
  { catalog }: Pick<RestoreContext, 'catalog'>,
  manifest: BackupManifest,
  tenant: string,
): Promise<TenantRecord> {
  const names: string[] = [];
  let found: TenantRecord | undefined;
  for await (const record of catalog.tenants(manifest)) {
    names.push(record.tenant);
    found = record.tenant === tenant ? record : found;
  }
  if (found !== undefined) {
    return found;
  }
  const leftOut = manifest.leftOut.find((entry) => entry.tenant === tenant);
  if (leftOut !== undefined) {
    throw new RestoreError(
      `Backup ${manifest.id} left tenant "${tenant}" out: ${leftOut.reason}. HINT: take a backup from before.`,
    );
  }
  const near = nearestNames(tenant, names, MOST_NAMED).map((name) => `"${name}"`);
  const hint = near.length === 0 ? 'take a backup from when it was there.' : `did you mean ${near.join(' or ')}?`;
  throw new RestoreError(`Backup ${manifest.id} has no tenant "${tenant}". HINT: ${hint}`);
}

const MOST_NAMED = 3;

function describe(wanted: WantedBackup): string {
  if ('id' in wanted) {
    return wanted.id;
  }
  return 'atOrBefore' in wanted ? `that shows ${wanted.atOrBefore.toISOString()} or earlier` : 'of this database';
}

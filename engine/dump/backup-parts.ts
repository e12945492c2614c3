import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import { BackupFile } from '../contract/backup-layout';
import type { StoredObject } from '../objects/stored-object';
import { errorText } from '../postgres/error-code';
import type { DumpContext } from './context';
import { dumpGlobals } from './globals';
import type { DumpedGroup } from './group-dump';
import type { BackupPlace } from './place';
import type { PreparedDump } from './prepared-dump';
import type { LeftOutTenant } from './resolved-tenants';
import { largeObjectsOfOwners } from './survey';
import type { Undertaking } from './undertaking';

/** Dumps roles and tablespaces into the backup. */
export async function storeGlobals(
  context: DumpContext,
  run: Undertaking,
  place: () => Promise<BackupPlace>,
): Promise<StoredObject> {
  const { access, toolsDirectory } = context;
  const environment = await access.environment();
  const globals = await dumpGlobals(access.database, { environment, directory: toolsDirectory, signal: run.signal });
  const [{ objects }, { prefix, lock }] = await Promise.all([context.stores(), place()]);
  return objects.put(`${prefix}${BackupFile.GLOBALS}`, globals, { lock, contentType: 'application/sql' });
}

/** Gives up what dead runs have left half uploaded. It is no reason to fail that this cannot be done now. */
export async function removeLeftovers({ stores, log }: DumpContext): Promise<void> {
  try {
    const { abortLeftovers } = await stores();
    const uploads = await abortLeftovers();
    if (uploads > 0) {
      log.warn('gave up what earlier runs had left half uploaded', { uploads });
    }
  } catch (error) {
    log.warn('cannot remove what earlier runs have left', {
      reason: errorText(error),
    });
  }
}

/** Large objects lie in no schema, so they come into what is shared, whoever they belong to. */
export async function warnOfLargeObjects({ log }: DumpContext, { session, tenants }: PreparedDump): Promise<void> {
  const schemas = tenants.tenants.flatMap((tenant) => tenant.schemas);
  const count = await largeObjectsOfOwners(session, schemas);
  if (count > 0) {
    log.warn('owners of tenants have large objects, which are backed up with what is shared', {
      largeObjects: count,
      hint: 'a tenant that is restored alone comes without them; restore shared.dump as well.',
    });
  }
}

/** What the groups of a backup and its globals have become. */
export interface BackupParts {
  readonly groups: readonly DumpedGroup[];
  readonly globals: StoredObject;
}

/** Makes the backup exist, unless the run was stopped before: a backup that exists is a success, whatever comes next. */
export async function publish(
  context: DumpContext,
  run: Undertaking,
  dump: PreparedDump,
  place: BackupPlace,
  { groups, globals }: BackupParts,
): Promise<BackupManifest> {
  const { snapshot, server } = dump.session;
  // The first group is the one that dumps what is shared.
  const [first] = groups;
  if (first?.shared === undefined) {
    throw new Error('No group has dumped what belongs to no tenant. HINT: this is a defect of Holdfast; report it.');
  }
  const { publish: publishBackup } = await context.stores();
  run.seal();
  return publishBackup(
    {
      ...describePlace(context, place),
      snapshot: { at: snapshot.at.toISOString(), lsn: snapshot.lsn },
      server: { version: server.version },
      client: { version: dump.client.version },
      archive: first.archive,
      shared: first.shared,
      globals,
      leftOut: describeLeftOut(dump.tenants.leftOut),
    },
    groups.flatMap<TenantRecord>(({ tenants }) => tenants),
  );
}

/** What a manifest says about where and when a backup was written. */
export const describePlace = ({ settings, software }: DumpContext, { id, tier, lock, startedAt }: BackupPlace) => ({
  id,
  resource: settings.resource,
  tier,
  lockedUntil: lock.until.toISOString(),
  startedAt: startedAt.toISOString(),
  software,
});

/** What a manifest says about tenants that were left out. */
export const describeLeftOut = (leftOut: readonly Pick<LeftOutTenant, 'tenant' | 'reason'>[]) =>
  leftOut.map(({ tenant, reason }) => ({ tenant, reason }));

import { readFile } from 'node:fs/promises';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import { inParallel } from '../objects/in-parallel';
import { checkClient } from './client-check';
import { type RestoreContext, toolOptions } from './context';
import { databaseState, execute, withClient } from './databases';
import { download } from './download';
import { expectedOfMany, expectedTables } from './expected-tables';
import { loadArchives } from './load-archives';
import { dropOrTell, withNewDatabase } from './made-database';
import { runPgRestore } from './pg-restore';
import { RestoreError } from './restore-error';
import { restoreGlobals } from './restore-globals';
import { restoreProgress } from './restore-progress';
import { rowCheck } from './row-check';
import { takeStatistics } from './statistics';

/** A whole backup that is to be restored. */
export interface DatabaseRestore {
  readonly manifest: BackupManifest;
  /** Database for all tenants; none with a database for each tenant, which get their own names. */
  readonly into?: string | undefined;
  /** Whether it may be made. */
  readonly create: boolean;
}

/** What will be done. */
export interface DatabasePlan {
  /** Databases that will be made or filled. */
  readonly databases: readonly string[];
  readonly createDatabase: boolean;
  readonly tenants: readonly TenantRecord[];
  /** Bytes that are downloaded. */
  readonly bytes: number;
  /** What whoever decides should know. */
  readonly notes: readonly string[];
}

/**
 * Plans the restore of a whole backup; nothing is changed.
 *
 * @throws RestoreError when a database is not empty, or there already.
 */
export async function prepareDatabase(context: RestoreContext, restore: DatabaseRestore): Promise<DatabasePlan> {
  const { manifest } = restore;
  await checkClient(context, manifest);
  const tenants: TenantRecord[] = [];
  for await (const record of context.catalog.tenants(manifest)) {
    tenants.push(record);
  }
  const bytes = [manifest.globals, ...tenants, ...(manifest.shared ? [manifest.shared] : [])].reduce(
    (total, object) => total + object.bytes,
    0,
  );
  return manifest.shared === undefined
    ? { ...(await planDatabases(context, restore, tenants)), tenants, bytes }
    : { ...(await planOneDatabase(context, restore)), tenants, bytes };
}

/**
 * Restores a whole backup as planned: roles and tablespaces that the server lacks, then all archives in parallel, then rows are
 * counted, and statistics taken. When this rejects, databases that were made for it are gone.
 */
export async function restoreDatabase(
  context: RestoreContext,
  { manifest }: DatabaseRestore,
  plan: DatabasePlan,
): Promise<void> {
  const { access, log } = context;
  log.info('downloading', { bytes: plan.bytes });
  const shared = manifest.shared === undefined ? [] : [manifest.shared];
  const [globals = '', ...paths] = await download(context, [manifest.globals, ...shared, ...plan.tenants]);
  log.info('restoring roles that are missing');
  const made = await restoreGlobals(
    await readFile(globals),
    await rolesOf(context),
    access.database,
    await toolOptions(context),
  );
  if (made.length > 0) {
    log.warn('roles were made without passwords, which no backup has', {
      roles: made,
      hint: 'set those that sign in.',
    });
  }
  if (manifest.shared === undefined) {
    await restoreEach(context, plan.tenants, paths);
    return;
  }
  const [database = ''] = plan.databases;
  const work = () => restoreTogether(context, manifest, plan, { database, paths });
  await (plan.createDatabase ? withNewDatabase(context, database, work) : work());
}

async function planOneDatabase(
  { access }: RestoreContext,
  { into, create }: DatabaseRestore,
): Promise<Pick<DatabasePlan, 'databases' | 'createDatabase' | 'notes'>> {
  if (into === undefined) {
    throw new RestoreError('The database to restore into is not named. HINT: add --into <database>.');
  }
  const state = await databaseState(access, into);
  if (!state.exists && !create) {
    throw new RestoreError(`There is no database "${into}". HINT: add --create to make it.`);
  }
  if (!state.isEmpty) {
    throw new RestoreError(
      `Database "${into}" is not empty. HINT: a whole backup is restored into a new database (--create), which is then renamed.`,
    );
  }
  return { databases: [into], createDatabase: !state.exists, notes: [DATABASE_NOTE] };
}

async function planDatabases(
  context: RestoreContext,
  { into }: DatabaseRestore,
  tenants: readonly TenantRecord[],
): Promise<Pick<DatabasePlan, 'databases' | 'createDatabase' | 'notes'>> {
  if (into !== undefined) {
    throw new RestoreError(
      'Each tenant of this backup is a database of its own. HINT: leave --into away to restore all under their own names.',
    );
  }
  const databases = tenants.map((record) => record.database ?? record.tenant);
  await requireAbsent(context, databases);
  return { databases, createDatabase: true, notes: [] };
}

/** `pg_restore` brings them back only when it makes the database, under its old name. */
const DATABASE_NOTE =
  'settings and grants of the database itself (ALTER DATABASE SET, GRANT ON DATABASE) do not come back: make them by hand';

async function requireAbsent({ access }: RestoreContext, databases: readonly string[]): Promise<void> {
  const present = await withClient(access, access.database, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE datname = ANY ($1) ORDER BY 1',
      [databases],
    );
    return rows;
  });
  if (present[0] !== undefined) {
    throw new RestoreError(
      `${present.length} of ${databases.length} databases are there already, such as "${present[0].name}". HINT: rename them first, restore on a new server, or restore single tenants into new databases.`,
    );
  }
}

async function rolesOf({ access }: RestoreContext): Promise<ReadonlySet<string>> {
  return withClient(access, access.database, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
    return new Set(rows.map(({ name }) => name));
  });
}

async function restoreTogether(
  context: RestoreContext,
  manifest: BackupManifest,
  { tenants }: DatabasePlan,
  { database, paths: [shared = '', ...paths] }: { database: string; paths: readonly string[] },
): Promise<void> {
  const { access, jobs, scratchFolder, log } = context;
  log.info('restoring', { database, tenants: tenants.length, jobs });
  const archives = [
    { name: 'shared.dump', path: shared, isShared: true },
    ...tenants.map(({ tenant }, index) => ({
      name: `tenant "${tenant}"`,
      path: paths[index] ?? '',
      isShared: false,
    })),
  ];
  const tools = () => toolOptions(context, database);
  const onProgress = restoreProgress(log);
  const leftOut = await loadArchives(archives, { tools, database, jobs, scratchFolder, isPartial: false, onProgress });
  if (leftOut.length > 0) {
    log.warn('comments on extensions that belong to the operator of the server were left out', {
      entries: leftOut.length,
    });
  }
  log.info('comparing rows', { tables: manifest.totals.tables, rows: manifest.totals.rows });
  const records = manifest.shared === undefined ? tenants : [manifest.shared, ...tenants];
  const portions = expectedOfMany(records);
  await inParallel(portions, jobs, (expected) => execute(access, database, [rowCheck(expected)]));
  await takeStatistics(context, database);
}

/** Each with its settings and grants; one that fails takes only itself along. */
async function restoreEach(
  context: RestoreContext,
  tenants: readonly TenantRecord[],
  paths: readonly string[],
): Promise<void> {
  const { access, jobs, log } = context;
  log.info('restoring', { databases: tenants.length, jobs });
  const pairs = tenants.map((record, index) => ({ record, path: paths[index] ?? '' }));
  await inParallel(pairs, jobs, async ({ record, path }) => {
    const database = record.database ?? record.tenant;
    // What somebody has made meanwhile must neither be filled nor dropped.
    await requireAbsent(context, [database]);
    try {
      const { byEntry } = await runPgRestore(await toolOptions(context), access.database, ['--create', path]);
      const [first] = byEntry.values();
      if (first !== undefined) {
        throw new RestoreError(
          `${byEntry.size} entries of database "${database}" cannot be restored: ${first}. HINT: look at what it needs, such as an extension or a role.`,
        );
      }
      await execute(access, database, [rowCheck(expectedTables(record))]);
    } catch (error) {
      await dropOrTell(context, database);
      throw error;
    }
    await takeStatistics({ ...context, jobs: 1 }, database);
  });
}

import { randomBytes } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import { encodingArguments } from '../dump/dump-arguments';
import { namePatterns } from '../dump/pattern';
import type { StoredObject } from '../objects/object-store';
import type { ObjectLock } from '../objects/stored-object';
import { startTool } from '../postgres/tool';
import { ToolError } from '../postgres/tool-error';
import { checkClient } from './client-check';
import { type RestoreContext, toolOptions } from './context';
import { databaseState, encodingOf, execute, serverMajor, withClient } from './databases';
import { dependentsElsewhere } from './dependents';
import { download } from './download';
import { expectedTables, renamedTables } from './expected-tables';
import { type LeftOutEntry, type LoadableArchive, loadArchives } from './load-archives';
import { lockTables, refuseNewTables } from './lock-tables';
import { withNewDatabase, withScratchDatabase } from './made-database';
import { RestoreError } from './restore-error';
import { restoreProgress } from './restore-progress';
import { rowCheck } from './row-check';
import { dumpForSafety } from './safety-dump';
import { takeStatistics } from './statistics';
import { planTenant, type TenantPlan, type TenantTarget } from './tenant-plan';
import { type Hold, restoreInTransaction, type Transaction } from './transaction';

/** A tenant that is to be restored. */
export interface TenantRestore {
  readonly manifest: BackupManifest;
  readonly record: TenantRecord;
  readonly target: TenantTarget;
  /** Protection of a dump that is made of what is replaced. */
  readonly safetyLock: ObjectLock;
}

/** What a restore has come to. */
export interface RestoreOutcome {
  /** Entries that were left out: what is shared and needs other tenants, and comments on extensions of the server's operator. */
  readonly leftOut: readonly LeftOutEntry[];
  /** Dump of what was replaced. */
  readonly safety?: StoredObject;
}

/**
 * Plans the restore of a tenant; nothing is changed.
 *
 * @throws RestoreError when it cannot be done that way.
 */
export async function prepareTenant(context: RestoreContext, restore: TenantRestore): Promise<TenantPlan> {
  const { manifest, record, target } = restore;
  const { access } = context;
  await checkClient(context, manifest);
  const database = target.kind === 'database' ? target.database : access.database;
  const dependents =
    target.kind === 'inPlace'
      ? await withClient(access, database, (client) => dependentsElsewhere(client, record.schemas, MOST_DEPENDENTS))
      : [];
  const state = await databaseState(access, database);
  return planTenant({ manifest, record, target, protectedDatabase: access.database, state, dependents });
}

/**
 * Restores a tenant as planned. Its archive is on disk and proved before a database is touched; at the end the rows of each
 * table are counted and compared with the backup.
 *
 * When this rejects, the tenant is as it was before, and databases that were made for it are gone.
 */
export async function restoreTenant(
  context: RestoreContext,
  restore: TenantRestore,
  plan: TenantPlan,
): Promise<RestoreOutcome> {
  const { record, manifest } = restore;
  const needsShared = plan.method === 'withShared' || plan.method === 'sideBySide';
  const objects = needsShared && manifest.shared !== undefined ? [record, manifest.shared] : [record];
  context.log.info('downloading', { bytes: plan.bytes });
  const [tenantPath = '', sharedPath] = await download(context, objects);
  const archives: LoadableArchive[] = [{ name: `tenant "${record.tenant}"`, path: tenantPath, isShared: false }];
  if (sharedPath !== undefined) {
    archives.push({ name: 'shared.dump', path: sharedPath, isShared: true });
  }
  const outcome = await restoreBy({ context, restore, plan, archives, tenantPath });
  const isWhole = plan.method === 'withShared' || record.database !== undefined;
  await takeStatistics(context, plan.database, isWhole ? undefined : plan.schemas);
  return outcome;
}

const MOST_DEPENDENTS = 100;

interface Work {
  readonly context: RestoreContext;
  readonly restore: TenantRestore;
  readonly plan: TenantPlan;
  readonly archives: readonly LoadableArchive[];
  readonly tenantPath: string;
}

async function restoreBy(work: Work): Promise<RestoreOutcome> {
  const { context, plan } = work;
  if (plan.method === 'sideBySide') {
    return restoreSideBySide(work);
  }
  return plan.createDatabase ? withNewDatabase(context, plan.database, () => restoreInto(work)) : restoreInto(work);
}

async function restoreInto(work: Work): Promise<RestoreOutcome> {
  const { context, plan, restore } = work;
  if (plan.method === 'inPlace') {
    return replace(work);
  }
  const inParallel = context.jobs > 1 || plan.method === 'withShared' || restore.record.database !== undefined;
  if (inParallel) {
    return { leftOut: await loadInParallel(work) };
  }
  await restoreAlone(work, { before: [] });
  return { leftOut: [] };
}

/** Loads into a database that lacks the tenant; on failure it lacks it again. */
async function loadInParallel({ context, restore, plan, archives }: Work): Promise<LeftOutEntry[]> {
  const { access } = context;
  const made = restore.record.schemas.filter((schema) => schema !== 'public');
  await requireAbsent(context, plan.database, made);
  try {
    const leftOut = await load(context, plan.database, archives);
    await execute(access, plan.database, [rowCheck(expectedTables(restore.record))]);
    return leftOut;
  } catch (error) {
    if (!plan.createDatabase && made.length > 0) {
      const schemas = made.map((schema) => escapeIdentifier(schema)).join(', ');
      await execute(access, plan.database, [`DROP SCHEMA IF EXISTS ${schemas} CASCADE`]);
    }
    throw error;
  }
}

/** What somebody has made while archives were downloaded must not be dropped. */
async function requireAbsent({ access }: RestoreContext, database: string, made: readonly string[]): Promise<void> {
  const { schemas } = await databaseState(access, database);
  const taken = made.find((schema) => schemas.includes(schema));
  if (taken !== undefined) {
    throw new RestoreError(
      `Somebody has made schema "${taken}" in database "${database}" meanwhile. HINT: look at it, then plan again.`,
    );
  }
}

async function load(
  context: RestoreContext,
  database: string,
  archives: readonly LoadableArchive[],
): Promise<LeftOutEntry[]> {
  const { jobs, scratchFolder } = context;
  context.log.info('restoring', { database, jobs });
  const tools = () => toolOptions(context, database);
  const onProgress = restoreProgress(context.log);
  return loadArchives(archives, { tools, database, jobs, scratchFolder, isPartial: true, onProgress });
}

/** All or nothing, rows compared before it is committed. */
async function restoreAlone(
  { context, restore, plan, tenantPath }: Work,
  first: Pick<Transaction, 'hold' | 'before'>,
): Promise<void> {
  context.log.info('restoring in one transaction', { database: plan.database });
  const tools = await toolOptions(context, plan.database);
  await restoreInTransaction(
    {
      ...first,
      database: plan.database,
      serverMajor: await serverMajor(context.access),
      script: () => startTool('pg_restore', ['--file=-', tenantPath], tools),
      after: [rowCheck(expectedTables(restore.record))],
    },
    tools,
  );
}

/** From the dump of what is replaced to the end nobody else writes to it, so that nothing is lost in between. */
async function replace(work: Work): Promise<RestoreOutcome> {
  const { overwrites } = work.plan;
  if (overwrites.length === 0) {
    await restoreAlone(work, { before: [] });
    return { leftOut: [] };
  }
  const outcome: { leftOut: []; safety?: StoredObject } = { leftOut: [] };
  const hold: Hold = {
    locks: [`SET LOCAL lock_timeout = '${LOCK_WAIT_SECONDS}s'`, lockTables(overwrites)],
    work: async () => {
      outcome.safety = await dumpReplaced(work);
    },
  };
  const schemas = overwrites.map((schema) => escapeIdentifier(schema)).join(', ');
  const before = [refuseNewTables(overwrites), `DROP SCHEMA ${schemas} CASCADE`];
  await restoreAlone(work, { hold, before }).catch(explainUse);
  return outcome;
}

async function dumpReplaced({ context, restore, plan }: Work): Promise<StoredObject> {
  const { record, manifest, safetyLock: lock } = restore;
  const safety = await dumpForSafety(context, {
    resource: manifest.resource,
    tenant: record.tenant,
    schemas: plan.overwrites,
    lock,
    at: new Date(),
    lockWaitSeconds: LOCK_WAIT_SECONDS,
  });
  context.log.info('dumped what is replaced', { key: safety.key, versionId: safety.versionId, bytes: safety.bytes });
  // Somebody may have made something meanwhile that needs the tenant, and would be dropped with it.
  await prepareTenant(context, restore);
  return safety;
}

/** A session that has read a table keeps it from being dropped; when it then waits to write to it, neither can go on. */
function explainUse(error: unknown): never {
  const isDeadlock = error instanceof ToolError && error.message.includes('deadlock detected');
  throw isDeadlock
    ? new RestoreError(
        'The tenant is in use: one of its sessions and the restore waited for each other, so nothing was replaced. HINT: stop whatever writes for the tenant, then run again.',
        { cause: error },
      )
    : error;
}

/** A tenant in use holds its tables for moments; a session that has forgotten to end holds them for good. */
const LOCK_WAIT_SECONDS = 60;

/** PostgreSQL itself renames the schema, wherever it is named but in the text of functions. */
async function restoreSideBySide({ context, restore, plan, archives }: Work): Promise<RestoreOutcome> {
  const { access } = context;
  const { record } = restore;
  const [from = '', to = ''] = [record.schemas[0], plan.schemas[0]];
  const scratch = `holdfast_restore_${randomBytes(4).toString('hex')}`;
  return withScratchDatabase(context, scratch, async () => {
    const leftOut = await load(context, scratch, archives);
    await execute(access, scratch, [
      rowCheck(expectedTables(record)),
      `ALTER SCHEMA ${escapeIdentifier(from)} RENAME TO ${escapeIdentifier(to)}`,
    ]);
    const source = await toolOptions(context, scratch);
    const args = [
      '--no-password',
      ...encodingArguments(await encodingOf(access, scratch)),
      ...namePatterns([to]).map((pattern) => `--schema=${pattern}`),
    ];
    await restoreInTransaction(
      {
        database: plan.database,
        serverMajor: await serverMajor(access),
        before: [],
        script: () => startTool('pg_dump', args, source),
        after: [rowCheck(renamedTables(record, to))],
      },
      await toolOptions(context, plan.database),
    );
    return { leftOut };
  });
}

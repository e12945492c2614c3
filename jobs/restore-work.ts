import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Catalog, type WantedBackup } from '../engine/catalog/catalog';
import type { BackupManifest } from '../engine/catalog/manifest';
import { Retention } from '../engine/contract/retention';
import { type TenantDumpsSettings, TOOLS_DIRECTORY_VARIABLE } from '../engine/contract/tenant-dumps';
import { ObjectStore } from '../engine/objects/object-store';
import { createStoreClient } from '../engine/objects/s3-client';
import { DatabaseAccess } from '../engine/postgres/connection';
import { awsCredentialSources } from '../engine/postgres/login';
import type { RestoreContext } from '../engine/restore/context';
import { findBackup, findTenant } from '../engine/restore/find-backup';
import { type DatabasePlan, prepareDatabase, restoreDatabase } from '../engine/restore/restore-database';
import { RestoreError } from '../engine/restore/restore-error';
import { prepareTenant, restoreTenant } from '../engine/restore/restore-tenant';
import type { TenantPlan, TenantTarget } from '../engine/restore/tenant-plan';
import type { JobTools } from './run-job';

/** What a restore works with, and its settings. */
export interface RestoreJob extends JobTools {
  readonly settings: TenantDumpsSettings;
}

/** Options of all restores. */
export interface CommonOptions {
  readonly backup?: string;
  readonly at?: Date;
  readonly jobs: number;
  readonly dryRun?: boolean;
}

/** Options of the restore of a tenant. */
export interface TenantOptions extends CommonOptions {
  readonly intoDatabase?: string;
  readonly create?: boolean;
  readonly asSchema?: string;
  readonly inPlace?: boolean;
  readonly yes?: boolean;
}

/** Options of the restore of all of a backup. */
export interface DatabaseOptions extends CommonOptions {
  readonly into?: string;
  readonly create?: boolean;
}

/** Tells all backups of the database, newest first. */
export async function listBackups({ log, settings }: RestoreJob): Promise<void> {
  const { catalog } = openStore(settings);
  const backups = await catalog.list();
  for (const { id, tier, at } of backups) {
    log.info('backup', { id, tier, at: at.toISOString() });
  }
  if (backups.length === 0) {
    log.warn('there is no backup', { hint: 'look whether resource and bucket in the settings are right.' });
  }
}

/** Restores one tenant. */
export async function restoreOne(
  name: string,
  target: TenantTarget,
  options: TenantOptions,
  job: RestoreJob,
): Promise<void> {
  await withContext(options, job, async (context) => {
    const { lockMode, retention } = job.settings;
    const manifest = await findBackup(context, wantedBackup(options));
    const record = await findTenant(context, manifest, name);
    const now = new Date();
    const safetyLock = { mode: lockMode, until: Retention.gfs(retention).keptUntil('daily', now) };
    const restore = { manifest, record, target, safetyLock };
    const plan = await prepareTenant(context, restore);
    context.log.info('plan', { tenant: name, ...describeBackup(manifest), ...describeTenantPlan(plan) });
    if (options.dryRun) {
      return;
    }
    await agree(plan.overwrites, options, context.signal);
    const { leftOut, safety } = await restoreTenant(context, restore, plan);
    if (leftOut.length > 0) {
      context.log.warn('entries were left out, most of them because they need other tenants', {
        entries: leftOut.length,
        first: leftOut.slice(0, MOST_TOLD),
      });
    }
    const rows = record.tables.reduce((total, table) => total + (table.rows ?? 0), 0);
    context.log.info('restored, and as in the backup', {
      tenant: name,
      tables: record.tables.length,
      rows,
      seconds: (Date.now() - now.getTime()) / 1000,
      ...(safety && { safetyDump: safety.key, safetyVersion: safety.versionId }),
    });
  });
}

/** Restores all of a backup. */
export async function restoreAll(options: DatabaseOptions, job: RestoreJob): Promise<void> {
  await withContext(options, job, async (context) => {
    const startedAt = Date.now();
    const manifest = await findBackup(context, wantedBackup(options));
    const restore = { manifest, into: options.into, create: options.create ?? false };
    const plan = await prepareDatabase(context, restore);
    context.log.info('plan', { ...describeBackup(manifest), ...describeDatabasePlan(plan) });
    if (options.dryRun) {
      return;
    }
    await restoreDatabase(context, restore, plan);
    const { tenants, tables, rows } = manifest.totals;
    context.log.info('restored, and as in the backup', {
      tenants,
      tables,
      rows,
      seconds: (Date.now() - startedAt) / 1000,
    });
  });
}

/** Entries that a log line names. */
const MOST_TOLD = 10;

function wantedBackup({ backup, at }: CommonOptions): WantedBackup {
  if (backup !== undefined) {
    return { id: backup };
  }
  return at === undefined ? { latest: true } : { atOrBefore: at };
}

const describeBackup = ({ id, snapshot, startedAt }: BackupManifest) => ({
  backup: id,
  shows: snapshot?.at ?? startedAt,
});

const describeTenantPlan = ({ method, database, createDatabase, schemas, overwrites, bytes, notes }: TenantPlan) => ({
  method,
  database,
  createDatabase,
  schemas,
  overwrites,
  bytes,
  notes,
});

const describeDatabasePlan = ({ databases, createDatabase, tenants, bytes, notes }: DatabasePlan) => ({
  databases: databases.length > MOST_TOLD ? databases.length : databases,
  createDatabase,
  tenants: tenants.length,
  bytes,
  notes,
});

/** Whoever starts it must have agreed to what is overwritten: with `--yes`, or at the terminal. */
async function agree(overwrites: readonly string[], { yes }: TenantOptions, signal: AbortSignal): Promise<void> {
  if (overwrites.length === 0 || yes) {
    return;
  }
  if (!process.stdin.isTTY) {
    throw new RestoreError(
      `The restore would replace ${overwrites.length} schemas. HINT: look at the plan (--dry-run), then add --yes.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Replace ${overwrites.join(', ')}? Type yes: `;
  // It rejects when there is no answer: at Ctrl+C, Ctrl+D, or a signal.
  const answer = await terminal.question(question, { signal }).catch(() => '');
  terminal.close();
  signal.throwIfAborted();
  if (answer.trim() !== 'yes') {
    throw new RestoreError('Nothing was replaced: the answer was not yes. HINT: nothing to do.');
  }
}

function openStore({ store, resource }: TenantDumpsSettings) {
  const s3 = createStoreClient({ region: store.region });
  const objects = new ObjectStore(s3, store);
  return { objects, catalog: new Catalog(objects, s3, store.bucket, resource) };
}

async function withContext(
  { jobs }: CommonOptions,
  { log, signal, settings }: RestoreJob,
  work: (context: RestoreContext) => Promise<void>,
): Promise<void> {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'holdfast-restore-'));
  try {
    const access = DatabaseAccess.of(settings.connection, awsCredentialSources(process.env));
    const toolsDirectory = process.env[TOOLS_DIRECTORY_VARIABLE] || undefined;
    await work({ ...openStore(settings), access, toolsDirectory, scratchFolder, jobs, log, signal });
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

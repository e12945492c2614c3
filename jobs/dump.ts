import { Command, Option } from 'commander';
import type { BackupManifest } from '../engine/catalog/manifest';
import { type TenantDumpsSettings, TOOLS_DIRECTORY_VARIABLE } from '../engine/contract/tenant-dumps';
import { backUp } from '../engine/dump/backup';
import type { DumpContext } from '../engine/dump/context';
import { ProgressCounter } from '../engine/dump/progress';
import { readSettings } from '../engine/dump/settings';
import type { Stores } from '../engine/dump/stores';
import { DatabaseAccess } from '../engine/postgres/connection';
import { awsCredentialSources } from '../engine/postgres/login';
import { SOFTWARE_VERSION } from '../engine/software';
import { showProgress } from './progress-display';
import { type JobTools, runJob } from './run-job';

/**
 * The job `dump`: backs up all tenants of a database. Settings come from the environment, see
 * engine/contract/tenant-dumps.ts.
 *
 * Exit codes: 0 the backup exists; 1 it failed; 2 wrong settings or command; 130 and 143 stopped by SIGINT or SIGTERM.
 */
export function dumpJob(): Command {
  const command = new Command('dump')
    .description('back up all tenants of a database at one instant, each into an archive of its own')
    .exitOverride()
    .action(() => runJob('dump', dumpAll));
  command
    .command('coordinate')
    .description('hold the snapshot for the groups of a run, wait for their results and publish the backup')
    .addOption(runOption())
    .action(({ run }: { run: string }) => runJob('dump coordinate', (tools) => coordinate(run, tools)));
  command
    .command('group')
    .description('dump one group on the snapshot that the coordinator of the run holds')
    .addOption(runOption())
    .addOption(new Option('--group <number>', 'number of the group, from 0').makeOptionMandatory())
    .action(({ run, group }: { run: string; group: string }) =>
      runJob('dump group', (tools) => dumpOneGroup(run, group, tools)),
    );
  return command;
}

const runOption = () => new Option('--run <id>', 'id of the run, the same for all of its tasks').makeOptionMandatory();

async function dumpAll(tools: JobTools): Promise<void> {
  await withContext(tools, (context) => signalled(context, () => backUp(context)));
}

async function coordinate(run: string, tools: JobTools): Promise<void> {
  const { coordinateDump } = await import('../engine/dump/coordinate.js');
  await withContext(tools, (context) => signalled(context, () => coordinateDump(context, run)));
}

async function dumpOneGroup(run: string, group: string, tools: JobTools): Promise<void> {
  const { dumpGroupTask } = await import('../engine/dump/group-task.js');
  await withContext(tools, async (context) => {
    const { tenants } = await dumpGroupTask(context, run, group);
    tools.log.info('dumped the group', { group, tenants: tenants.length });
  });
}

/** Publishes what came of a backup. A backup whose success cannot be told of is there, but the job fails. */
async function signalled(context: DumpContext, backUp: () => Promise<BackupManifest>): Promise<void> {
  const manifest = await backUp().catch(async (error: unknown) => {
    await tellFailure(context);
    throw error;
  });
  const { totals, id, tier, lockedUntil, startedAt, finishedAt, leftOut } = manifest;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  context.log.info('the backup exists', { id, tier, lockedUntil, seconds, ...totals, leftOut: leftOut.length });
  const { signal } = await context.stores();
  await signal({ isBackup: true, bytes: totals.bytes, seconds });
}

/** The failure itself is what the job ends with; that it could not be published is one more line. */
async function tellFailure({ stores, log }: DumpContext): Promise<void> {
  try {
    const { signal } = await stores();
    await signal({ isBackup: false });
  } catch (error) {
    log.warn('cannot publish that the dump failed', { reason: error instanceof Error ? error.message : String(error) });
  }
}

async function withContext({ log, signal }: JobTools, work: (context: DumpContext) => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  const progress = new ProgressCounter();
  const display = await showProgress(progress, log, process.stderr);
  let stores: Promise<Stores> | undefined;
  try {
    const { resource, compression, groups, parallelism, tenants } = settings;
    log.info('dump begins', { resource, tenants: tenants.kind, compression, groups, parallelism });
    await work({
      settings,
      access: DatabaseAccess.of(settings.connection, awsCredentialSources(process.env)),
      toolsDirectory: process.env[TOOLS_DIRECTORY_VARIABLE] || undefined,
      stores: () => {
        stores ??= loadStores(settings);
        return stores;
      },
      log,
      progress,
      signal,
      now: () => new Date(),
      software: SOFTWARE_VERSION,
    });
  } finally {
    display.stop();
  }
}

async function loadStores(settings: TenantDumpsSettings): Promise<Stores> {
  const [{ openStores }, { createStoreClient }, { CloudWatchClient }] = await Promise.all([
    import('../engine/dump/stores.js'),
    import('../engine/objects/s3-client.js'),
    import('@aws-sdk/client-cloudwatch'),
  ]);
  const { region } = settings.store;
  const clients = { s3: createStoreClient({ region }), cloudWatch: new CloudWatchClient({ region }) };
  return openStores(settings, clients, () => new Date());
}

import { Command, InvalidArgumentError, Option } from 'commander';
import { readSettings } from '../engine/dump/settings';
import type { TenantTarget } from '../engine/restore/tenant-plan';
import type * as restoreWork from './restore-work';
import type { DatabaseOptions, RestoreJob, TenantOptions } from './restore-work';
import { runJob } from './run-job';

/**
 * The job `restore`: lists backups, restores one tenant, or all of a backup. It plans first and says what it will do; what it
 * would overwrite has to be agreed to. Settings come from the environment, the same as those of `dump`; archives are downloaded
 * into a folder of the system's for temporary files, which `TMPDIR` names.
 *
 * Exit codes: 0 restored, and the rows are as in the backup; 1 refused or failed, and nothing was replaced; 2 wrong
 * settings or command; 130 and 143 stopped by SIGINT or SIGTERM.
 */
export function restoreJob(): Command {
  const command = new Command('restore').description('restore from a backup that `dump` has made').exitOverride();
  command
    .command('list')
    .description('list the backups of the database, newest first')
    .action(() => withWork('restore list', ({ listBackups }, job) => listBackups(job)));
  withCommonOptions(command.command('tenant <name>'))
    .description('restore one tenant')
    .addOption(new Option('--into-database <database>', 'into this database, under its own name'))
    .option('--create', 'make the database')
    .addOption(new Option('--as-schema <schema>', 'beside what is there, as another schema').conflicts('intoDatabase'))
    .addOption(
      new Option('--in-place', 'in the place of what is there, which is dumped first').conflicts([
        'intoDatabase',
        'asSchema',
      ]),
    )
    .option('--yes', 'overwrite what the plan says without asking')
    .action((name: string, options: TenantOptions, tenant: Command) => {
      const target = targetOf(options, tenant);
      return withWork('restore tenant', ({ restoreOne }, job) => restoreOne(name, target, options, job));
    });
  withCommonOptions(command.command('database'))
    .description('restore all of a backup into an empty or new database')
    .option('--into <database>', 'the database; none where each tenant has a database of its own')
    .option('--create', 'make the database')
    .action((options: DatabaseOptions) =>
      withWork('restore database', ({ restoreAll }, job) => restoreAll(options, job)),
    );
  return command;
}

/** The work is loaded only when there is some: other jobs begin sooner without it. */
function withWork(name: string, act: (work: typeof restoreWork, job: RestoreJob) => Promise<void>): Promise<void> {
  return runJob(name, async (tools) => {
    const settings = readSettings(process.env);
    await act(await import('./restore-work.js'), { ...tools, settings });
  });
}

const MOST_JOBS = 64;

function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--backup <id>', 'this backup; by default the newest'))
    .addOption(
      new Option('--at <time>', 'the newest backup that shows no later moment, such as 2026-11-23T02:00:00Z')
        .argParser(parseTime)
        .conflicts('backup'),
    )
    .addOption(
      new Option('--jobs <number>', 'archives or tables at the same time; one tenant takes one transaction with 1')
        .argParser(parseJobs)
        .default(1),
    )
    .option('--dry-run', 'plan only');
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a time with its zone, such as 2026-11-23T02:00:00Z.');
  }
  requireDay(text.slice(0, 'yyyy-mm-dd'.length));
  return time;
}

/** `Date` goes on counting in the next month, which would take a later backup than was meant. */
function requireDay(day: string): void {
  if (!new Date(day).toISOString().startsWith(day)) {
    throw new InvalidArgumentError(`There is no day ${day}. HINT: that month has fewer days.`);
  }
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_JOBS}.`);
  }
  return jobs;
}

function targetOf({ intoDatabase, create = false, asSchema, inPlace }: TenantOptions, command: Command): TenantTarget {
  if (create && intoDatabase === undefined) {
    command.error('error: --create needs --into-database');
  }
  if (intoDatabase !== undefined) {
    return { kind: 'database', database: intoDatabase, create };
  }
  if (asSchema !== undefined) {
    return { kind: 'schema', schema: asSchema };
  }
  return inPlace ? { kind: 'inPlace' } : command.error('error: give --into-database, --as-schema or --in-place');
}

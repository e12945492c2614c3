#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SNSClient } from '@aws-sdk/client-sns';
import { Command, CommanderError, Option } from 'commander';
import { CatalogError } from '../engine/catalog/catalog-error';
import { type RebuiltManifest, rebuildManifest } from '../engine/catalog/rebuild';
import { sourceBucketName } from '../engine/contract/bucket-names';
import { SEVERITIES, type Severity } from '../engine/contract/paging';
import { ObjectStore } from '../engine/objects/object-store';
import { createStoreClient } from '../engine/objects/s3-client';
import { sendTestPages, type TestPageOutcome, testPageOutcome } from '../engine/paging/test-page';
import { testPageTable } from '../engine/paging/test-page-table';
import { pagingTopics } from '../engine/paging/topics';
import { ConfigurationError, loadConfiguration } from '../lib/configuration';
import { PACKAGE_ROOT } from '../lib/package-root';

/** How the manifest came back, for a person. */
const REBUILT: Readonly<Record<RebuiltManifest['from'], string>> = {
  present: 'is there; nothing was done',
  earlierVersion: 'was deleted, and is back byte for byte as it was published',
  records: 'was made anew from tenants.jsonl; the time of its snapshot and who was left out are lost',
};

/** Exit codes of the command line. */
const EXIT = {
  OK: 0,
  /** The work was done and found something that needs a human. */
  FINDINGS: 1,
  /** The command line or the configuration is wrong; nothing was done. */
  USAGE: 2,
  /** Something could not be reached or was refused; the outcome is not known. */
  UNREACHED: 3,
} as const;

const EXIT_OF_TEST_PAGE: Readonly<Record<TestPageOutcome, number>> = {
  confirmed: EXIT.OK,
  findings: EXIT.FINDINGS,
  unreached: EXIT.UNREACHED,
};

/** An unreachable Region must not keep on-call waiting. */
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 10_000 };

interface PageOptions {
  readonly test?: true;
  readonly config: string;
  readonly severity?: Severity;
  readonly json?: true;
}

/**
 * Runs the command line.
 *
 * @param args what follows the name of the program
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.OK;
  const program = new Command('holdfast')
    .description('Backups, proof of restorability and disaster recovery: the command line of the operator')
    .exitOverride();
  program
    .command('page')
    .description('send a page through the configured route')
    .option('--test', 'send a test page to every topic, and report which subscriptions are unconfirmed')
    .option('--config <file>', 'configuration file', 'holdfast.config.json')
    .addOption(new Option('--severity <severity>', 'only this severity').choices(SEVERITIES))
    .option('--json', 'print the report as JSON')
    .action(async (options: PageOptions, command: Command) => {
      exitCode = await page(options, command);
    });
  program
    .command('backups')
    .description('work on the backups of databases')
    .command('rebuild')
    .description('bring back the manifest of a backup that was lost, if all that belongs to the backup is still there')
    .argument('<database>', 'name of the protected database, as the configuration has it')
    .argument('<id>', 'id of the backup, such as 20261123T020000Z-0f3c9a1e')
    .option('--config <file>', 'configuration file', 'holdfast.config.json')
    .action(rebuild);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

async function page(options: PageOptions, command: Command): Promise<number> {
  if (options.test === undefined) {
    command.error('error: `holdfast page` sends nothing by itself. HINT: `holdfast page --test` sends a test page.');
  }
  const topics = pagingTopics(loadConfiguration(options.config), options.severity);
  const snsOf = (region: string) => new SNSClient({ region, requestHandler: TIMEOUTS });
  const reports = await sendTestPages(topics, snsOf, new Date());
  const outcome = testPageOutcome(reports);
  console.log(options.json ? JSON.stringify({ outcome, topics: reports }, null, 2) : testPageTable(reports));
  return EXIT_OF_TEST_PAGE[outcome];
}

/** Needs a role that may list versions of the bucket of dumps, read its objects and write a manifest; the jobs' may not. */
async function rebuild(database: string, id: string, { config }: { config: string }): Promise<void> {
  const { prefix, primary, databases } = loadConfiguration(config);
  const configured = databases.find(({ name }) => name === database);
  if (configured === undefined) {
    const names = databases.map(({ name }) => name).join(', ') || 'none';
    throw new ConfigurationError(`${config}: no database is called "${database}". HINT: there are ${names}.`);
  }
  const bucket = sourceBucketName(prefix, database, primary.account, primary.region);
  const s3 = createStoreClient({ region: primary.region });
  const { from, manifest } = await rebuildManifest(
    {
      store: new ObjectStore(s3, { bucket }),
      s3,
      bucket,
      resource: database,
      software: JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version,
      lockMode: configured.lockMode,
    },
    id,
  );
  console.log(
    `The manifest of ${manifest.id} (${manifest.tier}, ${manifest.totals.tenants} tenants) ${REBUILT[from]}.`,
  );
}

/** Says what went wrong, without a stack trace, and gives the exit code for it. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; only --help ends with 0.
    return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  }
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof CatalogError) {
    return EXIT.FINDINGS;
  }
  return error instanceof ConfigurationError || error instanceof RangeError ? EXIT.USAGE : EXIT.UNREACHED;
}

if (require.main === module) {
  run(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}

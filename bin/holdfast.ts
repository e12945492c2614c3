#!/usr/bin/env node
import { SNSClient } from '@aws-sdk/client-sns';
import { Command, CommanderError, Option } from 'commander';
import { SEVERITIES, type Severity } from '../engine/contract/paging';
import { sendTestPages, type TestPageOutcome, testPageOutcome } from '../engine/paging/test-page';
import { testPageTable } from '../engine/paging/test-page-table';
import { pagingTopics } from '../engine/paging/topics';
import { ConfigurationError, loadConfiguration } from '../lib/configuration';

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

/** Says what went wrong, without a stack trace, and gives the exit code for it. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; only --help ends with 0.
    return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  }
  console.error(error instanceof Error ? error.message : error);
  return error instanceof ConfigurationError ? EXIT.USAGE : EXIT.UNREACHED;
}

if (require.main === module) {
  run(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}

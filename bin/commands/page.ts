import { SNSClient } from '@aws-sdk/client-sns';
import { type Command, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../engine/contract/paging';
import { sendTestPages, type TestPageOutcome, testPageOutcome } from '../../engine/paging/test-page';
import { testPageTable } from '../../engine/paging/test-page-table';
import { pagingTopics } from '../../engine/paging/topics';
import { loadConfiguration } from '../../lib/configuration';
import { type End, EXIT } from './exit-codes';

interface PageOptions {
  readonly test?: true;
  readonly config: string;
  readonly severity?: Severity;
  readonly json?: true;
}

/** Adds `holdfast page`. */
export function pageCommand(program: Command, end: End): void {
  program
    .command('page')
    .description('send a page through the configured route')
    .option('--test', 'send a test page to every topic, and report which subscriptions are unconfirmed')
    .option('--config <file>', 'configuration file', 'holdfast.config.json')
    .addOption(new Option('--severity <severity>', 'only this severity').choices(SEVERITIES))
    .option('--json', 'print the report as JSON')
    .action(async (options: PageOptions, command: Command) => end(await page(options, command)));
}

const EXIT_OF_TEST_PAGE: Readonly<Record<TestPageOutcome, number>> = {
  confirmed: EXIT.OK,
  findings: EXIT.FINDINGS,
  unreached: EXIT.UNREACHED,
};

/** An unreachable Region must not keep on-call waiting. */
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 10_000 };

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

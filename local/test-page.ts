import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE_ROOT } from '../lib/package-root';
import type { Expectations } from './expectations';
import type { LocalAws } from './local-aws';
import type { PageReceiver } from './page-receiver';
import { runProgram } from './processes';
import type { Note } from './progress';
import type { Teardown } from './teardown';

/** What the test page is sent with, and who gets it. */
export interface TestPageContext {
  readonly aws: LocalAws;
  readonly region: string;
  readonly configurationPath: string;
  /** Folder for the output of the command. */
  readonly runFolder: string;
  /** Topics that page the pager. */
  readonly topics: readonly string[];
  readonly receiver: PageReceiver;
  readonly expectations: Expectations;
  readonly teardown: Teardown;
}

const ARRIVES_WITHIN_MS = 60_000;

/** Runs `holdfast page --test` on the deployed route and looks whether the pager gets a page from each Region. */
export async function sendTestPage(context: TestPageContext, note: Note): Promise<void> {
  const { aws, region, configurationPath, runFolder, topics, receiver, expectations, teardown } = context;
  const holdfast = join(PACKAGE_ROOT, 'dist', 'bin', 'holdfast.js');
  const options = { env: aws.environment(region), cwd: PACKAGE_ROOT, logFile: join(runFolder, 'page-test.log') };
  const outcome = await runProgram(
    process.execPath,
    [holdfast, 'page', '--test', '--config', configurationPath],
    options,
    teardown,
  ).then(
    () => 'exit code 0',
    (error: Error) => error.message,
  );
  expectations.equal('`holdfast page --test` finds every subscription confirmed', 'exit code 0', outcome);

  const arrived = () =>
    topics.filter((topic) =>
      receiver.pages.some(({ topicArn, alarmName }) => topicArn === topic && alarmName.endsWith('-testPage')),
    );
  const deadline = Date.now() + ARRIVES_WITHIN_MS;
  while (arrived().length < topics.length && Date.now() < deadline) await sleep(50);
  for (const topic of arrived()) note(`from ${topic}`);
  expectations.equal(
    'the test page reaches the pager from each Region',
    `${topics.length} topics`,
    `${arrived().length} topics`,
  );
}

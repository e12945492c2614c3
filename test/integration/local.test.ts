/** Runs `npm run local` as built: real CDK CLI, MiniStack, the deployed function. Takes about two minutes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { LOCAL_STATE } from '../../local/local-state';

const MAIN = join(PACKAGE_ROOT, 'dist', 'local', 'main.js');
const WHOLE_RUN_MS = 900_000;
const PART_OF_A_RUN_MS = 300_000;

let run: LocalRun;

afterEach(() => run.kill());

test(
  'a bad day is rehearsed on the deployed app, and every expectation holds',
  async () => {
    run = LocalRun.start();
    const exitCode = await run.ended;

    expect(run.output).toContain('left out, unknown to MiniStack: AWS::CloudWatch::CompositeAlarm');
    expect(run.expectations().filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(run.expectations().map(({ expectation }) => expectation)).toEqual(
      expect.arrayContaining([
        'replicated buckets are proved',
        'found in documents: version deleted for good',
        'found in configuration: one bit turned',
        'found in logs: encrypted with another KMS key',
        'the page names every finding',
        'repaired replicas are proved',
        'every tenant is in the backup',
        'every archive is intact, with the rows of its',
        'every object of the backup is copied to the other',
        'every table of the tenant is as it was',
        'of each database it is known what a loss would',
        'found in billing: automated backups kept too short',
        'a snapshot is taken when a save point is due',
        'every key is in the export',
        'everything but the databases of RDS is healthy in',
        'every tenant is proved intact in it',
        '`holdfast report` tells of every resource',
        'every alarm is played, or it is told why not',
      ]),
    );
    expect(run.scenarios()).toEqual(
      expect.arrayContaining([
        { alarm: 'local-storage-backupFailed', severity: 'critical', reached: 'pager', cleared: 'yes' },
        { alarm: 'local-storage-replicationDelay', severity: 'warning', reached: 'email', cleared: 'yes' },
        { alarm: 'local-tenants-backupFailed', severity: 'critical', reached: 'pager', cleared: 'yes' },
        { alarm: 'local-orders-backupFailed', severity: 'critical', reached: 'pager', cleared: 'yes' },
        { alarm: 'local-redis-backupFailed', severity: 'critical', reached: 'pager', cleared: 'yes' },
        { alarm: 'local-platform-keysUnusable', severity: 'critical', reached: 'pager', cleared: 'yes' },
        { alarm: 'local-platform-routeProblems', severity: 'warning', reached: 'email', cleared: 'yes' },
        { alarm: 'local-platform-functionErrors', severity: 'warning', reached: 'email', cleared: 'yes' },
        { alarm: 'local-platform-deletionAttempts', severity: 'critical', reached: 'pager', cleared: 'yes' },
      ]),
    );
    expect(run.scenarios().filter(({ cleared }) => cleared !== 'yes')).toEqual([]);
    expect(run.output).toContain('Every expectation held');
    expect(exitCode).toBe(0);
    expect(await run.leftBehind()).toEqual([]);
  },
  WHOLE_RUN_MS,
);

test.each([
  ['SIGHUP', 129, 'while PostgreSQL starts and is filled', '✓ start MiniStack'],
  ['SIGINT', 130, 'while the CDK CLI works', '✓ start PostgreSQL, and fill in tenants'],
  ['SIGTERM', 143, 'when the deployed function has run', '✓ verify before anything is stored'],
] as const)(
  '%s ends it with code %i %s, and leaves nothing behind',
  async (signal, exitCode, _, moment) => {
    run = LocalRun.start();
    await run.prints(moment);
    await sleep(1000);
    expect(await run.leftBehind()).not.toEqual([]);
    run.process.kill(signal);
    expect(await run.ended).toBe(exitCode);
    expect(await run.leftBehind()).toEqual([]);
  },
  PART_OF_A_RUN_MS,
);

test(
  'an endpoint where nothing answers is told in one line',
  async () => {
    run = LocalRun.start({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(await run.ended).toBe(1);
    expect(run.output).toContain('Nothing answers at http://127.0.0.1:1. HINT: start it, or unset AWS_ENDPOINT_URL');
  },
  PART_OF_A_RUN_MS,
);

test('an option that it does not know is told in one line', async () => {
  run = LocalRun.start({}, ['--kep']);
  expect(await run.ended).toBe(1);
  expect(run.output.trim()).toMatch(/^Unknown option '--kep'.*$/);
});

test('a number of rounds that makes no sense is told in one line', async () => {
  run = LocalRun.start({}, ['--rounds', 'many']);
  expect(await run.ended).toBe(1);
  expect(run.output.trim()).toMatch(/^--rounds must be a whole number from 1 on, got: many\. HINT: .*$/);
});

/** A run of the command, and what it leaves behind. */
class LocalRun {
  output = '';
  /** The exit code, once everything has been written. */
  readonly ended: Promise<number | null>;

  private constructor(
    readonly process: ChildProcess,
    private readonly marker: string,
    private readonly foldersBefore: readonly string[],
  ) {
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    process.stdout?.on('data', keep);
    process.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => process.once('close', resolve));
  }

  /** Everything that is started in turn inherits the marker in its environment, and is found by it. */
  static start(environment: NodeJS.ProcessEnv = {}, args: readonly string[] = []): LocalRun {
    const marker = `HOLDFAST_TEST_RUN=${randomUUID()}`;
    const { AWS_ENDPOINT_URL, ...inherited } = process.env;
    const env = { ...inherited, HOLDFAST_TEST_RUN: marker.split('=')[1], ...environment };
    return new LocalRun(spawn(process.execPath, [MAIN, ...args], { cwd: PACKAGE_ROOT, env }), marker, runFolders());
  }

  /** Resolves when the run has printed some text. */
  async prints(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.process.exitCode !== null) throw new Error(`It ended without printing "${text}":\n${this.output}`);
      await sleep(50);
    }
  }

  /** The rows of the closing table. Rows that go on in a second line have no result there. */
  expectations(): { expectation: string; result: string }[] {
    return this.rows(3)
      .map(([expectation = '', , result = '']) => ({ expectation, result }))
      .filter(({ result }) => result !== '' && result !== 'result');
  }

  /** The first alarm of each row of the table of what was broken. */
  scenarios(): { alarm: string; severity: string; reached: string; cleared: string }[] {
    return this.rows(6)
      .map(([, alarm = '', severity = '', reached = '', , cleared = '']) => ({ alarm, severity, reached, cleared }))
      .filter(({ severity }) => severity !== '' && severity !== 'severity');
  }

  /** The lines of tables with so many columns, cell by cell. */
  private rows(columns: number): string[][] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) => line.split('│').slice(1, -1))
      .filter((cells) => cells.length === columns)
      .map((cells) => cells.map((cell) => cell.trim()));
  }

  /** Processes and folders of the run that are still there. */
  async leftBehind(): Promise<string[]> {
    const processes = await processesWithEnvironment();
    return [
      ...processes.filter((line) => line.includes(this.marker)),
      ...runFolders().filter((folder) => !this.foldersBefore.includes(folder)),
    ];
  }

  /** Ends what a failed test left running. */
  async kill(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

/** All processes as text that holds their environment: from /proc where there is one, else from `ps`. */
async function processesWithEnvironment(): Promise<string[]> {
  if (!existsSync('/proc/self/environ')) {
    const { stdout } = await promisify(execFile)('ps', ['axeww'], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.split('\n');
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${readIfThere(`/proc/${pid}/environ`)}`);
}

/** A process may end, or belong to somebody else. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function runFolders(): string[] {
  return existsSync(LOCAL_STATE) ? readdirSync(LOCAL_STATE).filter((name) => name.startsWith('run-')) : [];
}

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { connectionText } from '../dump/globals';
import { type RunningTool, startTool, type ToolOptions } from '../postgres/tool';
import { scriptFor } from './script';

/** What is done to a database as a whole, or not at all. */
export interface Transaction {
  /** Name of the database. */
  readonly database: string;
  /** Major version of the server. */
  readonly serverMajor: number;
  /** What comes first. @default - nothing */
  readonly hold?: Hold | undefined;
  /** Commands before the script. */
  readonly before: readonly string[];
  /** Starts the tool whose output is the script: `pg_restore -f -` or `pg_dump`. */
  readonly script: () => RunningTool;
  /** Commands after the script, such as a check that fails. */
  readonly after: readonly string[];
}

/** Work in other sessions, which the transaction keeps others from disturbing. */
export interface Hold {
  /** Commands that take locks. */
  readonly locks: readonly string[];
  /** The work, begun when the locks are held. */
  readonly work: () => Promise<void>;
}

/**
 * Runs a script of `pg_restore` or `pg_dump` in one transaction. It is committed only when the tool has ended well and every command
 * succeeded; otherwise the database is as it was.
 *
 * @throws ToolError of whichever tool failed first; what the work failed of.
 */
export async function restoreInTransaction(transaction: Transaction, tools: ToolOptions): Promise<void> {
  const psql = startTool('psql', [...PSQL_ARGUMENTS, `--dbname=${connectionText(transaction.database)}`], tools);
  psql.stdout.resume();
  try {
    await unlessEnded(psql, write(psql.stdin, commands([...SETTINGS, 'BEGIN'])));
    if (transaction.hold !== undefined) {
      await workUnderLocks(psql, transaction.hold);
    }
    await runScript(psql, transaction);
    psql.stdin.end();
    await psql.done;
  } catch (error) {
    await stop(psql);
    throw tools.signal?.aborted ? tools.signal.reason : error;
  }
}

/** `ON_ERROR_STOP` ends the session at the first error, and with it the transaction; errors name their line with `--file` only. */
const PSQL_ARGUMENTS = [
  '--file=-',
  '--no-psqlrc',
  '--quiet',
  '--no-password',
  '--output=/dev/null',
  '--set=ON_ERROR_STOP=1',
];

/** As the tools themselves set them: names are in UTF-8, and notices of what is dropped are no news. */
const SETTINGS = ["SET client_encoding = 'UTF8'", 'SET client_min_messages = warning'];

/** The session may be idle for as long as the work takes. */
const STAY = 'SET LOCAL idle_in_transaction_session_timeout = 0';
/** `\echo` writes to the standard output, which has nothing else: what queries answer goes to `--output`. */
const TELL = '\\echo held\n';

async function workUnderLocks(psql: RunningTool, { locks, work }: Hold): Promise<void> {
  const taking = Buffer.concat([commands([STAY, ...locks]), Buffer.from(TELL)]);
  await unlessEnded(psql, Promise.all([once(psql.stdout, 'data'), write(psql.stdin, taking)]));
  // Whether they are still held when it is done, the next command tells: `psql` notices a lost connection no sooner.
  await work();
}

async function runScript(psql: RunningTool, transaction: Transaction): Promise<void> {
  const script = transaction.script();
  script.stdin.end();
  try {
    await unlessEnded(psql, feed(psql, script, transaction));
  } catch (error) {
    // Its output is no longer read; left in the pipe, it would keep the tool from closing.
    script.stdout.destroy();
    await stop(script);
    throw error;
  }
}

async function feed(psql: RunningTool, script: RunningTool, transaction: Transaction): Promise<void> {
  const { before, after, serverMajor } = transaction;
  await write(psql.stdin, commands(before));
  for await (const piece of scriptFor(serverMajor, script.stdout)) {
    await write(psql.stdin, piece);
  }
  await script.done;
  await write(psql.stdin, commands([...after, 'COMMIT']));
}

/** `psql` ends by itself only when something failed; its `done` then says what. */
function unlessEnded<Result>(psql: RunningTool, step: Promise<Result>): Promise<Result> {
  return Promise.race([step, psql.done.then(endedEarly)]);
}

const commands = (list: readonly string[]): Buffer => Buffer.from(list.map((command) => `${command};\n`).join(''));

function endedEarly(): never {
  throw new Error('psql ended before the script did. HINT: look at the log of the server.');
}

/** Waits for good when `psql` has ended: its own end says more than a broken pipe. */
async function write(stdin: Writable, bytes: Buffer): Promise<void> {
  if (!stdin.write(bytes)) {
    await once(stdin, 'drain').catch(() => new Promise(() => undefined));
  }
}

async function stop(tool: RunningTool): Promise<void> {
  tool.kill();
  await tool.done.catch(() => undefined);
}

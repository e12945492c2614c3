import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port';
import { runProgram, startProgram } from '../processes';
import type { Teardown } from '../teardown';
import { findPostgres } from './installation';
import { giveFolder, unprivileged } from './unprivileged';

/** What a server is started with. */
export interface PostgresOptions {
  /** Stops the server. */
  readonly teardown: Teardown;
  /** Folder of the run: the server's data and logs go into a new folder within. */
  readonly folder: string;
  /** Major version. @default - the newest that the machine has, otherwise 18 */
  readonly major?: number;
  /** Settings as in postgresql.conf, such as `max_locks_per_transaction`. @default - PostgreSQL's, without care for a crash */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A PostgreSQL server of this machine's own, which trusts whoever connects from this machine. */
export interface PostgresServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** A superuser. */
  readonly user: 'postgres';
  /** Folder of the client tools of the same version. */
  readonly binDirectory: string;
  /** Major version, such as 17. */
  readonly major: number;
  /** Leader of the server's process group. */
  readonly processGroup: number;
  /** A connection string. @param database `postgres` by default */
  connectionString(database?: string): string;
  /** What client tools and node-postgres read from the environment: `PGHOST` and so on. @param database `postgres` by default */
  environment(database?: string): NodeJS.ProcessEnv;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Lets it outlive this process. */
  release(): void;
}

/** A server whose data nobody will miss writes them without waiting for the disk, and listens nowhere else. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Kept in the folder of the data, so that they go with it even if the server is killed.
  dynamic_shared_memory_type: 'mmap',
};
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
/** Another program may take a free port before the server does. */
const ATTEMPTS = 5;

/**
 * Starts a PostgreSQL server with an empty database `postgres` in UTF-8.
 *
 * @throws when none can be had (see {@link findPostgres}), or it does not start within a minute
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const installation = await findPostgres(options.teardown, options.major);
  const folder = await mkdtemp(join(options.folder, `postgres-${installation.major}-`));
  await giveFolder(folder, options.folder);
  const start = { ...options, ...installation, folder, logFile: `${folder}.log` };
  await initialise(start);
  for (let attempt = 1; ; attempt++) {
    const server = await startOn(await freePort(), start);
    if (server !== undefined) return server;
    if (attempt === ATTEMPTS) {
      throw new Error(`PostgreSQL found no free port in ${ATTEMPTS} attempts. HINT: read ${start.logFile}.`);
    }
  }
}

interface Start {
  readonly teardown: Teardown;
  readonly settings?: PostgresOptions['settings'];
  readonly binDirectory: string;
  readonly major: number;
  readonly folder: string;
  readonly logFile: string;
}

async function initialise({ binDirectory, folder, logFile, teardown }: Start): Promise<void> {
  const args = ['-D', dataOf(folder), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const options = { env: cleanEnvironment(), cwd: folder, logFile };
  await runProgram(...unprivileged(join(binDirectory, 'initdb'), args), options, teardown).catch((error: Error) => {
    throw new Error(
      `PostgreSQL's data cannot be made in ${folder}. HINT: root starts it as another user, who must be able to ` +
        `pass through the folders above.\n${error.message}`,
    );
  });
}

/** @returns undefined when another program took the port */
async function startOn(port: number, start: Start): Promise<PostgresServer | undefined> {
  const { binDirectory, folder, logFile, teardown } = start;
  const settings = Object.entries({ ...SETTINGS, port, ...start.settings });
  const args = ['-D', dataOf(folder), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const options = { env: cleanEnvironment(), cwd: folder, logFile };
  const { child, release } = startProgram(...unprivileged(join(binDirectory, 'postgres'), args), options, teardown);
  const removeData = () => rm(folder, { recursive: true, force: true });
  const stop = () => stopServer(child).then(removeData);
  const forget = teardown.defer(stop);
  const server = describe(port, start, child, {
    stop: () => stop().finally(forget),
    release: () => {
      forget();
      release();
    },
  });
  try {
    await waitUntilReady(child, start);
    return server;
  } catch (error) {
    forget();
    await stopServer(child);
    const isTaken = (await readFile(logFile, 'utf8')).includes(`could not bind IPv4 address "127.0.0.1"`);
    if (isTaken) return undefined;
    throw error;
  }
}

function describe(
  port: number,
  { binDirectory, major }: Start,
  child: ChildProcess,
  control: Pick<PostgresServer, 'stop' | 'release'>,
): PostgresServer {
  const [host, user] = ['127.0.0.1', 'postgres'] as const;
  return {
    host,
    port,
    user,
    binDirectory,
    major,
    processGroup: child.pid ?? 0,
    connectionString: (database = 'postgres') => `postgresql://${user}@${host}:${port}/${encodeURIComponent(database)}`,
    environment: (database = 'postgres') => ({
      ...cleanEnvironment(),
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
    }),
    ...control,
  };
}

async function waitUntilReady(child: ChildProcess, { folder, logFile }: Start): Promise<void> {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `code ${code}`}`;
  });
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(30)) {
    if (failure !== undefined) throw new Error(`PostgreSQL did not start: ${failure}. HINT: read ${logFile}.`);
    if (await saysReady(folder)) return;
  }
  throw new Error(`PostgreSQL did not answer within ${READY_WITHIN_MS / 1000} s. HINT: read ${logFile}.`);
}

/** The server's own word for it, in `postmaster.pid`: what answers on its port may be another one that took it first. */
async function saysReady(folder: string): Promise<boolean> {
  const status = await readFile(join(dataOf(folder), 'postmaster.pid'), 'utf8').catch(() => '');
  return status.trimEnd().endsWith('\nready');
}

/**
 * `SIGQUIT` ends the server and all its sessions at once (server shutdown in PostgreSQL's manual). Its sessions have process
 * groups of their own, so that only the server itself can end them.
 */
async function stopServer(child: ChildProcess): Promise<void> {
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (!hasEnded()) child.kill('SIGQUIT');
  for (let waited = 0; waited < STOP_WITHIN_MS && !hasEnded(); waited += 20) await sleep(20);
}

const dataOf = (folder: string): string => join(folder, 'data');

/** The environment without what would lead PostgreSQL and its tools to another server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

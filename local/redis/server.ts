import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port';
import { startProgram, stopProgram } from '../processes';
import type { Teardown } from '../teardown';
import { findRedis, type RedisFlavour, type RedisInstallation, serverProgram } from './installation';
import { startTlsFront, type TlsCredentials } from './tls-front';

/** What a server is started with. */
export interface RedisOptions {
  /** Stops the server. */
  readonly teardown: Teardown;
  /** Folder of the run: the server's data and log go into a new folder within. */
  readonly folder: string;
  /** @default - the one that the machine has, otherwise Valkey */
  readonly flavour?: RedisFlavour;
  /** Settings as in redis.conf, such as `requirepass`. @default - the server's, without saving by itself */
  readonly settings?: Readonly<Record<string, string | number>>;
  /**
   * Accepts connections by TLS too. The wheels are built without it, so this process takes them and passes them on.
   * @default - no TLS
   */
  readonly tls?: TlsCredentials;
}

/** A Redis or Valkey server of this machine's own. */
export interface RedisServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Port for TLS, as long as this process lives; absent without {@link RedisOptions.tls}. */
  readonly tlsPort?: number;
  readonly flavour: RedisFlavour;
  /** Version, such as `9.1.2`. */
  readonly version: string;
  /** Folder of the server, and of whatever tools came with it. */
  readonly binDirectory: string;
  /** Path of `redis-check-rdb` or `valkey-check-rdb` of the same version. */
  readonly checkRdb: string;
  /** Path of the file that `SAVE` writes. */
  readonly rdbFile: string;
  /** Leader of the server's process group. */
  readonly processGroup: number;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
  /** Lets it outlive this process. */
  release(): void;
}

const READY_WITHIN_MS = 30_000;
/** Another program may take a free port before the server does. */
const ATTEMPTS = 5;

/**
 * Starts an empty server.
 *
 * @throws when none can be had (see {@link findRedis}), or it does not start within half a minute
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const installation = await findRedis(options.teardown, options.flavour);
  const folder = await mkdtemp(join(options.folder, `${installation.flavour}-`));
  const start = { ...options, installation, folder, logFile: `${folder}.log` };
  for (let attempt = 1; ; attempt++) {
    const server = await startOn(await freePort(), start);
    if (server !== undefined) return server;
    if (attempt === ATTEMPTS) {
      throw new Error(`The server found no free port in ${ATTEMPTS} attempts. HINT: read ${start.logFile}.`);
    }
  }
}

interface Start extends RedisOptions {
  readonly installation: RedisInstallation;
  readonly logFile: string;
}

/** @returns undefined when another program took the port */
async function startOn(port: number, start: Start): Promise<RedisServer | undefined> {
  const { installation, folder, logFile, teardown, tls } = start;
  const settings = Object.entries({ bind: '127.0.0.1', port, dir: folder, save: '', ...start.settings });
  const program = join(installation.binDirectory, serverProgram(installation.flavour));
  const args = settings.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { child, release } = startProgram(program, args, { env: process.env, cwd: folder, logFile }, teardown);
  const forgetData = teardown.defer(() => stopServer(child, folder));
  try {
    await waitUntilReady(child, logFile);
  } catch (error) {
    const isTaken = (await readFile(logFile, 'utf8')).includes('Address already in use');
    if (!isTaken) throw error;
    forgetData();
    return undefined;
  }
  const front = tls && (await startTlsFront(port, tls, teardown));
  return describe(port, start, child, await checkProgram(start), {
    stop: async () => {
      await front?.stop();
      await stopServer(child, folder);
      forgetData();
    },
    release: () => {
      forgetData();
      release();
    },
    ...(front && { tlsPort: front.port }),
  });
}

function describe(
  port: number,
  { installation, folder }: Start,
  child: ChildProcess,
  checkRdb: string,
  control: Pick<RedisServer, 'stop' | 'release' | 'tlsPort'>,
): RedisServer {
  return {
    host: '127.0.0.1',
    port,
    ...installation,
    checkRdb,
    rdbFile: join(folder, 'dump.rdb'),
    processGroup: child.pid ?? 0,
    ...control,
  };
}

/** The server is also the program that checks files, if it is called by that name (`main` of server.c). */
async function checkProgram({ installation: { binDirectory, flavour }, folder }: Start): Promise<string> {
  const name = `${flavour}-check-rdb`;
  const own = join(binDirectory, name);
  if (existsSync(own)) return own;
  const link = join(folder, name);
  await symlink(join(binDirectory, serverProgram(flavour)), link);
  return link;
}

async function stopServer(child: ChildProcess, folder: string): Promise<void> {
  await stopProgram(child);
  await rm(folder, { recursive: true, force: true });
}

/** The server's own word for it, in its log: what answers on its port may be another one that took it first. */
async function waitUntilReady(child: ChildProcess, logFile: string): Promise<void> {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `code ${code}`}`;
  });
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(20)) {
    if (failure !== undefined) throw new Error(`The server did not start: ${failure}. HINT: read ${logFile}.`);
    if ((await readFile(logFile, 'utf8')).includes('Ready to accept connections')) return;
  }
  throw new Error(`The server was not ready within ${READY_WITHIN_MS / 1000} s. HINT: read ${logFile}.`);
}

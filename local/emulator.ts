import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port';
import { environmentWithoutAws, LOCAL_ACCOUNT } from './local-aws';
import { startProgram } from './processes';
import type { PythonEnvironment } from './python-environment';
import type { Teardown } from './teardown';

/** A running MiniStack. */
export interface Emulator {
  readonly endpoint: string;
  /** Leader of the process group that MiniStack and the Lambda functions it runs live in. */
  readonly processGroup: number;
  /** Lets it outlive this process. */
  release(): void;
}

const READY_WITHIN_MS = 60_000;

/**
 * Starts MiniStack on a free port of this machine. Its state lives in memory; what it writes goes into the run's folder.
 *
 * @param environment variables that it gets besides, and with it each Lambda function that it runs
 * @throws when it ends or does not answer within a minute
 */
export async function startEmulator(
  python: PythonEnvironment,
  runFolder: string,
  teardown: Teardown,
  environment: Readonly<Record<string, string>> = {},
): Promise<Emulator> {
  const port = await freePort();
  const temporary = join(runFolder, 'tmp');
  await mkdir(temporary, { recursive: true });
  const logFile = join(runFolder, 'ministack.log');
  const env = {
    ...environmentWithoutAws(),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT,
    TMPDIR: temporary,
    // Listeners on fixed ports would collide between two runs.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    ...environment,
  };
  const { child, release } = startProgram(
    python.python,
    ['-m', 'ministack'],
    { env, cwd: runFolder, logFile },
    teardown,
  );
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilReady(child, endpoint, logFile);
  return { endpoint, processGroup: child.pid ?? 0, release };
}

async function waitUntilReady(child: ChildProcess, endpoint: string, logFile: string): Promise<void> {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `code ${code}`}`;
  });
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    if (failure !== undefined) throw new Error(`MiniStack did not start: ${failure}. HINT: read ${logFile}.`);
    const answer = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`MiniStack did not answer within ${READY_WITHIN_MS / 1000} s. HINT: read ${logFile}.`);
}

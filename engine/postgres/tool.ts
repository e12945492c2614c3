import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type ToolEnd, ToolError } from './tool-error';

/** Name of a client tool of PostgreSQL. */
export type ToolName = 'pg_dump' | 'pg_dumpall' | 'pg_restore' | 'psql';

/** How a tool is run. */
export interface ToolOptions {
  /** Its whole environment: see `DatabaseAccess.environment`. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of the tools. @default - they are looked for in PATH */
  readonly directory?: string | undefined;
  /** Ends the tool when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Gets what the tool writes on its standard error, as it comes. It may quote rows: not fit for a log. */
  readonly onMessages?: ((piece: Buffer) => void) | undefined;
}

/** A client tool that runs. */
export interface RunningTool {
  /** What it writes; the tool waits while nobody reads. */
  readonly stdout: Readable;
  readonly stdin: Writable;
  /**
   * Resolves when the tool has ended with exit code 0 and its output was read; rejects with a {@link ToolError}
   * otherwise. It need not be awaited at once: a rejection waits for it.
   */
  readonly done: Promise<void>;
  /** Ends the tool; `done` then rejects, unless it was done already. */
  kill(): void;
}

/**
 * Starts a client tool. It is no shell that reads the arguments.
 *
 * @param args no secret: every user of the machine can read them.
 */
export function startTool(name: ToolName, args: readonly string[], options: ToolOptions): RunningTool {
  const { directory, environment, signal, onMessages } = options;
  const child = spawn(directory === undefined ? name : join(directory, name), args, { env: environment });
  const stop = () => terminate(child);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) {
    stop();
  }
  if (onMessages !== undefined) {
    child.stderr.on('data', onMessages);
  }
  // A tool that ends early no longer reads its input; its exit code says why.
  child.stdin.on('error', () => undefined);
  const done = ended(name, child).finally(() => signal?.removeEventListener('abort', stop));
  done.catch(() => undefined);
  return { stdout: child.stdout, stdin: child.stdin, done, kill: stop };
}

/**
 * Runs a client tool to its end and gives what it wrote.
 *
 * @param limitBytes most bytes of output; a tool that writes more is ended.
 * @throws ToolError, or RangeError when it wrote more.
 */
export async function runTool(
  name: ToolName,
  args: readonly string[],
  options: ToolOptions,
  limitBytes: number,
): Promise<Buffer> {
  const tool = startTool(name, args, options);
  tool.stdin.end();
  const pieces: Buffer[] = [];
  let bytes = 0;
  tool.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > limitBytes) {
      tool.kill();
    } else {
      pieces.push(piece);
    }
  });
  const end = await Promise.allSettled([tool.done]);
  if (bytes > limitBytes) {
    throw new RangeError(
      `${name} wrote more than the limit of ${limitBytes} bytes. HINT: look at what it writes; this much is not expected.`,
    );
  }
  if (end[0].status === 'rejected') {
    throw end[0].reason;
  }
  return Buffer.concat(pieces);
}

/** Most bytes of standard error that are held: those that came last. */
const HELD_BYTES = 64 * 1024;
/** A tool that has not ended so long after it was asked to is killed. */
const GRACE_MS = 5_000;

function ended(name: ToolName, child: ChildProcess): Promise<void> {
  const held = holdLast(child.stderr);
  return new Promise((resolve, reject) => {
    const fail = (end: ToolEnd) => reject(new ToolError(name, end, held()));
    child.once('error', (error: NodeJS.ErrnoException) => fail({ startError: error.code ?? error.name }));
    child.once('close', (exitCode, signal) => {
      if (exitCode === 0) {
        resolve();
      } else {
        fail(signal === null ? { exitCode: exitCode ?? -1 } : { signal });
      }
    });
  });
}

function holdLast(stderr: Readable | null): () => string {
  let held = Buffer.alloc(0);
  stderr?.on('data', (piece: Buffer) => {
    const all = Buffer.concat([held, piece]);
    held = all.subarray(Math.max(0, all.length - HELD_BYTES));
  });
  return () => held.toString();
}

function terminate(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.once('exit', () => clearTimeout(timer));
  timer.unref();
  // A tool that was stopped may have more to say than anybody reads; unread, its pipe would keep it from closing.
  child.stdout?.resume();
}

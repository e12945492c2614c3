import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { PACKAGE_ROOT } from '../../lib/package-root';

/** How often everything is measured; the median counts. */
export const RUNS = 3;

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new Error('There is no median of no values.');
  }
  return (lower + upper) / 2;
}

/**
 * Runs the contenders in turn, {@link RUNS} times each, so that whatever else the machine does hits all of them alike.
 *
 * @returns what each contender's runs gave, in order
 */
export async function alternate<Contenders extends Readonly<Record<string, () => Promise<unknown>>>>(
  contenders: Contenders,
): Promise<{ [Name in keyof Contenders]: Awaited<ReturnType<Contenders[Name]>>[] }> {
  const results: Record<string, unknown[]> = {};
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      results[name] ??= [];
      results[name].push(await contender());
    }
  }
  return results as { [Name in keyof Contenders]: Awaited<ReturnType<Contenders[Name]>>[] };
}

/** Does something when it is first asked for, and gives the same result from then on. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** What a finished program said, and how long it took from start to end, in seconds. */
export interface FinishedProgram {
  readonly seconds: number;
  readonly stdout: string;
}

/**
 * Runs a program in the repository's root.
 *
 * @throws when it cannot be started or exits with another code than 0; the message ends with what it wrote to stderr
 */
export function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<FinishedProgram> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd: PACKAGE_ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: what the program starts in turn is ended with it.
      detached: true,
    });
    const killAtExit = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    process.once('exit', killAtExit);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.once('error', (error) => {
      process.off('exit', killAtExit);
      reject(error);
    });
    child.once('close', (code, signal) => {
      process.off('exit', killAtExit);
      if (code === 0) {
        resolve({ seconds: (performance.now() - started) / 1_000, stdout: output.stdout });
      } else {
        reject(new Error(`\`${command} ${args.join(' ')}\` ended with ${signal ?? code}.\n${output.stderr.trim()}`));
      }
    });
  });
}

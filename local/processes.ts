import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Teardown } from './teardown';

/** How to start a program. */
export interface ProgramOptions {
  /** The whole environment of the program. */
  readonly env: NodeJS.ProcessEnv;
  /** Working directory. */
  readonly cwd: string;
  /** File that gets all output, appended. */
  readonly logFile: string;
}

/** Time that a process group gets to end by itself, in milliseconds. */
const GRACE_MS = 3000;
const LOG_TAIL_LINES = 25;

/**
 * Starts a program as the leader of a process group of its own, so that it can be ended together with everything it
 * starts in turn. The group is ended by the teardown, and also when this process dies of an uncaught error.
 */
export function startProgram(command: string, args: readonly string[], options: ProgramOptions, teardown: Teardown) {
  const log = openSync(options.logFile, 'a');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const killAtExit = () => signalGroup(child, 'SIGKILL');
  process.once('exit', killAtExit);
  const forgetStop = teardown.defer(() => stopProgram(child));
  const forget = () => {
    process.off('exit', killAtExit);
    forgetStop();
  };
  child.once('exit', forget);
  child.once('error', forget);
  return {
    child,
    /** Lets the program outlive this process. */
    release: () => {
      forget();
      child.unref();
    },
  };
}

/**
 * Runs a program to its end.
 *
 * @throws when it cannot be started or exits with another code than 0; the message ends with the last lines of its log
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
  teardown: Teardown,
): Promise<void> {
  const { child } = startProgram(command, args, options, teardown);
  const outcome = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`));
  });
  // A helper that the program left running would outlive it otherwise.
  signalGroup(child, 'SIGKILL');
  if (outcome !== 'exited with code 0') {
    const called = [basename(command), ...args.map((arg) => basename(arg))].slice(0, 4).join(' ');
    throw new Error(`\`${called} …\` ${outcome}.\n${lastLines(options.logFile)}`);
  }
}

/** Ends the process group of a program: first politely, after three seconds by force. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  for (let waited = 0; waited < GRACE_MS && groupIsAlive(child); waited += 50) await sleep(50);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false; // No such group: it has ended.
  }
}

function groupIsAlive(child: ChildProcess): boolean {
  return signalGroup(child, 0);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}

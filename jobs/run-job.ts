import { SettingsError } from '../engine/dump/settings';
import { type JobLog, openLog } from './job-log';

/** Exit codes of all jobs; those of a signal are 128 and its number, as shells have it. */
export const ExitCode = {
  DONE: 0,
  FAILED: 1,
  /** Wrong settings, or a wrong command. */
  USAGE: 2,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** What a job works with. */
export interface JobTools {
  readonly log: JobLog;
  /** Aborted when the job is asked to stop. */
  readonly signal: AbortSignal;
}

/**
 * Runs a job: its failure is one line of the log, and the exit code. A first signal stops it in order; a second one at
 * once.
 */
export async function runJob(name: string, job: (tools: JobTools) => Promise<void>): Promise<void> {
  const log = openLog(process.stderr);
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => controller.abort(new StoppedError(name, signal));
  process.once('SIGTERM', stop).once('SIGINT', stop);
  try {
    await job({ log, signal: controller.signal });
  } catch (error) {
    log.error(`${name} failed`, { reason: error instanceof Error ? error.message : String(error) });
    process.exitCode = exitCodeOf(error);
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

/** The job was asked to stop. */
export class StoppedError extends Error {
  public constructor(
    job: string,
    /** What it was asked with. */
    public readonly signal: NodeJS.Signals,
  ) {
    super(`${job} was stopped by ${signal}. HINT: run it again when whoever stopped it agrees.`);
    this.name = 'StoppedError';
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof StoppedError) {
    return error.signal === 'SIGINT' ? ExitCode.SIGINT : ExitCode.SIGTERM;
  }
  return error instanceof SettingsError ? ExitCode.USAGE : ExitCode.FAILED;
}

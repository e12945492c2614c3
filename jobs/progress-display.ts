import type { DumpProgress } from '../engine/dump/progress';
import type { JobLog } from './job-log';

/** Shows how far a dump has come until it is stopped. */
export interface ProgressDisplay {
  stop(): void;
}

/** A bar on a terminal; elsewhere a line of the log every ten seconds. */
export async function showProgress(
  progress: DumpProgress,
  log: JobLog,
  terminal: NodeJS.WriteStream,
): Promise<ProgressDisplay> {
  return terminal.isTTY ? showBar(progress, terminal) : showLines(progress, log);
}

/** Figures of a progress: the rate is the mean since the beginning, and what is left is guessed from the tables. */
export function progressFigures(progress: DumpProgress, elapsedMs: number) {
  const { tables, tablesDone, tenants, tenantsDone, bytes } = progress;
  const seconds = elapsedMs / 1000;
  return {
    tenants: `${tenantsDone}/${tenants}`,
    tables: `${tablesDone}/${tables}`,
    bytes,
    bytesPerSecond: Math.round(bytes / Math.max(seconds, 0.001)),
    secondsLeft: tablesDone === 0 ? undefined : Math.round((seconds * (tables - tablesDone)) / tablesDone),
  };
}

const LINE_INTERVAL_MS = 10_000;
const BAR_INTERVAL_MS = 200;

function showLines(progress: DumpProgress, log: JobLog): ProgressDisplay {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    log.info('dumping', { ...progressFigures(progress, Date.now() - startedAt), tenant: progress.current });
  }, LINE_INTERVAL_MS).unref();
  return { stop: () => clearInterval(timer) };
}

async function showBar(progress: DumpProgress, terminal: NodeJS.WriteStream): Promise<ProgressDisplay> {
  const { default: cliProgress } = await import('cli-progress');
  const startedAt = Date.now();
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    hideCursor: true,
    clearOnComplete: true,
    format: '{bar} {percentage}%  tables {value}/{total}  {megabytes} MB  {rate} MB/s  left {left}  {tenant}',
  });
  const payload = () => {
    const { bytes, bytesPerSecond, secondsLeft } = progressFigures(progress, Date.now() - startedAt);
    return {
      megabytes: megabytes(bytes),
      rate: megabytes(bytesPerSecond),
      left: secondsLeft === undefined ? '?' : `${secondsLeft} s`,
      tenant: progress.current ?? '',
    };
  };
  const timer = setInterval(() => {
    // Until the tables are counted a bar would be full.
    if (progress.tables > 0 && !bar.isActive) {
      bar.start(progress.tables, progress.tablesDone, payload());
    }
    bar.setTotal(progress.tables);
    bar.update(progress.tablesDone, payload());
  }, BAR_INTERVAL_MS).unref();
  return {
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

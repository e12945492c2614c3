import type { WorkLog } from '../signals/work-log';

/** Tells how far a restore has come, in a line of the log every ten seconds at most. */
export function restoreProgress(log: WorkLog, now: () => number = Date.now) {
  let toldAt = now();
  return (section: string, done: number, of: number): void => {
    if (now() - toldAt >= INTERVAL_MS) {
      toldAt = now();
      log.info('restoring', { section, archives: `${done}/${of}` });
    }
  };
}

const INTERVAL_MS = 10_000;

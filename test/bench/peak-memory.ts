/**
 * Preloaded into a process (`node --require`), writes the most memory that it had, in MB of 1,000,000 bytes, into the file
 * that `BENCH_PEAK_FILE` names when it exits.
 */
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_PEAK_FILE;
if (file !== undefined) {
  process.once('exit', () => {
    // Node counts in KiB.
    writeFileSync(file, String((process.resourceUsage().maxRSS * 1_024) / 1e6));
  });
}

/**
 * One verification of an RDB file, as a process: `node rdb-verify-run.js <file>` prints a {@link RdbVerificationReport}. It
 * fails when the file does.
 */
import { createReadStream } from 'node:fs';
import { verifyRdb } from '../../engine/rdb/verify';

/** What the process prints. */
export interface RdbVerificationReport {
  /** From the opening of the file to the verdict, without the start of Node. */
  readonly seconds: number;
  readonly keys: number;
  /** Most memory the process had, in MB of 1,000,000 bytes. */
  readonly peakMb: number;
}

const PIECE_BYTES = 1024 * 1024;

async function verify(file: string): Promise<RdbVerificationReport> {
  const started = performance.now();
  const { databases, checksum } = await verifyRdb(createReadStream(file, { highWaterMark: PIECE_BYTES }));
  if (checksum !== 'verified') {
    throw new Error(`The checksum of ${file} is ${checksum}.`);
  }
  return {
    seconds: (performance.now() - started) / 1_000,
    keys: databases.reduce((sum, { keys }) => sum + keys, 0),
    // Node counts in KiB.
    peakMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
  };
}

verify(process.argv[2] ?? '').then((report) => console.log(JSON.stringify(report)));

/**
 * One verification of an archive, as a process: `node archive-verify-run.js <file> <SHA-256>` prints a
 * {@link VerificationReport}. It fails when the archive does.
 */
import { createReadStream } from 'node:fs';
import { verifyArchive } from '../../engine/archive/verify';

/** What the process prints. */
export interface VerificationReport {
  /** From the opening of the file to the verdict, without the start of Node. */
  readonly seconds: number;
  readonly rows: number;
  /** Most memory the process had, in MB of 1,000,000 bytes. */
  readonly peakMb: number;
}

const PIECE_BYTES = 1024 * 1024;

async function verify(file: string, sha256: string): Promise<VerificationReport> {
  const started = performance.now();
  const { tables } = await verifyArchive(createReadStream(file, { highWaterMark: PIECE_BYTES }), sha256);
  return {
    seconds: (performance.now() - started) / 1_000,
    rows: tables.reduce((sum, { rows = 0 }) => sum + rows, 0),
    // Node counts in KiB.
    peakMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
  };
}

verify(process.argv[2] ?? '', process.argv[3] ?? '').then((report) => console.log(JSON.stringify(report)));

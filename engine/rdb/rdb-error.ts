/**
 * What kind of fault an RDB file has:
 *
 * - `truncated`: the stream ended before the file did;
 * - `checksum`: the CRC64 at its end is not that of its bytes;
 * - `corrupt`: a value that no server writes;
 * - `unknown`: a version, an opcode or a type of value that this reader does not know, so that it cannot pass over it;
 * - `limit`: more than the reader keeps count of.
 */
export type RdbFault = 'truncated' | 'checksum' | 'corrupt' | 'unknown' | 'limit';

/** An RDB file that cannot be trusted, with the place where that showed. */
export class RdbError extends Error {
  /** Kind of the fault. */
  public readonly fault: RdbFault;
  /** Bytes from the start of the file to where the fault showed. */
  public readonly offset: number;

  public constructor(fault: RdbFault, offset: number, problem: string) {
    super(`RDB file, byte ${offset}: ${problem}. HINT: ${HINTS[fault]}`);
    this.name = 'RdbError';
    this.fault = fault;
    this.offset = offset;
  }
}

const ANOTHER = 'do not restore from this file; fetch it again, and if it stays so, use another recovery point';

const HINTS: Readonly<Record<RdbFault, string>> = {
  truncated: `the snapshot or its copy was cut off: ${ANOTHER}.`,
  checksum: `bytes changed after the snapshot was written: ${ANOTHER}.`,
  corrupt: `the file is damaged, or is no RDB file: ${ANOTHER}.`,
  unknown:
    'known are files of Redis up to 8.8 and Valkey up to 9.1; a newer Holdfast may know more, else the file is damaged.',
  limit: `the file is most likely damaged: ${ANOTHER}.`,
};

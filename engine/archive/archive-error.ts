/**
 * What kind of fault an archive has:
 *
 * - `truncated`: the stream ended before the archive did;
 * - `malformed`: a value that no `pg_dump` writes;
 * - `unsupported`: a format, version or option that this reader does not know;
 * - `limit`: a length above the bound that the reader keeps to;
 * - `blocks`: the data blocks are not those that the table of contents announces;
 * - `data`: a block's content does not decompress, or is no complete COPY;
 * - `digest`: the bytes are not the ones that were written.
 */
export type ArchiveFault = 'truncated' | 'malformed' | 'unsupported' | 'limit' | 'blocks' | 'data' | 'digest';

/** A PostgreSQL archive that cannot be trusted, with the place where that showed. */
export class ArchiveError extends Error {
  /** Kind of the fault. */
  public readonly fault: ArchiveFault;
  /** Bytes from the start of the archive to where the fault showed. */
  public readonly offset: number;

  public constructor(fault: ArchiveFault, offset: number, problem: string, options?: ErrorOptions) {
    super(`Archive, byte ${offset}: ${problem}. HINT: ${HINTS[fault]}`, options);
    this.name = 'ArchiveError';
    this.fault = fault;
    this.offset = offset;
  }
}

const ANOTHER = 'do not restore from this file; fetch it again, and if it stays so, use another recovery point';

const HINTS: Readonly<Record<ArchiveFault, string>> = {
  truncated: `the dump or its upload was cut off: ${ANOTHER}.`,
  malformed: `the file is damaged, or is no archive of pg_dump -Fc: ${ANOTHER}.`,
  unsupported: 'use pg_dump -Fc of PostgreSQL 12 to 18 with compression none, gzip, lz4 or zstd.',
  limit: `the file is most likely damaged: ${ANOTHER}.`,
  blocks: `blocks were lost, swapped or added after the dump: ${ANOTHER}.`,
  data: `the block was damaged after the dump: ${ANOTHER}.`,
  digest: `the bytes changed after the dump was written: ${ANOTHER}.`,
};

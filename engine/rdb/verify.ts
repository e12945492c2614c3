import type { Reading } from './cursor';
import { FileCursor } from './file-cursor';
import { giveBackKernel, takeKernel } from './kernel';
import { FIRST_VERSION_WITH_CHECKSUM, RecordReader } from './records';
import type { RdbDatabase } from './tally';
import type { RdbKind } from './values';

export type { RdbDatabase } from './tally';

/** What a complete reading of an RDB file found. */
export interface RdbVerdict {
  /** By the first bytes: Valkey writes its own name since version 9, and Redis' before. */
  readonly kind: RdbKind;
  /** Version of the format: 9 for Redis 5 and 6, 10 for 7.0, 11 for 7.2 and Valkey 7 and 8, 12 to 14 for 7.4 to 8.8, 80 for Valkey 9. */
  readonly version: number;
  /** Bytes of the whole stream, those behind the file's end among them. */
  readonly bytes: number;
  /** `disabled`: the server writes none (`rdbchecksum no`); `none`: versions before 5 have none. */
  readonly checksum: 'verified' | 'disabled' | 'none';
  /** By their numbers; those that are neither announced nor have a key are left out. */
  readonly databases: readonly RdbDatabase[];
  /** Well known fields of information, such as `redis-ver`, `ctime` (seconds) and `used-mem` (bytes). */
  readonly aux: Readonly<Record<string, string>>;
  /** Number of libraries of functions. */
  readonly functions: number;
  /** Types of modules whose values were passed over, sorted; at most 100. */
  readonly modules: readonly string[];
  /** Bytes behind the end of the file. Servers do not look at them; whole files have none. */
  readonly trailingBytes: number;
}

/**
 * Reads an RDB file of Redis or Valkey from its first byte to its last: walks every key and value, decompresses what is
 * compressed, looks through every encoding, and compares the checksum. No server is needed, and memory is a few hundred
 * kilobytes whatever the file holds or claims.
 *
 * What a reading in bounded memory cannot tell is whether a key or an element is there twice; a file with its checksum has
 * what the server wrote. A file without one is no error, neither are bytes behind its end: the verdict names both, and
 * whoever asked decides. A damage can make a file look so; only `verified` without trailing bytes is proof.
 *
 * @throws RdbError at the first fault
 * @see https://github.com/redis/redis/blob/7.2.0/src/rdb.c
 * @see https://github.com/valkey-io/valkey/blob/9.0.0/src/rdb.c
 */
export async function verifyRdb(source: AsyncIterable<Uint8Array>): Promise<RdbVerdict> {
  const kernel = takeKernel();
  try {
    const file = new FileCursor(kernel);
    const reading = readFile(file);
    reading.next();
    for await (const piece of source) {
      file.offer(piece);
      reading.next();
    }
    file.finish();
    return reading.next().value as RdbVerdict;
  } finally {
    giveBackKernel(kernel);
  }
}

function* readFile(file: FileCursor): Reading<RdbVerdict> {
  const { kind, version } = yield* readHeader(file);
  const records = new RecordReader(file, kind, version);
  yield* records.toEnd();
  const checksum = version < FIRST_VERSION_WITH_CHECKSUM ? 'none' : yield* readChecksum(file);
  const trailingBytes = yield* skipRest(file);
  if (checksum === 'none' && trailingBytes === CHECKSUM_BYTES) {
    const problem = `as many bytes as a checksum has follow a file of version ${version}, which has none`;
    throw file.error('corrupt', `${problem}; its version is damaged`);
  }
  return { kind, version, bytes: file.offset, checksum, ...records.tally.result(), trailingBytes };
}

/** The name and the version together have 9 bytes. */
function* readHeader(file: FileCursor): Reading<{ kind: RdbKind; version: number }> {
  yield* file.require(HEADER_BYTES, 'the header');
  const header = String.fromCharCode(...file.window.subarray(0, HEADER_BYTES));
  const [, name, digits] = /^(REDIS|VALKEY)(\d+)$/.exec(header) ?? [];
  if (digits === undefined) {
    throw file.error('corrupt', 'the file begins with neither REDIS nor VALKEY and a version');
  }
  const kind = name === 'REDIS' ? 'redis' : 'valkey';
  const version = Number(digits);
  const { oldest, newest } = VERSIONS[kind];
  if (version < oldest || version > newest) {
    throw file.error('unknown', `version ${version} of ${kind} is not known, ${oldest} to ${newest} are`);
  }
  file.position = HEADER_BYTES;
  return { kind, version };
}

function* readChecksum(file: FileCursor): Reading<'verified' | 'disabled'> {
  const computed = file.checksum();
  yield* file.require(CHECKSUM_BYTES, 'the checksum');
  const stored = BigInt(file.uint(4)) | (BigInt(file.uint(4)) << 32n);
  if (stored === 0n) {
    return 'disabled';
  }
  if (stored !== computed) {
    const hexadecimal = (value: bigint) => value.toString(16).padStart(16, '0');
    throw file.error('checksum', `the CRC64 is ${hexadecimal(computed)}, must be ${hexadecimal(stored)}`);
  }
  return 'verified';
}

/** @returns number of bytes that were left */
function* skipRest(file: FileCursor): Reading<number> {
  const from = file.offset;
  do {
    file.position = file.end;
  } while (yield* file.fill());
  return file.offset - from;
}

const HEADER_BYTES = 9;
const CHECKSUM_BYTES = 8;
/** Redis 8.8 writes 14, Valkey 9.2 writes 81; Valkey keeps away from the numbers of Redis that it does not share. */
const VERSIONS: Readonly<Record<RdbKind, { readonly oldest: number; readonly newest: number }>> = {
  redis: { oldest: 1, newest: 14 },
  valkey: { oldest: 80, newest: 81 },
};

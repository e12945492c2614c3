import { ArchiveError } from './archive-error';
import { type ByteReader, INT_BYTES } from './byte-reader';
import type { DataEntry } from './toc';

/** Stretches of bytes, as pairs: where one begins, and where it ends. */
export type Spans = readonly number[];

/**
 * A part of a data block, in the order of the archive. A table's block is `start`, `data` once or more, `end`. A block
 * of large objects is `start`, then for each object `largeObject` and `data` once or more, then `end`.
 *
 * `raw` are the bytes of the part as they stand in the archive: all of them, one after the other, are the block. They
 * share memory with the source's piece.
 */
export type BlockPart =
  | { readonly kind: 'start'; readonly entry: DataEntry; readonly offset: number; readonly raw: Buffer }
  | { readonly kind: 'largeObject'; readonly oid: number; readonly offset: number; readonly raw: Buffer }
  | DataPart
  | { readonly kind: 'end'; readonly offset: number; readonly raw: Buffer };

/** Content of a table or a large object, all of it or some. */
export interface DataPart {
  readonly kind: 'data';
  /** Where the compressed content lies in `raw`, without the lengths in between. */
  readonly spans: Spans;
  /** Whether the content of this table or large object is complete. */
  readonly isLast: boolean;
  readonly offset: number;
  readonly raw: Buffer;
}

/**
 * Reads all data blocks to the end of the archive, and checks that they are those of the table of contents.
 *
 * @param entries those with data, in the order of the archive.
 */
export async function* readBlocks(reader: ByteReader, entries: readonly DataEntry[]): AsyncGenerator<BlockPart, void> {
  try {
    for (const entry of entries) {
      yield await readStart(reader, entry, entries);
      yield* entry.kind === LARGE_OBJECTS ? readLargeObjects(reader) : readTable(reader);
    }
    if (!(await reader.atEnd())) {
      throw new ArchiveError('blocks', reader.offset, TRAILING_BYTES);
    }
  } finally {
    await reader.close();
  }
}

/**
 * From PostgreSQL 16 on, `pg_dump -Fc > file` leaves such a tail: it opens its output for appending, then means to
 * write the table of contents over the first one. Seen with 17.10 and 18.6; `-f file` and pipes are not affected.
 */
const TRAILING_BYTES =
  'bytes follow the last data block, where the file must end; if pg_dump was redirected to the file, use its -f or a pipe';

/** Kind of the entries whose blocks hold large objects; every other block holds one table. */
const LARGE_OBJECTS = 'BLOBS';
/** `BLK_DATA` and `BLK_BLOBS` in pg_backup_archiver.h. */
const DATA_BLOCK = 1;
const LARGE_OBJECTS_BLOCK = 3;
const START_BYTES = 1 + INT_BYTES;

/**
 * Blocks stand in the order of the table of contents (`WriteDataChunks` in pg_backup_archiver.c), one for each entry
 * with data: so the next one is known, and a lost, doubled, swapped or foreign block shows at its first byte.
 */
async function readStart(reader: ByteReader, entry: DataEntry, entries: readonly DataEntry[]): Promise<BlockPart> {
  await reader.require(START_BYTES, `the start of the data block of ${label(entry)}`);
  const { offset } = reader;
  const mark = reader.mark();
  const type = reader.byte('a data block');
  const dumpId = reader.int('the number of a data block');
  if (dumpId !== entry.dumpId) {
    const found = entries.find((candidate) => candidate.dumpId === dumpId);
    const what = found === undefined ? 'of no entry with data' : `of ${label(found)}`;
    throw new ArchiveError(
      'blocks',
      offset,
      `found the data block ${dumpId} ${what}, expected that of ${label(entry)}`,
    );
  }
  const expectedType = entry.kind === LARGE_OBJECTS ? LARGE_OBJECTS_BLOCK : DATA_BLOCK;
  if (type !== expectedType) {
    throw new ArchiveError('blocks', offset, `the data block of ${label(entry)} has type ${type}, not ${expectedType}`);
  }
  if (entry.dataOffset !== undefined && entry.dataOffset !== offset) {
    const problem = `the data block of ${label(entry)} begins here, the table of contents says byte ${entry.dataOffset}`;
    throw new ArchiveError('blocks', offset, problem);
  }
  return { kind: 'start', entry, offset, raw: reader.since(mark) };
}

async function* readTable(reader: ByteReader): AsyncGenerator<BlockPart, void> {
  yield* readData(reader);
  yield { kind: 'end', offset: reader.offset, raw: Buffer.alloc(0) };
}

/** The objects, each after its OID, up to an OID of 0. */
async function* readLargeObjects(reader: ByteReader): AsyncGenerator<BlockPart, void> {
  for (;;) {
    await reader.require(INT_BYTES, 'the OID of a large object');
    const { offset } = reader;
    const mark = reader.mark();
    // An OID is unsigned, the integer that pg_dump writes it as is not.
    const oid = reader.int('the OID of a large object') >>> 0;
    const raw = reader.since(mark);
    if (oid === 0) {
      yield { kind: 'end', offset, raw };
      return;
    }
    yield { kind: 'largeObject', oid, offset, raw };
    yield* readData(reader);
  }
}

/** The content of one table or large object: chunks, each after its length, up to a length of 0. */
async function* readData(reader: ByteReader): AsyncGenerator<BlockPart, void> {
  let chunkLeft = 0;
  for (;;) {
    await reader.require(chunkLeft > 0 ? 1 : INT_BYTES, 'a data block');
    const { offset } = reader;
    const bytes = reader.peek();
    const spans: number[] = [];
    let position = 0;
    let isLast = false;
    // Chunks can be as small as a row: all that is there is taken at once, without waiting in between.
    while (!isLast && position < bytes.length) {
      if (chunkLeft > 0) {
        const end = Math.min(bytes.length, position + chunkLeft);
        spans.push(position, end);
        chunkLeft -= end - position;
        position = end;
      } else if (position + INT_BYTES <= bytes.length) {
        chunkLeft = chunkLength(bytes, position, offset);
        isLast = chunkLeft === 0;
        position += INT_BYTES;
      } else {
        break;
      }
    }
    yield { kind: 'data', spans, isLast, offset, raw: reader.bytes(position, 'a data block') };
    if (isLast) {
      return;
    }
  }
}

/** Any positive length is accepted: chunks are passed on as they arrive and take no memory. */
function chunkLength(bytes: Buffer, position: number, offset: number): number {
  const sign = bytes[position];
  const length = bytes.readUInt32LE(position + 1);
  if (sign !== 0) {
    const found = sign === 1 ? `${-length}` : `an integer of sign ${sign}`;
    throw new ArchiveError('malformed', offset + position, `the length of a chunk is ${found}, must be 0 or more`);
  }
  return length;
}

/** An entry in errors. PostgreSQL's own names are short; those of a damaged archive need not be. */
function label({ kind, schema, name }: DataEntry): string {
  const text = `${kind} ${schema === undefined ? '' : `${schema}.`}${name}`;
  return text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH)}…` : text;
}

/** A kind and two names of 63 bytes fit into it. */
const LABEL_LENGTH = 200;

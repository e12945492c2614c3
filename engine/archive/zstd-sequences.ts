import { BackwardBits, damagedZstd } from './zstd-bits';
import { buildFseTable, type FseTable, readFseTable, rleTable } from './zstd-entropy';

/** The three tables that sequences are written with; the next block may use them again. */
export interface SequenceTables {
  readonly literalLengths: FseTable;
  readonly offsets: FseTable;
  readonly matchLengths: FseTable;
}

/** Receives one sequence: so many literals, then so many bytes copied. `offset` is still coded (RFC 8878, 3.1.1.5). */
export type SequenceSink = (literals: number, offset: number, matchLength: number) => void;

/**
 * Reads the sequences of a compressed block (RFC 8878, 3.1.1.3.2), which stand after its literals.
 *
 * @returns the tables they were written with.
 */
export function readSequences(
  block: Buffer,
  start: number,
  former: SequenceTables | undefined,
  sink: SequenceSink,
): SequenceTables | undefined {
  const { count, end } = readCount(block, start);
  if (count === 0) {
    if (end !== block.length) {
      throw damagedZstd('bytes follow a block without sequences');
    }
    return former;
  }
  const modes = byteAt(block, end);
  if ((modes & 3) !== 0) {
    throw damagedZstd('reserved bits are set in a block');
  }
  const literalLengths = readTable(block, end + 1, modes >> 6, LITERAL_LENGTHS, former?.literalLengths);
  const offsets = readTable(block, literalLengths.end, (modes >> 4) & 3, OFFSETS, former?.offsets);
  const matchLengths = readTable(block, offsets.end, (modes >> 2) & 3, MATCH_LENGTHS, former?.matchLengths);
  const tables = {
    literalLengths: literalLengths.table,
    offsets: offsets.table,
    matchLengths: matchLengths.table,
  };
  decodeSequences(new BackwardBits(block, matchLengths.end, block.length), count, tables, sink);
  return tables;
}

/** A kind of code: its default table, and the bounds of a described one. */
interface Codes {
  readonly standard: FseTable;
  readonly maxLog: number;
  readonly maxSymbol: number;
}

function ones(count: number): number[] {
  return new Array<number>(count).fill(1);
}

function rare(count: number): number[] {
  return new Array<number>(count).fill(-1);
}

/** Default distributions: RFC 8878, 3.1.1.3.2.2. */
const LITERAL_LENGTHS: Codes = {
  standard: buildFseTable(
    [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, ...ones(5), ...rare(4)],
    6,
  ),
  maxLog: 9,
  maxSymbol: 35,
};
const OFFSETS: Codes = {
  standard: buildFseTable([...ones(6), 2, 2, 2, ...ones(15), ...rare(5)], 5),
  maxLog: 8,
  // Code 27 already reaches back further than the largest window that is accepted.
  maxSymbol: 30,
};
const MATCH_LENGTHS: Codes = {
  standard: buildFseTable([1, 4, 3, 2, 2, 2, 2, 2, 2, ...ones(37), ...rare(7)], 6),
  maxLog: 9,
  maxSymbol: 52,
};

/** Baselines and additional bits of the codes: RFC 8878, 3.1.1.3.2.1.1. */
const LITERAL_LENGTH_BITS = bitsOfCodes(16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const LITERAL_LENGTH_BASES = baselines(0, LITERAL_LENGTH_BITS);
const MATCH_LENGTH_BITS = bitsOfCodes(32, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_LENGTH_BASES = baselines(3, MATCH_LENGTH_BITS);

function bitsOfCodes(withoutBits: number, rest: readonly number[]): number[] {
  return [...new Array<number>(withoutBits).fill(0), ...rest];
}

/** Each code begins where the values of the one before it end. */
function baselines(first: number, bits: readonly number[]): number[] {
  const bases: number[] = [];
  let next = first;
  for (const width of bits) {
    bases.push(next);
    next += 1 << width;
  }
  return bases;
}

const PREDEFINED = 0;
const RLE = 1;
const DESCRIBED = 2;

function readTable(block: Buffer, start: number, mode: number, codes: Codes, former: FseTable | undefined) {
  switch (mode) {
    case PREDEFINED:
      return { table: codes.standard, end: start };
    case RLE: {
      const symbol = byteAt(block, start);
      if (symbol > codes.maxSymbol) {
        throw damagedZstd(`a code is ${symbol}, the limit is ${codes.maxSymbol}`);
      }
      return { table: rleTable(symbol), end: start + 1 };
    }
    case DESCRIBED:
      return readFseTable(block, start, codes.maxLog, codes.maxSymbol);
    default:
      if (former === undefined) {
        throw damagedZstd('a block uses a table that no block before it described');
      }
      return { table: former, end: start };
  }
}

function readCount(block: Buffer, start: number): { count: number; end: number } {
  const first = byteAt(block, start);
  if (first < 128) {
    return { count: first, end: start + 1 };
  }
  const second = byteAt(block, start + 1);
  if (first < 255) {
    return { count: ((first - 128) << 8) + second, end: start + 2 };
  }
  return { count: second + (byteAt(block, start + 2) << 8) + 0x7f00, end: start + 3 };
}

function decodeSequences(bits: BackwardBits, count: number, tables: SequenceTables, sink: SequenceSink): void {
  const { literalLengths, offsets, matchLengths } = tables;
  let literalState = bits.take(literalLengths.accuracyLog);
  let offsetState = bits.take(offsets.accuracyLog);
  let matchState = bits.take(matchLengths.accuracyLog);
  for (let left = count; left > 0; left -= 1) {
    const offsetCode = offsets.symbols[offsetState] ?? 0;
    const matchCode = matchLengths.symbols[matchState] ?? 0;
    const literalCode = literalLengths.symbols[literalState] ?? 0;
    const offset = (1 << offsetCode) + bits.take(offsetCode);
    const matchLength = (MATCH_LENGTH_BASES[matchCode] ?? 0) + bits.take(MATCH_LENGTH_BITS[matchCode] ?? 0);
    const literals = (LITERAL_LENGTH_BASES[literalCode] ?? 0) + bits.take(LITERAL_LENGTH_BITS[literalCode] ?? 0);
    if (left > 1) {
      literalState = nextState(literalLengths, literalState, bits);
      matchState = nextState(matchLengths, matchState, bits);
      offsetState = nextState(offsets, offsetState, bits);
    }
    if (bits.left < 0) {
      throw damagedZstd('sequences are cut');
    }
    sink(literals, offset, matchLength);
  }
  if (bits.left !== 0) {
    throw damagedZstd('sequences do not end where they should');
  }
}

function nextState(table: FseTable, state: number, bits: BackwardBits): number {
  return (table.baselines[state] ?? 0) + bits.take(table.bits[state] ?? 0);
}

function byteAt(block: Buffer, index: number): number {
  const byte = block[index];
  if (byte === undefined) {
    throw damagedZstd('a block is cut');
  }
  return byte;
}

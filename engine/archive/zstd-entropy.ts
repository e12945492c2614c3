import { BackwardBits, damagedZstd, ForwardBits, highestBit } from './zstd-bits';

/** Decoding table of finite state entropy: for each state its symbol, and how to get to the next state. */
export interface FseTable {
  /** Bits of the first state. */
  readonly accuracyLog: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly baselines: Uint16Array;
}

/** Decoding table of Huffman codes: for each value of the next bits the symbol, and how many of them it takes. */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** A table, and the index of the first byte after its description. */
export interface Described<Table> {
  readonly table: Table;
  readonly end: number;
}

/** A table that always gives the same symbol and takes no bits. */
export function rleTable(symbol: number): FseTable {
  return { accuracyLog: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), baselines: new Uint16Array(1) };
}

/** Reads the description of a table (RFC 8878, 4.1.1), at most `maxLog` bits wide and up to symbol `maxSymbol`. */
export function readFseTable(bytes: Buffer, start: number, maxLog: number, maxSymbol: number): Described<FseTable> {
  const bits = new ForwardBits(bytes, start);
  const accuracyLog = bits.peek(4) + 5;
  bits.skip(4);
  if (accuracyLog > maxLog) {
    throw damagedZstd(`a table is ${accuracyLog} bits wide, the limit is ${maxLog}`);
  }
  const probabilities = readProbabilities(bits, 1 << accuracyLog, maxSymbol);
  if (bits.end > bytes.length) {
    throw damagedZstd('a table is cut');
  }
  return { table: buildFseTable(probabilities, accuracyLog), end: bits.end };
}

/** Builds a table from the probabilities of its symbols (RFC 8878, 4.1.1); -1 stands for "less than one". */
export function buildFseTable(probabilities: readonly number[], accuracyLog: number): FseTable {
  const size = 1 << accuracyLog;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size;
  probabilities.forEach((probability, symbol) => {
    if (probability === -1) {
      high -= 1;
      symbols[high] = symbol;
    }
    next[symbol] = Math.abs(probability);
  });
  spread(probabilities, symbols, high);
  const bits = new Uint8Array(size);
  const baselines = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] ?? 0;
    const count = next[symbol] ?? 0;
    next[symbol] = count + 1;
    const width = accuracyLog - highestBit(count);
    bits[state] = width;
    baselines[state] = (count << width) - size;
  }
  return { accuracyLog, symbols, bits, baselines };
}

/** Reads the description of Huffman codes (RFC 8878, 4.2.1). */
export function readHuffmanTable(bytes: Buffer, start: number): Described<HuffmanTable> {
  const header = bytes[start];
  if (header === undefined) {
    throw damagedZstd('Huffman codes are cut');
  }
  const count = header - DIRECT_WEIGHTS;
  const end = start + 1 + (count >= 0 ? (count + 2) >> 1 : header);
  if (end > bytes.length) {
    throw damagedZstd('Huffman codes are cut');
  }
  const weights =
    count >= 0 ? directWeights(bytes, start + 1, count + 1) : fseWeights(bytes.subarray(0, end), start + 1);
  return { table: buildHuffmanTable(weights), end };
}

function readProbabilities(bits: ForwardBits, size: number, maxSymbol: number): number[] {
  const probabilities: number[] = [];
  let remaining = size;
  while (remaining > 0) {
    const probability = readProbability(bits, remaining);
    remaining -= Math.abs(probability);
    probabilities.push(probability);
    let repeats = probability === 0 ? 3 : 0;
    while (repeats === 3) {
      repeats = bits.peek(2);
      bits.skip(2);
      for (let index = 0; index < repeats; index += 1) {
        probabilities.push(0);
      }
      if (probabilities.length > maxSymbol) {
        break;
      }
    }
    if (probabilities.length > maxSymbol + 1 || remaining < 0) {
      throw damagedZstd('the probabilities of a table do not add up');
    }
  }
  return probabilities;
}

/** Values that cannot all occur any more take a bit less. */
function readProbability(bits: ForwardBits, remaining: number): number {
  const width = highestBit(remaining + 1) + 1;
  const value = bits.peek(width);
  const lowMask = (1 << (width - 1)) - 1;
  const threshold = (1 << width) - 2 - remaining;
  if ((value & lowMask) < threshold) {
    bits.skip(width - 1);
    return (value & lowMask) - 1;
  }
  bits.skip(width);
  return (value > lowMask ? value - threshold : value) - 1;
}

/** Spreads the symbols over the states below `high`, each as often as it is probable. */
function spread(probabilities: readonly number[], symbols: Uint8Array, high: number): void {
  const mask = symbols.length - 1;
  const step = (symbols.length >> 1) + (symbols.length >> 3) + 3;
  let position = 0;
  probabilities.forEach((probability, symbol) => {
    for (let index = 0; index < probability; index += 1) {
      symbols[position] = symbol;
      do {
        position = (position + step) & mask;
      } while (position >= high && high > 0);
    }
  });
}

const DIRECT_WEIGHTS = 128;
const WEIGHT_LIMIT = 11;
const WEIGHTS_LOG = 6;
const MOST_WEIGHTS = 255;

function directWeights(bytes: Buffer, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const byte = bytes[start + (index >> 1)] ?? 0;
    return index % 2 === 0 ? byte >> 4 : byte & 15;
  });
}

/** Weights compressed with finite state entropy, by two states in turn, until the bits are used up. */
function fseWeights(bytes: Buffer, start: number): number[] {
  const { table, end } = readFseTable(bytes, start, WEIGHTS_LOG, WEIGHT_LIMIT + 1);
  const bits = new BackwardBits(bytes, end, bytes.length);
  let current = bits.take(table.accuracyLog);
  let other = bits.take(table.accuracyLog);
  const weights: number[] = [];
  while (weights.length < MOST_WEIGHTS) {
    weights.push(table.symbols[current] ?? 0);
    const next = (table.baselines[current] ?? 0) + bits.take(table.bits[current] ?? 0);
    if (bits.left < 0) {
      weights.push(table.symbols[other] ?? 0);
      return weights;
    }
    current = other;
    other = next;
  }
  throw damagedZstd('Huffman codes have too many weights');
}

/** The last weight is not written: it makes the sum a power of two. */
function buildHuffmanTable(weights: readonly number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  const maxBits = highestBit(sum) + 1;
  const missing = (1 << maxBits) - sum;
  if (sum === 0 || maxBits > WEIGHT_LIMIT || (missing & (missing - 1)) !== 0) {
    throw damagedZstd('the weights of Huffman codes do not add up');
  }
  const symbols = new Uint8Array(1 << maxBits);
  const bits = new Uint8Array(1 << maxBits);
  const all = [...weights, highestBit(missing) + 1];
  let position = 0;
  for (let weight = 1; weight <= maxBits; weight += 1) {
    const length = 1 << (weight - 1);
    all.forEach((candidate, symbol) => {
      if (candidate === weight) {
        symbols.fill(symbol, position, position + length);
        bits.fill(maxBits + 1 - weight, position, position + length);
        position += length;
      }
    });
  }
  return { maxBits, symbols, bits };
}

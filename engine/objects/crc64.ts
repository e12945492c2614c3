/**
 * Reflected CRC-64 of any polynomial, eight bytes at a time. Integers of 32 bits are what an engine computes fast with, so
 * that remainders and tables are kept as two halves.
 */

/** The remainder while bytes are added. */
export interface Crc64State {
  /** Lower 32 bits, as a signed integer. */
  low: number;
  /** Upper 32 bits, as a signed integer. */
  high: number;
}

/** What a byte contributes that 0 to 7 bytes follow; low and high halves take turns. */
export type Crc64Tables = Int32Array;

/** The tables of a polynomial, given with its bits reversed: the highest bit is the coefficient of x^0. */
export function crc64Tables(reflectedPolynomial: bigint): Crc64Tables {
  const tables = new Int32Array(8 * TABLE_LENGTH);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = BigInt(byte);
    for (let following = 0; following < 8; following += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        remainder = timesX(remainder, reflectedPolynomial);
      }
      tables[following * TABLE_LENGTH + byte * 2] = Number(BigInt.asIntN(32, remainder));
      tables[following * TABLE_LENGTH + byte * 2 + 1] = Number(BigInt.asIntN(32, remainder >> 32n));
    }
  }
  return tables;
}

/** Adds bytes to a remainder. Inverting it before and after, where an algorithm asks for that, is left to the caller. */
export function addToCrc64(state: Crc64State, bytes: Uint8Array, tables: Crc64Tables): void {
  const unaligned = Math.min(-bytes.byteOffset & 3, bytes.length);
  const wordBytes = bytes.length - unaligned - ((bytes.length - unaligned) % 8);
  addBytes(state, bytes.subarray(0, unaligned), tables);
  if (wordBytes > 0) {
    addWords(state, new Int32Array(bytes.buffer, bytes.byteOffset + unaligned, wordBytes / 4), tables);
  }
  addBytes(state, bytes.subarray(unaligned + wordBytes), tables);
}

/** A reflected polynomial multiplied by x, modulo another one of degree 64. */
export function timesX(polynomial: bigint, reflectedModulus: bigint): bigint {
  return polynomial & 1n ? (polynomial >> 1n) ^ reflectedModulus : polynomial >> 1n;
}

/** A remainder as one number of 64 bits. */
export function crc64Value({ low, high }: Crc64State): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** Numbers in the table of one byte: 256 remainders of two halves. */
const TABLE_LENGTH = 512;

/** Eight bytes at a time, each looked up by how many follow it; the words are little-endian, as every platform of Node but s390x has them. */
function addWords(state: Crc64State, words: Int32Array, tables: Crc64Tables): void {
  const at = (place: number): number => tables[place] as number;
  let { low, high } = state;
  for (let index = 0; index < words.length; index += 2) {
    low ^= words[index] as number;
    high ^= words[index + 1] as number;
    const a = (low & 255) << 1;
    const b = ((low >>> 8) & 255) << 1;
    const c = ((low >>> 16) & 255) << 1;
    const d = (low >>> 24) << 1;
    const e = (high & 255) << 1;
    const f = ((high >>> 8) & 255) << 1;
    const g = ((high >>> 16) & 255) << 1;
    const h = (high >>> 24) << 1;
    low = at(3584 + a) ^ at(3072 + b) ^ at(2560 + c) ^ at(2048 + d) ^ at(1536 + e) ^ at(1024 + f) ^ at(512 + g) ^ at(h);
    high =
      at(3585 + a) ^ at(3073 + b) ^ at(2561 + c) ^ at(2049 + d) ^ at(1537 + e) ^ at(1025 + f) ^ at(513 + g) ^ at(1 + h);
  }
  state.low = low;
  state.high = high;
}

function addBytes(state: Crc64State, bytes: Uint8Array, tables: Crc64Tables): void {
  for (const byte of bytes) {
    const place = ((state.low ^ byte) & 255) << 1;
    state.low = ((state.low >>> 8) | (state.high << 24)) ^ (tables[place] as number);
    state.high = (state.high >>> 8) ^ (tables[place + 1] as number);
  }
}

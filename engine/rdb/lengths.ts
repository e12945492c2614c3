import type { Cursor, Reading } from './cursor';
import { bigEndian32 } from './integers';

/** Bytes of the longest length: its kind and 64 bits. */
export const LENGTH_BYTES = 9;

/**
 * Takes a length as `rdbLoadLenByRef` of rdb.c reads it, after that many bytes as {@link LENGTH_BYTES} were asked for.
 *
 * @returns the length, exact up to 2^53; for a special encoding of a string -1 minus its number.
 * @throws RdbError `truncated`, or `corrupt` for a kind of length that there is not
 */
export function takeLength(cursor: Cursor): number {
  cursor.demand(1, 'a length');
  const first = cursor.byte();
  if (first < 0x40) {
    return first;
  }
  if (first >= 0xc0) {
    return -1 - (first & 0x3f);
  }
  if (first < 0x80) {
    cursor.demand(1, 'a length');
    return ((first & 0x3f) << 8) | cursor.byte();
  }
  if (first === LENGTH_OF_32_BITS) {
    return takeBigEndian(cursor);
  }
  if (first === LENGTH_OF_64_BITS) {
    return takeBigEndian(cursor) * 2 ** 32 + takeBigEndian(cursor);
  }
  throw cursor.error('corrupt', `a length begins with byte ${first}, which no length does`);
}

/** Takes a number that is stored like a length, after {@link LENGTH_BYTES} were asked for. */
export function takeNumber(cursor: Cursor, what: string): number {
  const value = takeLength(cursor);
  if (value < 0) {
    throw cursor.error('corrupt', `${what} is a special encoding of a string, must be a number`);
  }
  return value;
}

/** Reads a number that is stored like a length, if it is sure to lie in the window; undefined when not, and nothing is read. */
export function wholeNumber(cursor: Cursor, what: string): number | undefined {
  return cursor.available < LENGTH_BYTES ? undefined : takeNumber(cursor, what);
}

/** Reads a number that is stored like a length. */
export function* readNumber(cursor: Cursor, what: string): Reading<number> {
  yield* cursor.prefetch(LENGTH_BYTES);
  return takeNumber(cursor, what);
}

/** Reads a number that is stored like a length, to its last bit. */
export function* readExactNumber(cursor: Cursor, what: string): Reading<bigint> {
  yield* cursor.prefetch(LENGTH_BYTES);
  cursor.demand(1, what);
  if (cursor.window[cursor.position] !== LENGTH_OF_64_BITS) {
    return BigInt(takeNumber(cursor, what));
  }
  cursor.position += 1;
  return (BigInt(takeBigEndian(cursor)) << 32n) | BigInt(takeBigEndian(cursor));
}

function takeBigEndian(cursor: Cursor): number {
  cursor.demand(4, 'a length');
  const value = bigEndian32(cursor.window, cursor.position);
  cursor.position += 4;
  return value;
}

const LENGTH_OF_32_BITS = 0x80;
const LENGTH_OF_64_BITS = 0x81;

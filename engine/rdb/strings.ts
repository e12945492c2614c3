import type { Cursor, Reading } from './cursor';
import type { FileCursor } from './file-cursor';
import { signed } from './integers';
import { LENGTH_BYTES, takeLength, takeNumber } from './lengths';
import { LzfCursor } from './lzf-cursor';

/** Looks through the content of a string, of which all must be read. Both ways come to the same. */
export interface ContentCheck<Result> {
  /** For a content that lies whole in the window, which is much faster. @default - always the other way */
  readonly whole?: (content: Cursor, bytes: number) => Result;
  /** For a content that may be longer than the window. */
  readonly parts: (content: Cursor, bytes: number) => Reading<Result>;
}

/**
 * Reads the strings of an RDB file: plain ones, integers, and those that LZF compressed (`rdbGenericLoadStringObject` of
 * rdb.c). What lies whole in the window is read at once; the generators are for the rest.
 */
export class StringReader {
  private readonly decompressed: LzfCursor;

  public constructor(public readonly cursor: FileCursor) {
    this.decompressed = new LzfCursor(cursor);
  }

  /** Passes over a string of any kind. */
  public *skip(): Reading {
    if (!this.skipWhole()) {
      yield* this.skipParts();
    }
  }

  /** Passes over that many strings. */
  public *skipMany(count: number): Reading {
    for (let left = count; left > 0; left -= 1) {
      if (!this.skipWhole()) {
        yield* this.skipParts();
      }
    }
  }

  /** Passes over a string that lies whole in the window; false when it does not, and nothing is read. */
  public skipWhole(): boolean {
    const { cursor } = this;
    if (cursor.available < HEAD_BYTES) {
      return false;
    }
    const start = cursor.position;
    const length = takeLength(cursor);
    if (length === LZF) {
      return this.openWhole(start) !== undefined;
    }
    const bytes = length < 0 ? (INTEGER_BYTES[-1 - length] ?? Number.POSITIVE_INFINITY) : length;
    if (bytes <= cursor.available) {
      cursor.position += bytes;
      return true;
    }
    cursor.position = start;
    return false;
  }

  /** Passes over that many strings if all lie in the window; false when they do not, and some are read. */
  public skipManyWhole(count: number): boolean {
    let left = count;
    while (left > 0 && this.skipWhole()) {
      left -= 1;
    }
    return left === 0;
  }

  /** Looks through the content of a string, if that lies whole in the window; undefined when it does not, and nothing is read. */
  public wholeContent<Result>({ whole }: ContentCheck<Result>): Result | undefined {
    const { cursor } = this;
    if (whole === undefined || cursor.available < HEAD_BYTES) {
      return undefined;
    }
    const start = cursor.position;
    const length = takeLength(cursor);
    if (length >= 0 && length <= cursor.available) {
      return whole(cursor, length);
    }
    const contentBytes = length === LZF ? this.openWhole(start) : undefined;
    if (contentBytes === undefined) {
      cursor.position = start;
      return undefined;
    }
    return whole(this.decompressed, contentBytes);
  }

  /**
   * Looks through the content of a string.
   *
   * @param what what it holds, for errors.
   * @throws RdbError `corrupt` when it is stored as an integer
   */
  public *content<Result>(what: string, check: ContentCheck<Result>): Reading<Result> {
    const { cursor, decompressed } = this;
    yield* cursor.prefetch(HEAD_BYTES);
    const length = takeLength(cursor);
    if (length >= 0) {
      return yield* check.parts(cursor, length);
    }
    if (length !== LZF) {
      throw cursor.error('corrupt', `${what} is stored as an integer or in an encoding that there is not`);
    }
    const contentBytes = this.openCompressed();
    const result = yield* check.parts(decompressed, contentBytes);
    yield* decompressed.finish();
    return result;
  }

  /** Reads a string as text; undefined for one that is longer than a limit, or not of printable ASCII. */
  public *text(maxBytes: number): Reading<string | undefined> {
    const { cursor } = this;
    yield* cursor.prefetch(HEAD_BYTES);
    const start = cursor.position;
    const bytes = INTEGER_BYTES[-1 - takeLength(cursor)];
    if (bytes !== undefined) {
      yield* cursor.require(bytes, 'an integer');
      return String(signed(cursor.uint(bytes), 8 * bytes));
    }
    cursor.position = start;
    return yield* this.content('a text', { parts: (content, length) => readText(content, length, maxBytes) });
  }

  private *skipParts(): Reading {
    const { cursor } = this;
    yield* cursor.prefetch(HEAD_BYTES);
    const length = takeLength(cursor);
    if (length === LZF) {
      this.openCompressed();
      return yield* this.decompressed.finish();
    }
    const bytes = length < 0 ? INTEGER_BYTES[-1 - length] : length;
    if (bytes === undefined) {
      throw cursor.error('corrupt', `a string has encoding ${-1 - length}, there are 0 to 3`);
    }
    yield* cursor.skip(bytes, 'a string');
  }

  /**
   * Takes the lengths of a compressed string, after {@link HEAD_BYTES} were asked for.
   *
   * @returns length of the content
   */
  private openCompressed(): number {
    const storedBytes = takeNumber(this.cursor, 'the stored length of a compressed string');
    const contentBytes = takeNumber(this.cursor, 'the length of a compressed string');
    this.decompressed.open(storedBytes, contentBytes);
    return contentBytes;
  }

  /** Decompresses a string behind its encoding, if it lies whole in the window; undefined when it does not, and nothing is read. */
  private openWhole(start: number): number | undefined {
    const contentBytes = this.openCompressed();
    if (this.decompressed.decompressWhole()) {
      return contentBytes;
    }
    this.cursor.position = start;
    return undefined;
  }
}

function* readText(content: Cursor, bytes: number, maxBytes: number): Reading<string | undefined> {
  if (bytes > maxBytes) {
    yield* content.skip(bytes, 'a text');
    return undefined;
  }
  yield* content.require(bytes, 'a text');
  const text = Buffer.from(content.window.subarray(content.position, content.position + bytes)).toString('latin1');
  content.position += bytes;
  return /^[ -~]*$/.test(text) ? text : undefined;
}

/** Bytes of the integers of 8, 16 and 32 bits, by the number of their encoding (`RDB_ENC_INT8` and so on of rdb.h). */
const INTEGER_BYTES: readonly (number | undefined)[] = [1, 2, 4];
/** What {@link takeLength} gives for `RDB_ENC_LZF`, the encoding 3. */
const LZF = -4;
/** An encoding, and the two lengths of a compressed string. */
const HEAD_BYTES = 1 + 2 * LENGTH_BYTES;

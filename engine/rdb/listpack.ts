import type { Cursor, Reading } from './cursor';
import { littleEndian, signed } from './integers';
import type { ContentCheck } from './strings';

/**
 * Is told of each entry of a listpack in order.
 *
 * @param value of an integer, exact up to 2^53; NaN for a string.
 */
export type EntryObserver = (value: number) => void;

/**
 * Looks through a listpack as `lpValidateIntegrity` of listpack.c does when it is thorough: header, every entry with the
 * length that is repeated behind it, terminator, number of entries.
 *
 * @param observer makes who is told of the entries of a listpack. @default - nobody
 * @returns a check that comes to the number of entries
 */
export function listpackCheck(observer?: (content: Cursor) => EntryObserver): ContentCheck<number> {
  return {
    whole: (content, bytes) => {
      const scan = new ListpackScan(content, bytes, observer?.(content));
      scan.readWhole();
      return scan.end();
    },
    *parts(content, bytes) {
      yield* content.prefetch(Math.min(HEADER_BYTES, bytes));
      const scan = new ListpackScan(content, bytes, observer?.(content));
      for (scan.readWhole(); scan.left > 0; scan.readWhole()) {
        yield* scan.readCut();
      }
      yield* content.prefetch(1);
      return scan.end();
    },
  };
}

class ListpackScan {
  /** Bytes of entries that are not read yet. */
  public left: number;
  private entries = 0;
  private readonly claimedEntries: number;

  public constructor(
    private readonly content: Cursor,
    bytes: number,
    private readonly observe: EntryObserver | undefined,
  ) {
    if (bytes < HEADER_BYTES + 1) {
      throw content.error('corrupt', `a listpack has ${bytes} bytes, must have ${HEADER_BYTES + 1} or more`);
    }
    content.demand(HEADER_BYTES, 'the header of a listpack');
    const claimedBytes = content.uint(4);
    this.claimedEntries = content.uint(2);
    if (claimedBytes !== bytes) {
      throw content.error('corrupt', `a listpack of ${bytes} bytes says it has ${claimedBytes}`);
    }
    this.left = bytes - HEADER_BYTES - 1;
  }

  /** Looks at what follows the entries. @returns number of entries */
  public end(): number {
    const { content, entries, claimedEntries } = this;
    if (this.left > 0) {
      throw this.cutEntry();
    }
    content.demand(1, 'the end of a listpack');
    if (content.byte() !== TERMINATOR) {
      throw content.error('corrupt', `a listpack does not end with ${TERMINATOR}`);
    }
    if (claimedEntries !== UNKNOWN_COUNT && claimedEntries !== entries) {
      throw content.error('corrupt', `a listpack of ${entries} entries says it has ${claimedEntries}`);
    }
    return entries;
  }

  /** Reads the entries that lie whole in the window. */
  public readWhole(): void {
    const { content, observe } = this;
    const { window } = content;
    const limit = Math.min(content.end, content.position + this.left);
    let place = content.position;
    while (place < limit) {
      const size = sizeOf(window, place, limit);
      if (size < 0) {
        break;
      }
      const behind = place + size;
      if (size === 0 || behind >= limit) {
        break;
      }
      const end = behind + repeatedBytes(size, window[behind] as number);
      if (end > limit) {
        break;
      }
      if (window[end - 1] !== size && !isRepeated(window, behind, end, size)) {
        content.position = place;
        throw wrongLength(content);
      }
      observe?.(valueAt(window, place));
      place = end;
      this.entries += 1;
    }
    this.left -= place - content.position;
    content.position = place;
  }

  /** Waits for an entry that the window cuts, or passes over it if it is long. */
  public *readCut(): Reading {
    const { content } = this;
    yield* content.require(Math.min(LONGEST_HEAD, this.left), 'an entry of a listpack');
    const size = sizeOf(content.window, content.position, Math.min(content.end, content.position + this.left));
    if (size <= 0 || size >= this.left) {
      throw this.cutEntry();
    }
    if (size <= SHORT_ENTRY) {
      yield* content.require(size + 1, 'an entry of a listpack');
      const bytes = size + repeatedBytes(size, content.window[content.position + size] as number);
      this.demand(bytes);
      return yield* content.require(bytes, 'an entry of a listpack');
    }
    yield* content.skip(size, 'an entry of a listpack');
    this.left -= size;
    yield* content.require(1, 'an entry of a listpack');
    const bytes = repeatedBytes(size, content.window[content.position] as number);
    this.demand(bytes);
    yield* content.require(bytes, 'an entry of a listpack');
    const end = content.position + bytes;
    if (!isRepeated(content.window, content.position, end, size)) {
      throw wrongLength(content);
    }
    this.left -= bytes;
    content.position = end;
    this.observe?.(Number.NaN);
    this.entries += 1;
  }

  private demand(bytes: number): void {
    if (bytes > this.left) {
      throw this.cutEntry();
    }
  }

  private cutEntry() {
    return this.content.error(
      'corrupt',
      'an entry of a listpack reaches beyond its end, or begins with a byte that none does',
    );
  }
}

const wrongLength = (content: Cursor) =>
  content.error('corrupt', 'the length behind an entry of a listpack is not that of the entry');

/** Bytes of an entry without the length behind it; 0 when none begins so, -1 when its head reaches beyond a limit. */
function sizeOf(bytes: Uint8Array, place: number, limit: number): number {
  const first = bytes[place] as number;
  const size = SIZES[first] as number;
  if (size < SHORT_STRING) {
    return size;
  }
  if (size === SHORT_STRING) {
    return place + 2 > limit ? -1 : 2 + ((first & 0x0f) << 8) + (bytes[place + 1] as number);
  }
  return place + LONGEST_HEAD > limit ? -1 : LONGEST_HEAD + littleEndian(bytes, place + 1, 4);
}

/**
 * Bytes that the length behind an entry takes: 7 bits each (`lpEncodeBacklen`). The highest number of so many bits takes one
 * byte more where Redis wrote it, and none more where Valkey 9 did; a first byte of 0 tells it.
 */
function repeatedBytes(size: number, first: number): number {
  if (size <= 127) {
    return 1;
  }
  const border = BORDERS.findIndex((highest) => size <= highest);
  const bytes = border < 0 ? 5 : border + 2;
  return first === 0 && size === BORDERS[border] ? bytes + 1 : bytes;
}

/** The lowest 7 bits come last; all bytes but the first have their highest bit set. */
function isRepeated(bytes: Uint8Array, from: number, to: number, size: number): boolean {
  let rest = size;
  for (let at = to - 1; at >= from; at -= 1) {
    if (bytes[at] !== (rest % 128) + (at > from ? 128 : 0)) {
      return false;
    }
    rest = Math.floor(rest / 128);
  }
  return rest === 0;
}

/** The value of an integer entry (`lpGetWithSize`); NaN for a string. */
function valueAt(bytes: Uint8Array, place: number): number {
  const first = bytes[place] as number;
  if (first < 0x80) {
    return first;
  }
  if (first >= 0xc0 && first < 0xe0) {
    return signed(((first & 0x1f) << 8) | (bytes[place + 1] as number), 13);
  }
  const integerBytes = INTEGER_BYTES[first - FIRST_INTEGER];
  return integerBytes === undefined
    ? Number.NaN
    : signed(littleEndian(bytes, place + 1, integerBytes), 8 * integerBytes);
}

/** Length in bytes and number of entries. */
const HEADER_BYTES = 6;
const TERMINATOR = 255;
/** The number of entries when there are too many for its 16 bits. */
const UNKNOWN_COUNT = 65_535;
/** First byte and a length of 32 bits. */
const LONGEST_HEAD = 5;
/** The highest numbers of 14, 21 and 28 bits. */
const BORDERS: readonly number[] = [16_383, 2_097_151, 268_435_455];
/** Longer ones need not lie whole in the window. */
const SHORT_ENTRY = 4096;
/** First bytes of integers of 16, 24, 32 and 64 bits. */
const FIRST_INTEGER = 0xf1;
const INTEGER_BYTES: readonly number[] = [2, 3, 4, 8];

/** In place of a size: the next byte holds the rest of 12 bits, or the next four hold 32 bits. */
const SHORT_STRING = 254;
const LONG_STRING = 255;
/** Bytes of an entry by its first byte (`LP_ENCODING_...` of listpack.c); 0 when there is none. */
const SIZES = Uint8Array.from({ length: 256 }, (_, first) => {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc0) {
    return 1 + (first & 0x3f);
  }
  if (first < 0xe0) {
    return 2;
  }
  if (first < 0xf0) {
    return SHORT_STRING;
  }
  return first === 0xf0 ? LONG_STRING : 1 + (INTEGER_BYTES[first - FIRST_INTEGER] ?? -1);
});

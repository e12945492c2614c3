import type { Cursor, Reading } from './cursor';
import { bigEndian32, littleEndian } from './integers';
import type { ContentCheck } from './strings';

/**
 * Looks through a ziplist as `ziplistValidateIntegrity` of ziplist.c does when it is thorough: header, every entry with the
 * length of the one before it, place of the last entry, terminator, number of entries. It comes to the number of entries.
 */
export const ZIPLIST_CHECK: ContentCheck<number> = {
  whole: (content, bytes) => {
    const scan = new ZiplistScan(content, bytes);
    scan.readWhole();
    return scan.end();
  },
  *parts(content, bytes) {
    yield* content.prefetch(Math.min(HEADER_BYTES, bytes));
    const scan = new ZiplistScan(content, bytes);
    for (scan.readWhole(); scan.left > 0; scan.readWhole()) {
      yield* scan.readCut();
    }
    yield* content.prefetch(1);
    return scan.end();
  },
};

class ZiplistScan {
  /** Bytes of entries that are not read yet. */
  public left: number;
  private entries = 0;
  /** Bytes of the entry that was read last. */
  private lastBytes = 0;
  private readonly claimedLast: number;
  private readonly claimedEntries: number;

  public constructor(
    private readonly content: Cursor,
    private readonly bytes: number,
  ) {
    if (bytes < HEADER_BYTES + 1) {
      throw content.error('corrupt', `a ziplist has ${bytes} bytes, must have ${HEADER_BYTES + 1} or more`);
    }
    content.demand(HEADER_BYTES, 'the header of a ziplist');
    const claimedBytes = content.uint(4);
    this.claimedLast = content.uint(4);
    this.claimedEntries = content.uint(2);
    if (claimedBytes !== bytes) {
      throw content.error('corrupt', `a ziplist of ${bytes} bytes says it has ${claimedBytes}`);
    }
    this.left = bytes - HEADER_BYTES - 1;
  }

  /** Looks at what follows the entries. @returns number of entries */
  public end(): number {
    const { content, entries, claimedEntries, claimedLast } = this;
    if (this.left > 0) {
      throw this.cutEntry();
    }
    content.demand(1, 'the end of a ziplist');
    if (content.byte() !== TERMINATOR) {
      throw content.error('corrupt', `a ziplist does not end with ${TERMINATOR}`);
    }
    const last = this.bytes - 1 - this.lastBytes;
    if (entries > 0 ? claimedLast !== last : claimedLast > last) {
      throw content.error('corrupt', `the last entry of a ziplist is at ${last}, and said to be at ${claimedLast}`);
    }
    if (claimedEntries !== UNKNOWN_COUNT && claimedEntries !== entries) {
      throw content.error('corrupt', `a ziplist of ${entries} entries says it has ${claimedEntries}`);
    }
    return entries;
  }

  /** Reads the entries that lie whole in the window. */
  public readWhole(): void {
    const { content } = this;
    const limit = Math.min(content.end, content.position + this.left);
    for (let bytes = entryBytes(content.window, content.position, limit); bytes > 0; ) {
      if (content.position + bytes > limit) {
        return;
      }
      this.pass(bytes);
      content.position += bytes;
      bytes = entryBytes(content.window, content.position, limit);
    }
  }

  /** Waits for an entry that the window cuts, or passes over it if it is long. */
  public *readCut(): Reading {
    const { content } = this;
    yield* content.require(Math.min(LONGEST_HEAD, this.left), 'an entry of a ziplist');
    const limit = Math.min(content.end, content.position + this.left);
    const bytes = entryBytes(content.window, content.position, limit);
    if (bytes <= 0 || bytes > this.left) {
      throw this.cutEntry();
    }
    if (bytes <= SHORT_ENTRY) {
      return yield* content.require(bytes, 'an entry of a ziplist');
    }
    this.pass(bytes);
    yield* content.skip(bytes, 'an entry of a ziplist');
  }

  /** Counts the entry at the present place. */
  private pass(bytes: number): void {
    const { content } = this;
    const before = lengthBefore(content.window, content.position);
    if (before !== this.lastBytes) {
      throw content.error(
        'corrupt',
        `an entry of a ziplist has ${this.lastBytes} bytes, and ${before} say those behind it`,
      );
    }
    this.lastBytes = bytes;
    this.left -= bytes;
    this.entries += 1;
  }

  private cutEntry() {
    return this.content.error(
      'corrupt',
      'an entry of a ziplist reaches beyond its end, or has an encoding that there is not',
    );
  }
}

/** Bytes of a whole entry; 0 when its encoding is none, -1 when its head reaches beyond a limit. */
function entryBytes(window: Uint8Array, place: number, limit: number): number {
  const head = window[place] === LONG_LENGTH_BEFORE ? 5 : 1;
  if (place + head >= limit) {
    return -1;
  }
  const encoding = window[place + head] as number;
  if (encoding < 0x40) {
    return head + 1 + encoding;
  }
  if (encoding < 0x80) {
    return place + head + 2 > limit ? -1 : head + 2 + ((encoding & 0x3f) << 8) + (window[place + head + 1] as number);
  }
  if (encoding < 0xc0) {
    return place + head + 5 > limit ? -1 : head + 5 + bigEndian32(window, place + head + 1);
  }
  const integerBytes = INTEGERS.get(encoding);
  return integerBytes === undefined ? 0 : head + 1 + integerBytes;
}

/** The length of the entry before, as an entry begins with it. */
function lengthBefore(window: Uint8Array, place: number): number {
  const first = window[place] as number;
  return first === LONG_LENGTH_BEFORE ? littleEndian(window, place + 1, 4) : first;
}

/** Length in bytes, place of the last entry and number of entries. */
const HEADER_BYTES = 10;
const TERMINATOR = 255;
/** The number of entries when there are too many for its 16 bits. */
const UNKNOWN_COUNT = 65_535;
/** Begins a length of 32 bits of the entry before. */
const LONG_LENGTH_BEFORE = 254;
/** Two lengths of 32 bits, each with a byte before it. */
const LONGEST_HEAD = 10;
/** Longer ones need not lie whole in the window. */
const SHORT_ENTRY = 4096;
/** Bytes of an integer by its encoding (`ZIP_INT_...` of ziplist.c); from 0xf1 to 0xfd the encoding holds the value. */
const INTEGERS: ReadonlyMap<number, number> = new Map([
  [0xc0, 2],
  [0xd0, 4],
  [0xe0, 8],
  [0xf0, 3],
  [0xfe, 1],
  ...Array.from({ length: 13 }, (_, value): [number, number] => [0xf1 + value, 0]),
]);

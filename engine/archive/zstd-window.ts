import type { DecodedOutput } from './decoder';
import { damagedZstd } from './zstd-bits';
import { BLOCK_LIMIT_BYTES } from './zstd-literals';

/** What a zstd frame decompressed to, as far back as its window reaches. */
export class ZstdWindow {
  private bytes = Buffer.alloc(FIRST_CAPACITY_BYTES);
  private position = 0;
  private windowBytes = 0;
  private blockStart = 0;
  private blockEnd = 0;
  /** The three offsets used last, newest first. */
  private recent: readonly [number, number, number] = FIRST_OFFSETS;

  public constructor(private readonly output: DecodedOutput) {}

  /** Begins a frame whose matches reach back at most so many bytes. */
  public reset(windowBytes: number): void {
    this.windowBytes = windowBytes;
    this.position = 0;
    this.recent = FIRST_OFFSETS;
  }

  /** Makes room for a block that decompresses to at most so many bytes. */
  public startBlock(limitBytes: number): void {
    this.makeRoom(limitBytes);
    this.blockStart = this.position;
    this.blockEnd = this.position + limitBytes;
  }

  /** Hands over what the block decompressed to. */
  public endBlock(): void {
    if (this.position > this.blockStart) {
      this.output(this.bytes.subarray(this.blockStart, this.position));
    }
  }

  /** Adds literals. */
  public append(literals: Buffer, from: number, to: number): void {
    const length = to - from;
    if (length < 0 || to > literals.length || this.position + length > this.blockEnd) {
      throw damagedZstd('a block holds more or fewer literals than it says');
    }
    if (length > SHORT_COPY_BYTES) {
      literals.copy(this.bytes, this.position, from, to);
    } else {
      for (let index = 0; index < length; index += 1) {
        this.bytes[this.position + index] = literals[from + index] ?? 0;
      }
    }
    this.position += length;
  }

  /** Adds a match: bytes from before, which may overlap what they write and then repeat it. */
  public copy(codedOffset: number, length: number, isWithoutLiterals: boolean): void {
    const offset = this.resolve(codedOffset, isWithoutLiterals);
    const { position, bytes } = this;
    if (offset < 1 || offset > Math.min(position, this.windowBytes) || position + length > this.blockEnd) {
      throw damagedZstd('a match reaches beyond the data');
    }
    if (length > SHORT_COPY_BYTES && offset >= length) {
      bytes.copyWithin(position, position - offset, position - offset + length);
    } else {
      for (let index = position; index < position + length; index += 1) {
        bytes[index] = bytes[index - offset] ?? 0;
      }
    }
    this.position += length;
  }

  /** The values 1 to 3 stand for offsets used before: RFC 8878, 3.1.1.5. */
  private resolve(coded: number, isWithoutLiterals: boolean): number {
    const [first, second, third] = this.recent;
    if (coded > 3) {
      this.recent = [coded - 3, first, second];
      return coded - 3;
    }
    switch (coded + (isWithoutLiterals ? 1 : 0)) {
      case 1:
        return first;
      case 2:
        this.recent = [second, first, third];
        return second;
      case 3:
        this.recent = [third, first, second];
        return third;
      default:
        this.recent = [first - 1, first, second];
        return first - 1;
    }
  }

  /** Forgets what no match can reach any more, or grows, so that claims of a header alone take no memory. */
  private makeRoom(limitBytes: number): void {
    const needed = this.position + limitBytes;
    if (needed <= this.bytes.length) {
      return;
    }
    const largest = this.windowBytes + Math.max(this.windowBytes >> 1, 4 * BLOCK_LIMIT_BYTES);
    if (this.bytes.length < largest) {
      const grown = Buffer.alloc(Math.min(largest, Math.max(needed, 2 * this.bytes.length)));
      this.bytes.copy(grown, 0, 0, this.position);
      this.bytes = grown;
    }
    if (needed > this.bytes.length) {
      this.bytes.copyWithin(0, this.position - this.windowBytes, this.position);
      this.position = this.windowBytes;
    }
  }
}

const FIRST_CAPACITY_BYTES = 2 * BLOCK_LIMIT_BYTES;
const FIRST_OFFSETS: readonly [number, number, number] = [1, 4, 8];
/** Below this length a loop is faster than a call into native code. */
const SHORT_COPY_BYTES = 24;

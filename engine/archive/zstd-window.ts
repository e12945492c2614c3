import type { DecodedOutput } from './decoder';
import { copyBytes, copyMatch, type Memory, memoryOf, OVERSHOOT_BYTES } from './memory';
import { damagedZstd } from './zstd-bits';
import { BLOCK_LIMIT_BYTES } from './zstd-literals';

/** What a zstd frame decompressed to, as far back as its window reaches. */
export class ZstdWindow {
  private memory = memoryOf(Buffer.alloc(FIRST_CAPACITY_BYTES + OVERSHOOT_BYTES));
  private position = 0;
  private windowBytes = 0;
  private blockStart = 0;
  private blockEnd = 0;
  // The three offsets used last.
  private newest = 1;
  private second = 4;
  private third = 8;

  public constructor(private readonly output: DecodedOutput) {}

  /** Begins a frame whose matches reach back at most so many bytes. */
  public reset(windowBytes: number): void {
    this.windowBytes = windowBytes;
    this.position = 0;
    this.newest = 1;
    this.second = 4;
    this.third = 8;
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
      this.output(this.memory.bytes.subarray(this.blockStart, this.position));
    }
  }

  /** Adds literals. */
  public append(literals: Memory, from: number, to: number): void {
    const length = to - from;
    if (length < 0 || to > literals.bytes.length || this.position + length > this.blockEnd) {
      throw damagedZstd('a block holds more or fewer literals than it says');
    }
    copyBytes(literals, from, length, this.memory, this.position);
    this.position += length;
  }

  /** Adds a match: bytes from before, which may overlap what they write and then repeat it. */
  public copy(codedOffset: number, length: number, isWithoutLiterals: boolean): void {
    const offset = this.resolve(codedOffset, isWithoutLiterals);
    const { position } = this;
    if (offset < 1 || offset > Math.min(position, this.windowBytes) || position + length > this.blockEnd) {
      throw damagedZstd('a match reaches beyond the data');
    }
    copyMatch(this.memory, position, offset, length);
    this.position += length;
  }

  private get capacityBytes(): number {
    return this.memory.bytes.length - OVERSHOOT_BYTES;
  }

  /** The values 1 to 3 stand for offsets used before: RFC 8878, 3.1.1.5. */
  private resolve(coded: number, isWithoutLiterals: boolean): number {
    const { newest, second, third } = this;
    const which = coded > 3 ? 0 : coded + (isWithoutLiterals ? 1 : 0);
    if (which === 1) {
      return newest;
    }
    const offset = which === 0 ? coded - 3 : which === 2 ? second : which === 3 ? third : newest - 1;
    if (which !== 2) {
      this.third = second;
    }
    this.second = newest;
    this.newest = offset;
    return offset;
  }

  /** Forgets what no match can reach any more, or grows, so that claims of a header alone take no memory. */
  private makeRoom(limitBytes: number): void {
    const needed = this.position + limitBytes;
    if (needed <= this.capacityBytes) {
      return;
    }
    const largest = this.windowBytes + Math.max(this.windowBytes >> 1, 4 * BLOCK_LIMIT_BYTES);
    if (this.capacityBytes < largest) {
      const grownBytes = Math.min(largest, Math.max(needed, 2 * this.capacityBytes));
      const grown = Buffer.alloc(grownBytes + OVERSHOOT_BYTES);
      this.memory.bytes.copy(grown, 0, 0, this.position);
      this.memory = memoryOf(grown);
    }
    if (needed > this.capacityBytes) {
      this.memory.bytes.copyWithin(0, this.position - this.windowBytes, this.position);
      this.position = this.windowBytes;
    }
  }
}

const FIRST_CAPACITY_BYTES = 2 * BLOCK_LIMIT_BYTES;

import type { DecodedOutput } from './decoder';
import { FrameDecoder } from './frame-decoder';
import { decompressLz4Block } from './lz4-block';
import { type Memory, memoryOf, OVERSHOOT_BYTES } from './memory';

/**
 * Decompresses LZ4 frames as `pg_dump` writes them (`compress_lz4.c`): one frame a table or large object, with the
 * default preferences of the library, so without checksums, content size or dictionary.
 *
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md.
 */
export class Lz4Decoder extends FrameDecoder {
  private blockLimitBytes = 0;
  private isLinked = false;
  /** History that matches may reach back to, then room for blocks. */
  private window: Memory = memoryOf(Buffer.alloc(0));
  private historyBytes = 0;

  public constructor(private readonly output: DecodedOutput) {
    super();
  }

  /** Matches never reach back into the frame before. */
  public override end(): void {
    this.historyBytes = 0;
    super.end();
  }

  protected override damaged(problem: string): Error {
    return new Error(`the LZ4 data are damaged: ${problem}`);
  }

  protected override readHeader(): boolean {
    const header = this.pending.take(HEADER_BYTES);
    if (header === undefined) {
      return false;
    }
    const description = HEADERS.get(header.toString('hex'));
    if (description === undefined) {
      throw new Error(`the LZ4 frame begins with ${header.toString('hex')}, which no pg_dump writes`);
    }
    this.blockLimitBytes = description.blockLimitBytes;
    this.isLinked = description.isLinked;
    if (this.roomBytes < HISTORY_BYTES + this.blockLimitBytes) {
      this.window = memoryOf(Buffer.alloc(HISTORY_BYTES + BLOCKS * this.blockLimitBytes + OVERSHOOT_BYTES));
    }
    this.state = 'blocks';
    return true;
  }

  protected override readBlock(): boolean {
    const size = this.pending.peek(4)?.readUInt32LE(0);
    if (size === undefined) {
      return false;
    }
    if (size === 0) {
      this.pending.take(4);
      this.state = 'ended';
      return true;
    }
    const bytes = size & ~UNCOMPRESSED;
    if (bytes > this.blockLimitBytes) {
      throw new Error(`an LZ4 block has ${bytes} bytes, the frame's limit is ${this.blockLimitBytes}`);
    }
    const block = this.pending.take(4 + bytes)?.subarray(4);
    if (block === undefined) {
      return false;
    }
    this.emit(size & UNCOMPRESSED ? this.copy(block) : this.decompress(block));
    return true;
  }

  private get roomBytes(): number {
    return this.window.bytes.length - OVERSHOOT_BYTES;
  }

  private copy(block: Buffer): number {
    return this.historyBytes + block.copy(this.window.bytes, this.historyBytes);
  }

  /** Decompresses a block behind the history; where it ends. */
  private decompress(block: Buffer): number {
    const start = this.historyBytes;
    return decompressLz4Block(memoryOf(block), this.window, start, start + this.blockLimitBytes);
  }

  /** Hands over a decompressed block, and makes room for the next. */
  private emit(end: number): void {
    const { bytes } = this.window;
    this.output(bytes.subarray(this.historyBytes, end));
    if (!this.isLinked) {
      return;
    }
    this.historyBytes = end;
    if (end + this.blockLimitBytes > this.roomBytes) {
      const from = Math.max(0, end - HISTORY_BYTES);
      bytes.copyWithin(0, from, end);
      this.historyBytes = end - from;
    }
  }
}

/** Matches reach back 64 KiB. */
const HISTORY_BYTES = 64 * 1024;
/** Blocks that the window has room for, so that the history is seldom moved. */
const BLOCKS = 4;
/** Magic number, flags, block size, checksum of the two. */
const HEADER_BYTES = 7;
/** The highest bit of a block's size says that it was stored as it was. */
const UNCOMPRESSED = 0x80000000 | 0;

/**
 * The frame headers without options, the only ones accepted: linked or independent blocks of 64 KiB to 4 MiB. `pg_dump`
 * writes the first. The last byte is the second lowest of the xxHash-32 of the two before it.
 */
const HEADERS: ReadonlyMap<string, { readonly isLinked: boolean; readonly blockLimitBytes: number }> = new Map([
  ['04224d184040c0', { isLinked: true, blockLimitBytes: 64 * 1024 }],
  ['04224d18405077', { isLinked: true, blockLimitBytes: 256 * 1024 }],
  ['04224d18406096', { isLinked: true, blockLimitBytes: 1024 * 1024 }],
  ['04224d184070df', { isLinked: true, blockLimitBytes: 4096 * 1024 }],
  ['04224d18604082', { isLinked: false, blockLimitBytes: 64 * 1024 }],
  ['04224d186050fb', { isLinked: false, blockLimitBytes: 256 * 1024 }],
  ['04224d18606051', { isLinked: false, blockLimitBytes: 1024 * 1024 }],
  ['04224d18607073', { isLinked: false, blockLimitBytes: 4096 * 1024 }],
]);

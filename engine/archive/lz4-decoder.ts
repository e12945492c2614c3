import type { DecodedOutput } from './decoder';
import { FrameDecoder } from './frame-decoder';

/**
 * Decompresses LZ4 frames as `pg_dump` writes them (`compress_lz4.c`): one frame a table or large object, with the
 * default preferences of the library, so without checksums, content size or dictionary.
 *
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md.
 */
export class Lz4Decoder extends FrameDecoder {
  private blockLimitBytes = 0;
  private isLinked = false;
  /** History that matches may reach back to, then room for one block. */
  private window = Buffer.alloc(0);
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
    if (this.window.length < HISTORY_BYTES + this.blockLimitBytes) {
      this.window = Buffer.alloc(HISTORY_BYTES + this.blockLimitBytes);
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

  private copy(block: Buffer): number {
    return this.historyBytes + block.copy(this.window, this.historyBytes);
  }

  /** Decompresses a block behind the history; where it ends. */
  private decompress(block: Buffer): number {
    return decompressBlock(block, this.window, this.historyBytes, this.historyBytes + this.blockLimitBytes);
  }

  private emit(end: number): void {
    this.output(this.window.subarray(this.historyBytes, end));
    if (this.isLinked) {
      const from = Math.max(0, end - HISTORY_BYTES);
      this.window.copyWithin(0, from, end);
      this.historyBytes = end - from;
    }
  }
}

/** Matches reach back 64 KiB. */
const HISTORY_BYTES = 64 * 1024;
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

/** Decompresses into `output` from `start`, not beyond `limit`; matches reach back to the beginning of `output`. */
function decompressBlock(input: Buffer, output: Buffer, start: number, limit: number): number {
  let from = 0;
  let to = start;
  for (;;) {
    const token = byteAt(input, from);
    from += 1;
    let literals = token >> 4;
    if (literals === LONG) {
      let more = 0;
      do {
        more = byteAt(input, from);
        from += 1;
        literals += more;
      } while (more === 255);
    }
    if (from + literals > input.length || to + literals > limit) {
      throw new Error('an LZ4 block is damaged: its literals reach beyond it');
    }
    to = copyLiterals(input, from, literals, output, to);
    from += literals;
    if (from === input.length) {
      return to;
    }
    const distance = byteAt(input, from) | (byteAt(input, from + 1) << 8);
    from += 2;
    let length = (token & LONG) + SHORTEST_MATCH;
    if ((token & LONG) === LONG) {
      let more = 0;
      do {
        more = byteAt(input, from);
        from += 1;
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > to || to + length > limit) {
      throw new Error('an LZ4 block is damaged: a match reaches beyond the data');
    }
    to = copyMatch(output, to, distance, length);
  }
}

/** A length of 15 in a token goes on in the bytes after it. */
const LONG = 15;
const SHORTEST_MATCH = 4;
/** Below this length a loop is faster than a call into native code. */
const SHORT_COPY_BYTES = 24;

function byteAt(input: Buffer, index: number): number {
  const byte = input[index];
  if (byte === undefined) {
    throw new Error('an LZ4 block is damaged: it ends too early');
  }
  return byte;
}

function copyLiterals(input: Buffer, from: number, length: number, output: Buffer, to: number): number {
  if (length > SHORT_COPY_BYTES) {
    input.copy(output, to, from, from + length);
  } else {
    for (let index = 0; index < length; index += 1) {
      output[to + index] = byteAt(input, from + index);
    }
  }
  return to + length;
}

/** A match may overlap what it writes, and then repeats it. */
function copyMatch(output: Buffer, to: number, distance: number, length: number): number {
  if (length > SHORT_COPY_BYTES && distance >= length) {
    output.copyWithin(to, to - distance, to - distance + length);
  } else {
    for (let index = to; index < to + length; index += 1) {
      output[index] = byteAt(output, index - distance);
    }
  }
  return to + length;
}

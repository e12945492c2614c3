import type { DecodedOutput } from './decoder';
import { FrameDecoder } from './frame-decoder';
import { memoryOf } from './memory';
import { damagedZstd } from './zstd-bits';
import type { HuffmanTable } from './zstd-entropy';
import { BLOCK_LIMIT_BYTES, readLiterals } from './zstd-literals';
import { readSequences, type SequenceTables } from './zstd-sequences';
import { ZstdWindow } from './zstd-window';

/**
 * Decompresses zstd frames as `pg_dump` writes them (`compress_zstd.c`): one frame a table or large object, without
 * checksum or dictionary. Used where Node brings no zstd of its own, before version 22.15.
 *
 * Written for data that nobody vouches for: every length is checked before it is used, and every loop ends with its
 * input or with the block. Format: RFC 8878.
 */
export class ZstdDecoder extends FrameDecoder {
  private readonly window: ZstdWindow;
  private blockLimitBytes = BLOCK_LIMIT_BYTES;
  private huffman: HuffmanTable | undefined;
  private tables: SequenceTables | undefined;

  public constructor(output: DecodedOutput) {
    super();
    this.window = new ZstdWindow(output);
  }

  protected override damaged(problem: string): Error {
    return damagedZstd(problem);
  }

  protected override readHeader(): boolean {
    const descriptor = this.pending.peek(FIXED_BYTES)?.[FIXED_BYTES - 1];
    if (descriptor === undefined) {
      return false;
    }
    const header = this.pending.take(FIXED_BYTES + headerBytes(descriptor));
    if (header === undefined) {
      return false;
    }
    const windowBytes = readWindowBytes(header, descriptor);
    this.blockLimitBytes = Math.min(windowBytes, BLOCK_LIMIT_BYTES);
    this.window.reset(windowBytes);
    this.huffman = undefined;
    this.tables = undefined;
    this.state = 'blocks';
    return true;
  }

  protected override readBlock(): boolean {
    const header = this.pending.peek(BLOCK_HEADER_BYTES)?.readUIntLE(0, BLOCK_HEADER_BYTES);
    if (header === undefined) {
      return false;
    }
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (size > this.blockLimitBytes) {
      throw damagedZstd(`a block has ${size} bytes, the limit is ${this.blockLimitBytes}`);
    }
    const block = this.pending.take(BLOCK_HEADER_BYTES + (type === RLE ? 1 : size))?.subarray(BLOCK_HEADER_BYTES);
    if (block === undefined) {
      return false;
    }
    this.window.startBlock(this.blockLimitBytes);
    if (type === RAW) {
      this.window.append(memoryOf(block), 0, size);
    } else if (type === RLE) {
      this.window.append(memoryOf(Buffer.alloc(size, block)), 0, size);
    } else if (type === COMPRESSED) {
      this.decompress(block);
    } else {
      throw damagedZstd('a block is of the reserved type');
    }
    this.window.endBlock();
    this.state = (header & LAST) === LAST ? 'ended' : 'blocks';
    return true;
  }

  private decompress(block: Buffer): void {
    const literals = readLiterals(block, this.huffman);
    this.huffman = literals.table;
    const bytes = memoryOf(literals.bytes);
    let used = 0;
    this.tables = readSequences(block, literals.end, this.tables, (length, offset, matchLength) => {
      this.window.append(bytes, used, used + length);
      used += length;
      this.window.copy(offset, matchLength, length === 0);
    });
    this.window.append(bytes, used, literals.bytes.length);
  }
}

/**
 * Largest window that is accepted, 128 MiB: the default limit of the zstd library, so that of `pg_restore` as well.
 * Memory grows with the data that arrive, up to one and a half windows.
 */
export const WINDOW_LIMIT_BYTES = 128 * 1024 * 1024;

const MAGIC = 0xfd2fb528;
/** Magic number and descriptor of the frame. */
const FIXED_BYTES = 5;
const SINGLE_SEGMENT = 0x20;
/** Reserved bit, checksum, dictionary. */
const NOT_WRITTEN_BY_PG_DUMP = 0x0f;
const BLOCK_HEADER_BYTES = 3;
const LAST = 1;
const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;

function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  return (isSingle ? 0 : 1) + contentSizeBytes(descriptor, isSingle);
}

function contentSizeBytes(descriptor: number, isSingle: boolean): number {
  return [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
}

/** Bytes that matches may reach back: RFC 8878, 3.1.1.1. */
function readWindowBytes(header: Buffer, descriptor: number): number {
  if (header.readUInt32LE(0) !== MAGIC) {
    throw damagedZstd(`a frame begins with ${header.toString('hex', 0, 4)}, must begin with 28b52ffd`);
  }
  if ((descriptor & NOT_WRITTEN_BY_PG_DUMP) !== 0) {
    throw damagedZstd('a frame has a checksum or a dictionary, which no pg_dump writes');
  }
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  const windowBytes = isSingle ? readContentSize(header, descriptor) : describedWindow(header[FIXED_BYTES] ?? 0);
  if (windowBytes > WINDOW_LIMIT_BYTES) {
    throw damagedZstd(`a frame has a window of ${windowBytes} bytes, the limit is ${WINDOW_LIMIT_BYTES}`);
  }
  return windowBytes;
}

function describedWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(header: Buffer, descriptor: number): number {
  switch (contentSizeBytes(descriptor, true)) {
    case 1:
      return header.readUInt8(FIXED_BYTES);
    case 2:
      return header.readUInt16LE(FIXED_BYTES) + 256;
    case 4:
      return header.readUInt32LE(FIXED_BYTES);
    default:
      return Number(header.readBigUInt64LE(FIXED_BYTES));
  }
}

import { BackwardBits, damagedZstd } from './zstd-bits';
import { type HuffmanTable, readHuffmanTable } from './zstd-entropy';

/** The literals of a block: bytes that it does not copy from before. */
export interface Literals {
  readonly bytes: Buffer;
  /** Index of the first byte after them in the block. */
  readonly end: number;
  /** The codes they were written with, which the next block may use again. */
  readonly table: HuffmanTable | undefined;
}

/** Most bytes that a block decompresses to: 128 KiB (RFC 8878, 3.1.1.2.3). */
export const BLOCK_LIMIT_BYTES = 128 * 1024;

/** Reads the literals at the beginning of a compressed block (RFC 8878, 3.1.1.3.1). */
export function readLiterals(block: Buffer, table: HuffmanTable | undefined): Literals {
  const type = (block[0] ?? 0) & 3;
  return type < COMPRESSED ? plainLiterals(block, type, table) : huffmanLiterals(block, type, table);
}

const RLE = 1;
const COMPRESSED = 2;
const JUMP_TABLE_BYTES = 6;

function plainLiterals(block: Buffer, type: number, table: HuffmanTable | undefined): Literals {
  const format = ((block[0] ?? 0) >> 2) & 3;
  const headerBytes = [1, 2, 1, 3][format] ?? 1;
  const header = littleEndian(block, headerBytes);
  const size = Math.floor(header / (format % 2 === 0 ? 8 : 16));
  const end = headerBytes + (type === RLE ? 1 : size);
  checkSize(size, end, block);
  const bytes = type === RLE ? Buffer.alloc(size, block[headerBytes]) : block.subarray(headerBytes, end);
  return { bytes, end, table };
}

function huffmanLiterals(block: Buffer, type: number, former: HuffmanTable | undefined): Literals {
  const format = ((block[0] ?? 0) >> 2) & 3;
  const headerBytes = [3, 3, 4, 5][format] ?? 3;
  const sizeRange = 2 ** ([10, 10, 14, 18][format] ?? 10);
  const header = Math.floor(littleEndian(block, headerBytes) / 16);
  const size = header % sizeRange;
  const end = headerBytes + Math.floor(header / sizeRange);
  checkSize(size, end, block);
  const input = block.subarray(0, end);
  const described = type === COMPRESSED ? readHuffmanTable(input, headerBytes) : { table: former, end: headerBytes };
  if (described.table === undefined) {
    throw damagedZstd('a block uses Huffman codes that no block before it described');
  }
  const bytes = Buffer.allocUnsafe(size);
  if (format === 0) {
    decodeStream(input, described.end, end, described.table, bytes);
  } else {
    decodeFourStreams(input, described.end, described.table, bytes);
  }
  return { bytes, end, table: described.table };
}

function checkSize(size: number, end: number, block: Buffer): void {
  if (size > BLOCK_LIMIT_BYTES || end > block.length) {
    throw damagedZstd(`a block has ${size} bytes of literals, more than fit into it`);
  }
}

function littleEndian(block: Buffer, bytes: number): number {
  if (block.length < bytes) {
    throw damagedZstd('a block is cut');
  }
  return block.readUIntLE(0, bytes);
}

/** Four streams of a quarter each; the lengths of the first three stand before them. */
function decodeFourStreams(input: Buffer, start: number, table: HuffmanTable, output: Buffer): void {
  if (start + JUMP_TABLE_BYTES > input.length || output.length < JUMP_TABLE_BYTES) {
    throw damagedZstd('literals are cut');
  }
  const quarter = (output.length + 3) >> 2;
  let from = start + JUMP_TABLE_BYTES;
  for (let stream = 0; stream < 4; stream += 1) {
    const end = stream < 3 ? from + input.readUInt16LE(start + 2 * stream) : input.length;
    if (end > input.length) {
      throw damagedZstd('literals are cut');
    }
    decodeStream(
      input,
      from,
      end,
      table,
      output.subarray(stream * quarter, stream < 3 ? (stream + 1) * quarter : undefined),
    );
    from = end;
  }
}

function decodeStream(input: Buffer, start: number, end: number, table: HuffmanTable, output: Buffer): void {
  const bits = new BackwardBits(input, start, end);
  for (let index = 0; index < output.length; index += 1) {
    const code = bits.peek(table.maxBits);
    output[index] = table.symbols[code] ?? 0;
    bits.left -= table.bits[code] ?? 0;
  }
  if (bits.left !== 0) {
    throw damagedZstd('literals do not end where they should');
  }
}

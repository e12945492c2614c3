import { openArchive } from '../../../engine/archive/archive-reader';
import { pieces } from './fixtures';

/** A kind of damage: how many cases of it an archive has, and each of them. */
export interface Damage {
  readonly name: string;
  readonly cases: number;
  readonly damaged: (index: number) => Buffer;
}

/** Every case of what can happen to an archive that was whole when it was written. */
export async function damagesOf(archive: Buffer, other: Buffer): Promise<Damage[]> {
  const blocks = await blocksOf(archive);
  const foreign = (await blocksOf(other)).map(({ from, to }) => other.subarray(from, to));
  const pairs = blocks.flatMap((first, index) => blocks.slice(index + 1).map((second) => [first, second] as const));
  const replacements = blocks.flatMap((block) => foreign.map((bytes) => [block, bytes] as const));
  return [
    { name: 'cut at a byte', cases: archive.length, damaged: (length) => archive.subarray(0, length) },
    { name: 'a flipped bit', cases: archive.length * 8, damaged: (bit) => flipped(archive, bit) },
    { name: 'two blocks swapped', cases: pairs.length, damaged: (index) => swapped(archive, at(pairs, index)) },
    {
      name: "another tenant's block",
      cases: replacements.length,
      damaged: (index) => replaced(archive, at(replacements, index)),
    },
    {
      name: "another tenant's block under its number",
      cases: replacements.length,
      damaged: (index) => renumbered(archive, at(replacements, index)),
    },
    {
      name: 'bytes after the end',
      cases: 64,
      damaged: (more) => Buffer.concat([archive, Buffer.alloc(more + 1, more)]),
    },
  ];
}

/** Where a data block lies in an archive, and whose it is. */
export interface BlockPlace {
  readonly dumpId: number;
  readonly from: number;
  readonly to: number;
}

/** The data blocks of an archive. */
export async function blocksOf(archive: Uint8Array): Promise<BlockPlace[]> {
  const blocks: BlockPlace[] = [];
  let start = { dumpId: 0, from: 0 };
  for await (const part of (await openArchive(pieces(archive))).blocks()) {
    if (part.kind === 'start') {
      start = { dumpId: part.entry.dumpId, from: part.offset };
    } else if (part.kind === 'end') {
      blocks.push({ ...start, to: part.offset + part.raw.length });
    }
  }
  return blocks;
}

/** Type, then the entry's number: sign and magnitude. */
const BLOCK_START_BYTES = 6;

function flipped(archive: Buffer, bit: number): Buffer {
  const bytes = Buffer.from(archive);
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes;
}

function swapped(archive: Buffer, [first, second]: readonly [BlockPlace, BlockPlace]): Buffer {
  return Buffer.concat([
    archive.subarray(0, first.from),
    archive.subarray(second.from, second.to),
    archive.subarray(first.to, second.from),
    archive.subarray(first.from, first.to),
    archive.subarray(second.to),
  ]);
}

function replaced(archive: Buffer, [{ from, to }, bytes]: readonly [BlockPlace, Buffer]): Buffer {
  return Buffer.concat([archive.subarray(0, from), bytes, archive.subarray(to)]);
}

/** As it can happen with dumps of the same database: only the content is another one. */
function renumbered(archive: Buffer, [block, bytes]: readonly [BlockPlace, Buffer]): Buffer {
  const start = archive.subarray(block.from, block.from + BLOCK_START_BYTES);
  return replaced(archive, [block, Buffer.concat([start, bytes.subarray(BLOCK_START_BYTES)])]);
}

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) {
    throw new RangeError(`There is no case ${index} of ${values.length}.`);
  }
  return value;
}

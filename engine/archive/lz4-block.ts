import { copyBytes, copyMatch, type Memory } from './memory';

/**
 * Decompresses one block into `output` from `start`, not beyond `limit`; matches reach back to the beginning of `output`,
 * which needs `OVERSHOOT_BYTES` behind the limit.
 * Nothing is trusted: every length and distance is checked before it is used.
 *
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 *
 * @returns where the decompressed block ends.
 * @throws Error when the block is damaged.
 */
export function decompressLz4Block(input: Memory, output: Memory, start: number, limit: number): number {
  const { bytes } = input;
  const end = bytes.length;
  let from = 0;
  let to = start;
  for (;;) {
    const token = byteAt(bytes, from);
    from += 1;
    let literals = token >> 4;
    if (literals === LONG) {
      let more = 0;
      do {
        more = byteAt(bytes, from);
        from += 1;
        literals += more;
      } while (more === 255);
    }
    if (from + literals > end || to + literals > limit) {
      throw new Error('an LZ4 block is damaged: its literals reach beyond it');
    }
    copyBytes(input, from, literals, output, to);
    from += literals;
    to += literals;
    if (from === end) {
      return to;
    }
    const distance = byteAt(bytes, from) | (byteAt(bytes, from + 1) << 8);
    from += 2;
    let length = (token & LONG) + SHORTEST_MATCH;
    if ((token & LONG) === LONG) {
      let more = 0;
      do {
        more = byteAt(bytes, from);
        from += 1;
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > to || to + length > limit) {
      throw new Error('an LZ4 block is damaged: a match reaches beyond the data');
    }
    copyMatch(output, to, distance, length);
    to += length;
  }
}

/** A length of 15 in a token goes on in the bytes after it. */
const LONG = 15;
const SHORTEST_MATCH = 4;
function byteAt(bytes: Buffer, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) {
    throw new Error('an LZ4 block is damaged: it ends too early');
  }
  return byte;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { createDecoder, type DecodedOutput, type Decoder } from '../../../engine/archive/decoder';
import { Lz4Decoder } from '../../../engine/archive/lz4-decoder';
import { ZstdDecoder } from '../../../engine/archive/zstd-decoder';
import { compressedContents } from './compressed-contents';
import { ZSTD_LEVELS, zstdContent } from './zstd-content';

/** The decoders, each with an archive that pg_dump compressed for it. */
const DECODERS: [string, string, (output: DecodedOutput) => Decoder][] = [
  ['gzip', 'pg17-shop-gzip.dump', (output) => createDecoder('gzip', output)],
  ['lz4', 'pg17-shop-lz4.dump', (output) => new Lz4Decoder(output)],
  ['zstd', 'pg17-shop-zstd.dump', (output) => new ZstdDecoder(output)],
  ['zstd level 19', 'pg17-shop-zstd-19.dump', (output) => new ZstdDecoder(output)],
  ['zstd of Node, where it has one', 'pg17-shop-zstd.dump', (output) => createDecoder('zstd', output)],
];

async function decode(create: (output: DecodedOutput) => Decoder, bytes: Buffer, pieceBytes: number): Promise<Buffer> {
  const decoded: Buffer[] = [];
  const decoder = create((output) => decoded.push(Buffer.from(output)));
  try {
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      await decoder.write(bytes.subarray(start, start + pieceBytes));
    }
    await decoder.end();
  } finally {
    decoder.close();
  }
  return Buffer.concat(decoded);
}

describe.each(DECODERS)('%s', (_, name, create) => {
  test('gives what was compressed, whatever pieces it comes in', async () => {
    const expected = await compressedContents('pg17-shop-inserts.dump');
    const contents = await compressedContents(name);
    expect(contents).toHaveLength(expected.length);
    for (const content of contents) {
      const whole = await decode(create, content, content.length);
      expect((await decode(create, content, 1)).equals(whole)).toBe(true);
      expect((await decode(create, content, 100)).equals(whole)).toBe(true);
    }
    const [long] = contents;
    const rows = (await decode(create, long ?? Buffer.alloc(0), 1000)).toString().split('\n');
    expect(rows.slice(0, 20).map((row) => row.split('\t')[0])).toEqual(
      Array.from({ length: 20 }, (_, row) => `${row + 1}`),
    );
    expect(new Set(rows.slice(0, 20).map((row) => row.split('\t')[1])).size).toBe(5);
  });

  test('decodes one content after the other', async () => {
    const contents = await compressedContents(name);
    const decoded: Buffer[] = [];
    const decoder = create((output) => decoded.push(Buffer.from(output)));
    for (const content of contents) {
      await decoder.write(content);
      await decoder.end();
    }
    const single = await Promise.all(contents.map((content) => decode(create, content, content.length)));
    expect(Buffer.concat(decoded).equals(Buffer.concat(single))).toBe(true);
  });

  test('takes a table without any data', async () => {
    expect(await decode(create, Buffer.alloc(0), 1)).toHaveLength(0);
  });

  test('refuses data cut at any byte', async () => {
    const small = (await compressedContents(name)).find((content) => content.length < 200) ?? Buffer.alloc(0);
    expect(small.length).toBeGreaterThan(8);
    for (let length = 1; length < small.length; length += 1) {
      await expect(decode(create, small.subarray(0, length), 1000)).rejects.toThrow();
    }
  });

  test('refuses data that go on after their end', async () => {
    const [content = Buffer.alloc(0)] = await compressedContents(name);
    await expect(decode(create, Buffer.concat([content, Buffer.alloc(20)]), 1_000_000)).rejects.toThrow();
    await expect(decode(create, Buffer.concat([content, Buffer.alloc(20)]), 1)).rejects.toThrow();
  });

  test('comes to an end soon on any damage', async () => {
    const contents = await compressedContents(name);
    const damages = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...contents), damages, async (content, changes) => {
        const damaged = Buffer.from(content);
        for (const { at, byte } of changes) {
          damaged.writeUInt8(byte, at % damaged.length);
        }
        const start = performance.now();
        await decode(create, damaged, 1000).catch((error: unknown) => expect(error).toHaveProperty('message'));
        expect(performance.now() - start).toBeLessThan(2000);
        await setImmediate();
      }),
      { numRuns: 300, seed: 20261123 },
    );
  });
});

test('gives a small table that is large when decompressed', async () => {
  const content = Buffer.alloc(6_000_000, 'repeats well');
  const compressed = deflateSync(content, { level: 9 });
  expect(compressed.length).toBeLessThan(16 * 1024);
  const decoded = await decode((output) => createDecoder('gzip', output), compressed, compressed.length);
  expect(decoded.equals(content)).toBe(true);
});

test('says of a large table that it is damaged while it is still being read', async () => {
  const decoder = createDecoder('gzip', () => undefined);
  await decoder.write(Buffer.alloc(20_000, 'no zlib stream'));
  await sleep(50);
  await expect(decoder.write(Buffer.alloc(20_000))).rejects.toThrow('incorrect header check');
  decoder.close();
});

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const zstd = (bytes: Buffer) => decode((output) => new ZstdDecoder(output), bytes, 1000);
const lz4 = (bytes: Buffer) => decode((output) => new Lz4Decoder(output), bytes, 1000);

test.each([
  ['another magic number', '28b52ffe 00 58 010000', 'begins with 28b52ffe'],
  ['a checksum', '28b52ffd 04 58 010000', 'which no pg_dump writes'],
  ['a window above 128 MiB', '28b52ffd 00 89 010000', 'a window of 150994944 bytes, the limit is 134217728'],
  ['a block above its limit', '28b52ffd 00 58 010020', 'a block has 262144 bytes, the limit is 131072'],
  ['a block of the reserved type', '28b52ffd 00 58 070000', 'reserved type'],
  ['Huffman codes of a block that was not there', '28b52ffd 00 58 2d0000 13400000 00', 'no block before it described'],
])('zstd refuses %s', async (_, bytes, message) => {
  await expect(zstd(hex(bytes))).rejects.toThrow(message);
});

test.each(ZSTD_LEVELS)('zstd gives what the library compressed at level %d', async (level) => {
  const compressed = readFileSync(join(__dirname, 'fixtures', 'zstd', `level-${level}.zst`));
  expect((await zstd(compressed)).equals(zstdContent())).toBe(true);
});

test('zstd repeats one byte as a block says', async () => {
  expect(await zstd(hex('28b52ffd 00 58 530000 61'))).toEqual(Buffer.from('a'.repeat(10)));
});

test('lets others have their turn while a few bytes become many', async () => {
  const block = hex('020010 61');
  const blocks = 500;
  let bytes = 0;
  let isDone = false;
  let turns = 0;
  const decoder = new ZstdDecoder((output) => {
    bytes += output.length;
  });
  const bomb = Buffer.concat([hex('28b52ffd 00 58'), ...new Array<Buffer>(blocks).fill(block)]);
  const written = Promise.resolve(decoder.write(bomb)).then(() => {
    isDone = true;
  });
  while (!isDone) {
    turns += 1;
    await setImmediate();
  }
  await written;
  expect(bytes).toBe(blocks * 131_072);
  expect(turns).toBeGreaterThanOrEqual(7);
  decoder.close();
});

test('zstd ends where tables of weights take no bits and would repeat for ever', async () => {
  // The only weight has the whole probability, so each state leads to itself without reading anything.
  const block = hex('428001 04 f003 ffff 01 00');
  const header = Buffer.alloc(3);
  header.writeUIntLE(block.length * 8 + 5, 0, 3);
  await expect(zstd(Buffer.concat([hex('28b52ffd 00 58'), header, block]))).rejects.toThrow('too many weights');
});

test.each([
  ['another magic number', '04224d19 4040c0', 'begins with 04224d194040c0'],
  ['a checksum', '04224d18 444000', 'which no pg_dump writes'],
  ['a block above its limit', '04224d18 4040c0 01000100', 'has 65537 bytes, the frame'],
  ['a match before the beginning', '04224d18 4040c0 04000000 10610200 00000000', 'a match reaches beyond the data'],
  ['literals beyond the block', '04224d18 4040c0 02000000 f061 00000000', 'damaged'],
])('lz4 refuses %s', async (_, bytes, message) => {
  await expect(lz4(hex(bytes))).rejects.toThrow(message);
});

test('lz4 repeats bytes that a match has just written', async () => {
  // One literal, a match of 4 at distance 1, then five last literals.
  expect(await lz4(hex('04224d18 4040c0 0a000000 10 61 0100 50 6263646566 00000000'))).toEqual(
    Buffer.from('aaaaabcdef'),
  );
});

/** A sequence of a block: literals, then a match so far back. */
type Sequence = { readonly literals: number; readonly distance: number; readonly length: number };

/** Appends to a length of 15 what goes beyond it. */
const beyond = (length: number): number[] =>
  length < 15 ? [] : [...new Array<number>(Math.floor((length - 15) / 255)).fill(255), (length - 15) % 255];

/** A frame of linked blocks, and what it holds, decompressed byte by byte. */
function lz4Frame(blocks: readonly (readonly Sequence[])[]): { frame: Buffer; content: Buffer } {
  const content: number[] = [];
  const frame = [...hex('04224d18 4040c0')];
  const literal = () => (content.length * 31 + (content.length >> 8)) & 255;
  const add = (count: number): number[] => {
    const from = content.length;
    for (let index = 0; index < count; index += 1) {
      content.push(literal());
    }
    return content.slice(from);
  };
  for (const sequences of blocks) {
    const start = content.length;
    const block: number[] = [];
    for (const { literals, distance, length } of sequences) {
      const room = 65_536 - 5 - (content.length - start) - literals;
      const bytes = Math.min(length, room);
      if (bytes >= 4) {
        block.push((Math.min(15, literals) << 4) | Math.min(15, bytes - 4), ...beyond(literals), ...add(literals));
        const back = 1 + (distance % Math.min(65_535, content.length));
        block.push(back & 255, back >> 8, ...beyond(bytes - 4));
        for (let index = 0; index < bytes; index += 1) {
          content.push(content[content.length - back] ?? 0);
        }
      }
    }
    block.push(5 << 4, ...add(5));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    frame.push(...size, ...block);
  }
  return { frame: Buffer.from([...frame, 0, 0, 0, 0]), content: Buffer.from(content) };
}

test('lz4 gives what any sequences of literals and matches stand for', async () => {
  const length = fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 41, max: 3000 }));
  const distance = fc.oneof(fc.nat(20), fc.nat(70_000));
  const sequence = fc.record({
    literals: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 600 })),
    distance,
    length,
  });
  const blocks = fc.array(fc.array(sequence, { maxLength: 60 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(blocks, async (all) => {
      const { frame, content } = lz4Frame(all);
      expect((await lz4(frame)).equals(content)).toBe(true);
    }),
    { numRuns: 100, seed: 20261123 },
  );
});

test('lz4 finds matches as far back as they may be, however many blocks came before', async () => {
  const far = { literals: 10, distance: 65_534, length: 65_000 };
  const { frame, content } = lz4Frame(Array.from({ length: 20 }, () => [far]));
  expect(content.length).toBeGreaterThan(1_000_000);
  expect((await lz4(frame)).equals(content)).toBe(true);
});

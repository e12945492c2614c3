import * as fc from 'fast-check';
import { verifyRdb } from '../../../engine/rdb/verify';
import { faultOf, fixture, fixtureNames, verdictOn } from './fixtures';
import { key, length, rdbFile, string, withChecksum } from './rdb-writer';
import { SAMPLE_VALUES, sampleKeys } from './sample-values';

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
};

/** Whether somebody who asks for proof is told: by an error, or by a verdict that is none. */
async function isFound(bytes: Buffer): Promise<boolean> {
  if ((await faultOf(bytes)) !== 'none') return true;
  const { checksum, trailingBytes } = await verdictOn(bytes);
  return checksum !== 'verified' || trailingBytes > 0;
}

async function missed(bits: Iterable<number>, file: Buffer): Promise<number[]> {
  const found: number[] = [];
  for (const bit of bits) {
    if (!(await isFound(flipped(file, bit)))) found.push(bit);
  }
  return found;
}

describe.each([...fixtureNames('tiny'), ...fixtureNames('idle')])('%s', (name) => {
  const file = fixture(name);

  test('every flipped bit is found', async () => {
    expect(await isFound(file)).toBe(false);
    expect(await missed(Array(file.length * 8).keys(), file)).toEqual([]);
  });

  test('every truncation is found as one', async () => {
    for (let bytes = 0; bytes < file.length; bytes += 1) {
      expect(await faultOf(file.subarray(0, bytes))).toBe('truncated');
    }
  });
});

describe.each([...fixtureNames('types'), ...fixtureNames('plain')])('%s', (name) => {
  const file = fixture(name);

  test('a bit in each 131 bytes is found when it is flipped', async () => {
    const bits = Array.from({ length: Math.floor(file.length / 131) }, (_, index) => index * 131 * 8 + (index % 8));
    expect(await missed(bits, file)).toEqual([]);
  });

  test('a truncation at each 97th byte is found as one', async () => {
    for (let bytes = 0; bytes < file.length; bytes += 97) {
      expect(await faultOf(file.subarray(0, bytes))).toBe('truncated');
    }
  });
});

test('the verdict does not depend on the pieces in which a file comes', async () => {
  const files = [...fixtureNames('types').map(fixture), rdbFile(sampleKeys('redis', 20_000), { version: 14 })];
  const expected = await Promise.all(files.map((file) => verdictOn(file, file.length)));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 20 }),
      async (index, sizes) => {
        const file = files[index] as Buffer;
        async function* inPieces(): AsyncGenerator<Uint8Array, void> {
          for (let from = 0, turn = 0; from < file.length; turn += 1) {
            const size = sizes[turn % sizes.length] as number;
            yield file.subarray(from, from + size);
            from += size;
          }
        }
        expect(await verifyRdb(inPieces())).toEqual(expected[index]);
      },
    ),
    { numRuns: 60 },
  );
});

test('the keys of any file are counted, by database', async () => {
  const values = SAMPLE_VALUES.filter(({ kind, bytes }) => kind !== 'valkey' && bytes.length < 20_000);
  const record = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ value: fc.constantFrom(...values), expires: fc.boolean(), name: fc.string() }),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }).map((select) => ({ select })) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5_000 }),
      async (records, pieceBytes) => {
        const expected = new Map<number, { index: number; keys: number; expires: number }>();
        let index = 0;
        const bytes = records.map((entry) => {
          if ('select' in entry) {
            index = entry.select;
            return Buffer.concat([Buffer.of(254), length(index)]);
          }
          const counted = expected.get(index) ?? { index, keys: 0, expires: 0 };
          counted.keys += 1;
          counted.expires += entry.expires ? 1 : 0;
          expected.set(index, counted);
          const expiry = entry.expires ? Buffer.concat([Buffer.of(252), Buffer.alloc(8, 1)]) : Buffer.alloc(0);
          return Buffer.concat([expiry, key(entry.value.type, entry.value.bytes, string(entry.name))]);
        });
        const { databases, checksum } = await verdictOn(rdbFile(bytes, { version: 14 }), pieceBytes);
        expect(checksum).toBe('verified');
        expect(databases).toEqual([...expected.values()].sort((left, right) => left.index - right.index));
      },
    ),
    { numRuns: 100 },
  );
});

test('changed files whose checksum is right end in a verdict or an RdbError', async () => {
  const files = [...fixtureNames('tiny'), ...fixtureNames('plain'), ...fixtureNames('types')].map(fixture);
  files.push(
    rdbFile(sampleKeys('redis', 20_000), { version: 14 }),
    rdbFile(sampleKeys('valkey', 20_000), { kind: 'valkey', version: 80 }),
  );
  const change = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1 << 20, 1_000),
      async (index, changes, pieceBytes) => {
        const file = Buffer.from(files[index] as Buffer);
        for (const { place, bytes } of changes) file.set(bytes, 9 + Math.floor(place * (file.length - 26)));
        expect(await faultOf(withChecksum(file), pieceBytes)).toMatch(
          /^(none|truncated|checksum|corrupt|unknown|limit)$/,
        );
      },
    ),
    { numRuns: 1_500 },
  );
});

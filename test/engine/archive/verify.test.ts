import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { ArchiveError } from '../../../engine/archive/archive-error';
import { verifyArchive } from '../../../engine/archive/verify';
import { buildArchive, int } from './archive-builder';
import { fixture, fixtureNames, pieces } from './fixtures';

/** The fault that a reading ends with; undefined when it ends well. */
async function faultOf(bytes: Uint8Array, expectedSha256?: string): Promise<string | undefined> {
  try {
    await verifyArchive(pieces(bytes), expectedSha256);
    return undefined;
  } catch (error) {
    return error instanceof ArchiveError ? error.fault : `no ArchiveError: ${error}`;
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const FORMATS = { pg15: '1.14', pg16: '1.15', pg17: '1.16', pg18: '1.16' };

test.each(fixtureNames('shop'))('counts the rows and large objects of %s', async (name) => {
  const bytes = fixture(name);
  const contents = await verifyArchive(pieces(bytes, 1000), sha256(bytes));
  const [version = '', , compression = ''] = name.replace('.dump', '').split('-');
  expect(contents.header.version).toBe(FORMATS[version as keyof typeof FORMATS]);
  expect(contents.header.compression).toBe(/none|lz4|zstd/.test(compression) ? compression : 'gzip');
  expect(contents.header.database).toBe('shop');
  expect(contents.bytes).toBe(bytes.length);
  expect(contents.largeObjects).toEqual({ count: 3, bytes: 10_020 });
  const isCounted = compression !== 'inserts';
  const rows = new Map(contents.tables.map((table) => [`${table.schema}.${table.table}`, table.rows]));
  const expected = new Map([
    ['Größe.One.long', 20],
    ['Größe.One.odd "name"', 5],
    ['acme.customer', 6],
    ['acme.event_2026', 30],
    ['acme.nothing', 0],
    ['acme.orders', 120],
    ['public.plan', 2],
  ]);
  if (compression === 'none') {
    expected.delete('Größe.One.long');
  }
  expect([...rows]).toEqual([...expected].map(([table, count]) => [table, isCounted ? count : undefined]));
});

test('tells the bytes of a table after decompression, whatever the compression', async () => {
  const sizes = new Set<number | undefined>();
  for (const name of ['pg15-shop-gzip.dump', 'pg17-shop-lz4.dump', 'pg17-shop-zstd.dump', 'pg17-shop-zstd-19.dump']) {
    const { tables } = await verifyArchive(pieces(fixture(name)));
    sizes.add(tables.find(({ table }) => table === 'long')?.bytes);
  }
  expect([...sizes]).toEqual([192_076]);
});

test('reads the same whatever pieces the bytes come in', async () => {
  const bytes = fixture('pg17-shop-zstd.dump');
  const whole = await verifyArchive(pieces(bytes));
  expect(await verifyArchive(pieces(bytes, 1))).toEqual(whole);
});

test.each(fixtureNames('tiny'))('finds %s cut at any byte', async (name) => {
  const bytes = fixture(name);
  expect(await faultOf(bytes)).toBeUndefined();
  for (let length = 0; length < bytes.length; length += 1) {
    expect([length, await faultOf(bytes.subarray(0, length))]).toEqual([length, 'truncated']);
  }
});

test('finds a large archive cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...fixtureNames('shop')),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (name, share) => {
        const bytes = fixture(name);
        const cut = bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(share * bytes.length)));
        expect(await faultOf(cut)).toBe('truncated');
      },
    ),
    { numRuns: 200, seed: 20261123 },
  );
});

test.each(fixtureNames('tiny'))('finds any flipped bit of %s by its digest', async (name) => {
  const bytes = fixture(name);
  const digest = sha256(bytes);
  for (let index = 0; index < bytes.length; index += 1) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(bytes.readUInt8(index) ^ (1 << (index % 8)), index);
    expect([index, await faultOf(damaged, digest)]).toEqual([index, expect.stringMatching(FAULTS)]);
  }
});

const FAULTS = /^(truncated|malformed|unsupported|limit|blocks|data|digest)$/;

test('meets any damage with an ArchiveError or a reading to the end, soon', async () => {
  const names = fc.constantFrom(...fixtureNames('shop'), ...fixtureNames('tiny'));
  const damages = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(names, damages, async (name, changes) => {
      const bytes = Buffer.from(fixture(name));
      for (const { at, byte } of changes) {
        bytes.writeUInt8(byte, at % bytes.length);
      }
      const start = performance.now();
      expect((await faultOf(bytes)) ?? 'digest').toMatch(FAULTS);
      expect(performance.now() - start).toBeLessThan(2000);
    }),
    { numRuns: 500, seed: 20261123 },
  );
});

test('meets arbitrary bytes with an ArchiveError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, hasMagic) => {
      const fault = await faultOf(
        hasMagic ? Buffer.concat([Buffer.from('PGDMP\x01\x10\x00\x04\x08\x01'), bytes]) : bytes,
      );
      expect(fault).toMatch(FAULTS);
    }),
    { seed: 20261123 },
  );
});

test.each(fixtureNames('tiny'))('finds anything after the end of %s', async (name) => {
  expect(await faultOf(Buffer.concat([fixture(name), Buffer.from([0])]))).toBe('blocks');
});

test('says which digest it found and which it should be', async () => {
  const bytes = fixture('pg17-tiny-none.dump');
  const reading = verifyArchive(pieces(bytes), '0'.repeat(64));
  await expect(reading).rejects.toThrow(
    `Archive, byte ${bytes.length}: the SHA-256 of the whole file is ${sha256(bytes)}, must be ${'0'.repeat(64)}. HINT: `,
  );
});

test('accepts a digest in capital letters', async () => {
  const bytes = fixture('pg17-tiny-none.dump');
  expect((await verifyArchive(pieces(bytes), sha256(bytes).toUpperCase())).sha256).toBe(sha256(bytes));
});

test('reads a table of 100 MB in flat memory', async () => {
  const [start = Buffer.alloc(0), end = Buffer.alloc(0)] = aroundRows();
  const row = Buffer.from(`${'x'.repeat(199)}\n`);
  const rows = Buffer.concat(Array.from({ length: 500 }, () => Buffer.concat([int(row.length), row])));
  const before = process.memoryUsage().rss;
  let most = 0;
  async function* archive() {
    yield start;
    for (let piece = 0; piece < 1000; piece += 1) {
      most = Math.max(most, process.memoryUsage().rss - before);
      yield Buffer.from(rows);
    }
    yield end;
  }
  const { tables } = await verifyArchive(archive());
  expect(tables).toEqual([{ schema: 'acme', table: 'orders', rows: 500_000, bytes: 100_000_005 }]);
  expect(most).toBeLessThan(128 * 1024 * 1024);
});

/** An archive of one empty table, cut where its rows would be. */
function aroundRows(): Buffer[] {
  const entry = { dumpId: 1, kind: 'TABLE DATA', name: 'orders', schema: 'acme', rows: [] };
  const archive = buildArchive({ minorVersion: 16, compression: 'none' }, [entry]);
  const rows = archive.lastIndexOf(int(5));
  return [archive.subarray(0, rows), archive.subarray(rows)];
}

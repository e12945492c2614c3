import * as fc from 'fast-check';
import { openArchive } from '../../../engine/archive/archive-reader';
import type { Compression } from '../../../engine/archive/header';
import { verifyArchive } from '../../../engine/archive/verify';
import { archiveHead } from '../../../engine/archive/writer';
import { type BuiltEntry, buildArchive, buildBlock, buildHeader, int, text } from './archive-builder';
import { fixture, fixtureNames, pieces } from './fixtures';
import { tocOf } from './toc-of';

const FORMAT = { minorVersion: 16, compression: 'none' } as const;
const ORDERS: BuiltEntry = {
  dumpId: 10,
  kind: 'TABLE DATA',
  name: 'orders',
  schema: 'acme',
  rows: ['1\tone', '2\ttwo'],
};
const USERS: BuiltEntry = { dumpId: 11, kind: 'TABLE DATA', name: 'users', schema: 'acme', rows: ['3\tthree'] };
const OBJECTS: BuiltEntry = { dumpId: 10, kind: 'BLOBS', name: 'BLOBS', largeObjects: new Map([[1, 'one']]) };
const VIEW: BuiltEntry = { dumpId: 12, kind: 'VIEW', name: 'totals', schema: 'acme', dependencies: [10, 11] };

const reading = (bytes: Uint8Array) => verifyArchive(pieces(bytes));

test('reads what an entry says', async () => {
  const toc = await tocOf(buildArchive(FORMAT, [ORDERS, VIEW]));
  expect(toc).toMatchObject([
    { dumpId: 10, kind: 'TABLE DATA', name: 'orders', schema: 'acme', owner: 'postgres', hasData: true, isCopy: true },
    { dumpId: 12, kind: 'VIEW', dependencies: [10, 11], hasData: false, isCopy: false, dataOffset: undefined },
  ]);
});

test('reads what any archive holds', async () => {
  const rows = fc.array(fc.stringMatching(/^[\w\t]{0,80}$/), { maxLength: 20 });
  const table = fc.record({ kind: fc.constant('TABLE DATA'), name: fc.string(), schema: fc.string(), rows });
  const objects = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 0xffffffff }), fc.string()), {
    selector: ([oid]) => oid,
  });
  const blobs = fc.record({
    kind: fc.constant('BLOBS'),
    name: fc.string(),
    largeObjects: objects.map((all) => new Map(all)),
  });
  const other = fc.record({
    kind: fc.string(),
    name: fc.string(),
    definition: fc.string(),
    dependencies: fc.array(fc.nat()),
  });
  const entries = fc
    .array(fc.oneof(table, blobs, other), { maxLength: 8 })
    .map((all): BuiltEntry[] => all.map((entry, index) => ({ dumpId: index + 1, ...entry })));
  const version = fc.constantFrom(14, 15, 16);
  await fc.assert(
    fc.asyncProperty(
      version,
      fc.constantFrom<Compression>('none', 'gzip'),
      entries,
      fc.integer({ min: 1, max: 300 }),
      proves,
    ),
    { numRuns: 60, seed: 20261123 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Compression>('lz4', 'zstd'),
      entries,
      fc.integer({ min: 1, max: 300 }),
      (...rest) => proves(16, ...rest),
    ),
    { numRuns: 60, seed: 20261123 },
  );
});

async function proves(minorVersion: number, compression: Compression, entries: BuiltEntry[], pieceBytes: number) {
  const bytes = buildArchive({ minorVersion, compression }, entries);
  const contents = await verifyArchive(pieces(bytes, pieceBytes));
  const tables = entries.filter(({ rows }) => rows !== undefined);
  expect(contents.tables.map(({ table, rows }) => [table, rows])).toEqual(
    tables.map(({ name, rows }) => [name, rows?.length]),
  );
  const objects = entries.flatMap(({ largeObjects }) => [...(largeObjects?.values() ?? [])]);
  expect(contents.largeObjects).toEqual({ count: objects.length, bytes: Buffer.byteLength(objects.join('')) });
  expect(contents.bytes).toBe(bytes.length);
}

test.each(fixtureNames('shop').filter((name) => !name.includes('seekable')))(
  'writes %s anew byte for byte',
  async (name) => {
    const bytes = fixture(name);
    const entries: Buffer[] = [];
    const archive = await openArchive(pieces(bytes, 1000), (_, raw) => entries.push(Buffer.from(raw)));
    const parts = [...archiveHead(archive.header, archive.toc.entries, entries)];
    for await (const { raw } of archive.blocks()) {
      parts.push(raw);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  },
);

describe('finds data blocks that are not those of the table of contents:', () => {
  const head = (...entries: BuiltEntry[]) => {
    const blocks = entries.flatMap((entry) => buildBlock(entry, 'none'));
    return buildArchive(FORMAT, entries).subarray(0, -Buffer.concat(blocks).length || undefined);
  };
  const archive = (entries: BuiltEntry[], blocks: BuiltEntry[]) =>
    Buffer.concat([head(...entries), ...blocks.flatMap((entry) => buildBlock(entry, 'none'))]);

  test('two that are swapped', async () => {
    const swapped = reading(archive([ORDERS, USERS], [USERS, ORDERS]));
    await expect(swapped).rejects.toMatchObject({ fault: 'blocks', offset: head(ORDERS, USERS).length });
    await expect(swapped).rejects.toThrow(
      'found the data block 11 of TABLE DATA acme.users, expected that of TABLE DATA acme.orders',
    );
  });

  test('one that is there twice', async () => {
    await expect(reading(archive([ORDERS, USERS], [ORDERS, ORDERS]))).rejects.toMatchObject({ fault: 'blocks' });
    await expect(reading(archive([ORDERS], [ORDERS, ORDERS]))).rejects.toMatchObject({ fault: 'blocks' });
  });

  test('one that is missing', async () => {
    await expect(reading(archive([ORDERS, USERS], [USERS]))).rejects.toMatchObject({ fault: 'blocks' });
    await expect(reading(archive([ORDERS, USERS], [ORDERS]))).rejects.toMatchObject({ fault: 'truncated' });
  });

  test('one of another tenant', async () => {
    const foreign = { ...USERS, dumpId: 99 };
    await expect(reading(archive([ORDERS, USERS], [ORDERS, foreign]))).rejects.toThrow(
      'found the data block 99 of no entry',
    );
  });

  test('one of an entry that has no data', async () => {
    await expect(reading(archive([VIEW], [{ ...ORDERS, dumpId: 12 }]))).rejects.toMatchObject({ fault: 'blocks' });
  });

  test('one of another type', async () => {
    await expect(reading(archive([ORDERS], [OBJECTS]))).rejects.toThrow('has type 3, not 1');
  });
});

test('names an entry in an error only as far as anybody reads', async () => {
  const entry = { ...ORDERS, name: 'n'.repeat(100_000) };
  const archive = buildArchive(FORMAT, [entry]);
  const blockBytes = Buffer.concat(buildBlock(entry, FORMAT.compression)).length;
  const error = await reading(archive.subarray(0, archive.length - blockBytes)).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(/the start of the data block of TABLE DATA acme\.n{10,200}…: /);
});

test('finds a block that is not where the table of contents says', async () => {
  const bytes = Buffer.from(fixture('pg18-shop-seekable.dump'));
  const toc = await tocOf(bytes);
  const entry = toc.find(({ hasData }) => hasData);
  const at = bytes.indexOf(entry?.raw ?? '') + (entry?.raw.length ?? 0) - 8;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await expect(reading(bytes)).rejects.toThrow('begins here, the table of contents says byte');
});

test('refuses rows that do not end as COPY does', async () => {
  const bytes = buildArchive(FORMAT, [ORDERS]);
  const end = bytes.lastIndexOf('\\.');
  bytes.write('x', end);
  const block = Buffer.concat(buildBlock(ORDERS, 'none'));
  await expect(reading(bytes)).rejects.toMatchObject({ fault: 'data', offset: bytes.length - block.length });
});

describe('refuses a header', () => {
  const header = buildHeader(FORMAT);
  const changed = (index: number, value: number) => {
    const bytes = Buffer.from(header);
    bytes.writeUInt8(value, index);
    return bytes;
  };

  test.each([
    ['of something else', changed(0, 0x71), 'it begins with "qGDMP", must begin with "PGDMP"'],
    ['of an older format', changed(6, 13), "the format's version is 1.13.0, known are 1.14 to 1.16"],
    ['of a newer format', changed(6, 17), "the format's version is 1.17.0, known are 1.14 to 1.16"],
    ['with other integers', changed(8, 8), 'integers have 8 bytes and offsets 8, known are 4 and 8'],
    ['of a tar archive', changed(10, 3), 'the format is 3, must be 1 (custom)'],
    ['with an unknown compression', changed(11, 4), 'the algorithm of compression is 4, known are 0 to 3'],
    ['with a damaged number', changed(12, 2), 'the sign of the time of creation is 2, must be 0 or 1'],
  ])('%s', async (_, bytes, message) => {
    await expect(openArchive(pieces(bytes))).rejects.toThrow(message);
    await expect(openArchive(pieces(bytes))).rejects.toThrow('HINT: ');
  });
});

describe('takes no memory for lengths that are only claimed:', () => {
  const start = Buffer.concat([buildHeader(FORMAT), int(1), int(1), int(0)]);

  test('a string beyond the limit of an entry', async () => {
    const opening = openArchive(pieces(Buffer.concat([start, int(2_000_000_000)])));
    await expect(opening).rejects.toMatchObject({ fault: 'limit', offset: start.length });
    await expect(opening).rejects.toThrow('is 2000000000 bytes, the limit is 67108');
  });

  test('a string within the limit that does not come', async () => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(openArchive(pieces(Buffer.concat([start, int(60_000_000)])))).rejects.toMatchObject({
      fault: 'truncated',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  test('entries that do not come', async () => {
    const bytes = Buffer.concat([buildHeader(FORMAT), int(2_000_000_000)]);
    await expect(openArchive(pieces(bytes))).rejects.toMatchObject({ fault: 'truncated', offset: bytes.length });
  });

  test('a chunk that does not come', async () => {
    const bytes = buildArchive(FORMAT, [{ ...ORDERS, rows: [] }]);
    const length = bytes.lastIndexOf(int(5));
    bytes.writeUInt32LE(2_000_000_000, length + 1);
    await expect(reading(bytes)).rejects.toMatchObject({ fault: 'truncated', offset: bytes.length });
  });
});

test.each([
  ['number 0', [{ ...VIEW, dumpId: 0 }], 'the number of an entry is 0, must be 1 or more'],
  ['a number twice', [VIEW, VIEW], 'two entries have the number 12'],
  ['an impossible dependency', [{ ...VIEW, dependencies: [-1] }], 'a dependency is "-1", must be a number'],
])('refuses an entry with %s', async (_, entries, message) => {
  await expect(openArchive(pieces(buildArchive(FORMAT, entries)))).rejects.toThrow(message);
});

test('refuses more dependencies than there can be entries', async () => {
  const dependency = text('1');
  const archive = buildArchive(FORMAT, [{ ...VIEW, dependencies: [1] }]);
  const place = archive.lastIndexOf(dependency);
  const many = Buffer.alloc(1_000_001 * dependency.length, dependency);
  const damaged = Buffer.concat([archive.subarray(0, place), many, archive.subarray(place + dependency.length)]);
  await expect(reading(damaged)).rejects.toMatchObject({ fault: 'limit', message: expect.stringContaining('1000000') });
});

test('reads an entry whose text comes in very many pieces without slowing down', async () => {
  const long = { ...VIEW, definition: 'x'.repeat(4_000_000), dependencies: Array.from({ length: 100_000 }, () => 10) };
  const toc = await tocOf(buildArchive(FORMAT, [ORDERS, long]), 20);
  expect(toc[1]?.dependencies).toHaveLength(100_000);
});

test('pulls no more of the source than it reads', async () => {
  let pulled = 0;
  async function* counted() {
    for await (const piece of pieces(buildArchive(FORMAT, [{ ...ORDERS, rows: Array(1000).fill('a row') }]), 100)) {
      pulled += 1;
      yield piece;
    }
  }
  const archive = await openArchive(counted());
  const before = pulled;
  const blocks = archive.blocks();
  await blocks.next();
  await blocks.next();
  expect(pulled - before).toBeLessThanOrEqual(2);
  await blocks.return();
  expect(pulled - before).toBeLessThanOrEqual(2);
});

test('closes the source when it finds a fault, and when the reader leaves', async () => {
  let closed = 0;
  async function* closing(bytes: Buffer) {
    try {
      yield* pieces(bytes, 100);
    } finally {
      closed += 1;
    }
  }
  await expect(openArchive(closing(Buffer.alloc(1000)))).rejects.toMatchObject({ fault: 'unsupported' });
  expect(closed).toBe(1);
  for await (const part of (await openArchive(closing(buildArchive(FORMAT, [ORDERS])))).blocks()) {
    expect(part.kind).toBe('start');
    break;
  }
  expect(closed).toBe(2);
});

test('passes on the failure of its source', async () => {
  async function* failing() {
    yield text('no archive').subarray(0, 3);
    throw new Error('connection lost');
  }
  await expect(openArchive(failing())).rejects.toThrow('connection lost');
});

import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { type ArchiveOutput, splitArchive } from '../../../engine/archive/split';
import { verifyArchive } from '../../../engine/archive/verify';
import { blocksOf } from './damages';
import { fixture, fixtureNames, pieces } from './fixtures';
import { tocOf } from './toc-of';

const TENANTS = new Map([
  ['acme', 'acme'],
  ['Größe.One', 'groesse'],
  ['empty', 'nobody'],
]);
const tenantOf = (schema: string) => TENANTS.get(schema);

/** Keeps what a split writes. */
class Outputs {
  public readonly complete = new Map<string | undefined, Buffer>();
  public readonly aborted: (string | undefined)[] = [];
  public open = 0;
  public mostOpen = 0;

  public constructor(private readonly failing?: string) {}

  public readonly of = async (tenant: string | undefined): Promise<ArchiveOutput> => {
    const parts: Buffer[] = [];
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    return {
      write: async (bytes) => {
        if (tenant !== undefined && tenant === this.failing) {
          throw new Error('upload refused');
        }
        parts.push(Buffer.from(bytes));
      },
      end: async () => {
        this.open -= 1;
        this.complete.set(tenant, Buffer.concat(parts));
      },
      abort: async () => {
        await setImmediate();
        this.open -= 1;
        this.aborted.push(tenant);
      },
    };
  };
}

async function tablesOf(bytes: Buffer | undefined) {
  const { tables } = await verifyArchive(pieces(bytes ?? Buffer.alloc(0)));
  return tables.map(({ schema, table, rows, bytes: size }) => ({ schema, table, rows, bytes: size }));
}

test.each(fixtureNames('shop'))('splits %s into whole archives that together hold all of it', async (name) => {
  const original = fixture(name);
  const outputs = new Outputs();
  await splitArchive(pieces(original, 1000), tenantOf, outputs.of);
  expect([...outputs.complete.keys()].sort()).toEqual(['acme', 'groesse', 'nobody', undefined]);
  const all = await tablesOf(original);
  for (const [tenant, bytes] of outputs.complete) {
    expect(await tablesOf(bytes)).toEqual(all.filter(({ schema }) => TENANTS.get(schema) === tenant));
  }
});

test.each(fixtureNames('shop'))(
  'gives every entry of %s to exactly one archive, but the settings to all',
  async (name) => {
    const outputs = new Outputs();
    const { archives } = await splitArchive(pieces(fixture(name)), tenantOf, outputs.of);
    const toc = await tocOf(fixture(name));
    const settings = toc.filter(({ kind }) => /^(ENCODING|STDSTRINGS|SEARCHPATH)$/.test(kind)).length;
    expect(settings).toBe(3);
    expect(archives.reduce((sum, { entries }) => sum + entries - settings, 0)).toBe(toc.length - settings);
  },
);

test('gives a tenant its schema with comment and grants', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg17-shop-gzip.dump')), tenantOf, outputs.of);
  const toc = await tocOf(outputs.complete.get('acme'));
  const withoutSchema = toc.filter(({ schema }) => schema === undefined).map(({ kind, name }) => `${kind} ${name}`);
  expect(withoutSchema.slice(3)).toEqual(['SCHEMA acme', 'COMMENT SCHEMA acme', 'ACL SCHEMA acme']);
});

test('leaves large objects to what is shared', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg17-shop-gzip.dump')), tenantOf, outputs.of);
  const { largeObjects } = await verifyArchive(pieces(outputs.complete.get(undefined) ?? Buffer.alloc(0)));
  expect(largeObjects).toEqual({ count: 3, bytes: 10_020 });
});

test('gives back an archive byte for byte when no schema has a tenant', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg17-shop-zstd.dump'), 1000), () => undefined, outputs.of);
  expect(outputs.complete.get(undefined)?.equals(fixture('pg17-shop-zstd.dump'))).toBe(true);
});

test('forgets the offsets of an archive that was written to a file', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg18-shop-seekable.dump')), () => undefined, outputs.of);
  const toc = await tocOf(outputs.complete.get(undefined));
  expect(toc.filter(({ dataOffset }) => dataOffset !== undefined)).toEqual([]);
  expect(outputs.complete.get(undefined)?.length).toBe(fixture('pg18-shop-seekable.dump').length);
});

test('keeps no more outputs open than it must', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg17-shop-gzip.dump')), tenantOf, outputs.of);
  expect(outputs.mostOpen).toBe(1);
  expect(outputs.open).toBe(0);
});

test('waits for an output before it reads on', async () => {
  let pulled = 0;
  async function* counted() {
    for await (const piece of pieces(fixture('pg17-shop-none.dump'), 100)) {
      pulled += 1;
      yield piece;
    }
  }
  const outputs = new Outputs();
  let pulledDuringWrite = 0;
  await splitArchive(counted(), tenantOf, async (tenant) => {
    const output = await outputs.of(tenant);
    const write = async (bytes: Buffer) => {
      const before = pulled;
      await setImmediate();
      pulledDuringWrite += pulled - before;
      await output.write(bytes);
    };
    return { ...output, write };
  });
  expect(pulledDuringWrite).toBe(0);
});

test('aborts what is open when the archive turns out to be cut', async () => {
  const outputs = new Outputs();
  const bytes = fixture('pg17-shop-gzip.dump');
  const splitting = splitArchive(pieces(bytes.subarray(0, bytes.length - 1)), tenantOf, outputs.of);
  await expect(splitting).rejects.toMatchObject({ fault: 'truncated' });
  expect(outputs.open).toBe(0);
  expect(outputs.aborted).toHaveLength(1);
});

test('aborts an output that fails, and says why', async () => {
  const outputs = new Outputs('acme');
  const splitting = splitArchive(pieces(fixture('pg17-shop-gzip.dump')), tenantOf, outputs.of);
  await expect(splitting).rejects.toThrow('upload refused');
  expect(outputs.aborted).toEqual(['acme']);
});

test('says what each archive holds, and what the split one began with', async () => {
  const outputs = new Outputs();
  const { header, archives } = await splitArchive(pieces(fixture('pg17-shop-lz4.dump'), 1000), tenantOf, outputs.of);
  expect(header).toMatchObject({ version: '1.16', compression: 'lz4', database: 'shop' });
  const table = (schema: string, name: string, rows: number) => expect.objectContaining({ schema, table: name, rows });
  const none = { count: 0, bytes: 0 };
  expect(archives.map(({ entries, ...rest }) => rest)).toEqual([
    { tenant: undefined, tables: [table('public', 'plan', 2)], largeObjects: { count: 3, bytes: 10_020 } },
    {
      tenant: 'groesse',
      tables: [table('Größe.One', 'long', 20), table('Größe.One', 'odd "name"', 5)],
      largeObjects: none,
    },
    {
      tenant: 'acme',
      tables: [
        table('acme', 'customer', 6),
        table('acme', 'event_2026', 30),
        table('acme', 'nothing', 0),
        table('acme', 'orders', 120),
      ],
      largeObjects: none,
    },
    { tenant: 'nobody', tables: [], largeObjects: none },
  ]);
});

test('counts while it splits what a verification counts', async () => {
  for (const name of fixtureNames('shop')) {
    const outputs = new Outputs();
    const { archives } = await splitArchive(pieces(fixture(name)), tenantOf, outputs.of);
    for (const { tenant, entries, tables, largeObjects } of archives) {
      const verified = await verifyArchive(pieces(outputs.complete.get(tenant) ?? Buffer.alloc(0)));
      expect({ entries, tables, largeObjects }).toEqual({
        entries: verified.entries,
        tables: verified.tables,
        largeObjects: verified.largeObjects,
      });
    }
  }
});

test('refuses an archive whose rows are damaged, though it could be divided', async () => {
  const bytes = Buffer.from(fixture('pg17-shop-none.dump'));
  bytes.write('x', bytes.lastIndexOf('\\.\n\n\n'));
  const outputs = new Outputs();
  await expect(splitArchive(pieces(bytes), tenantOf, outputs.of)).rejects.toMatchObject({ fault: 'data' });
  expect(outputs.open).toBe(0);
});

test('divides any archive among any tenants without losing or changing a block', async () => {
  const names = [...fixtureNames('shop'), ...fixtureNames('objects'), ...fixtureNames('tiny')];
  const schemas = ['acme', 'Größe.One', 'empty', 'globex', 'public'];
  const tenants = fc.array(fc.constantFrom('one', 'two', 'three', undefined), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      tenants,
      fc.integer({ min: 1, max: 70_000 }),
      async (name, of, size) => {
        const bytes = fixture(name);
        const outputs = new Outputs();
        await splitArchive(pieces(bytes, size), (schema) => of[schemas.indexOf(schema)], outputs.of);
        const blocks = new Map(
          (await blocksOf(bytes)).map(({ dumpId, from, to }) => [dumpId, bytes.subarray(from, to)]),
        );
        for (const part of outputs.complete.values()) {
          await verifyArchive(pieces(part));
          for (const { dumpId, from, to } of await blocksOf(part)) {
            expect(blocks.get(dumpId)?.equals(part.subarray(from, to))).toBe(true);
            blocks.delete(dumpId);
          }
        }
        expect(blocks.size).toBe(0);
      },
    ),
    { numRuns: 100, seed: 20261123 },
  );
});

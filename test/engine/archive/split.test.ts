import { openArchive } from '../../../engine/archive/archive-reader';
import { type ArchiveOutput, splitArchive } from '../../../engine/archive/split';
import { verifyArchive } from '../../../engine/archive/verify';
import { fixture, fixtureNames, pieces } from './fixtures';

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
    const archives = await splitArchive(pieces(fixture(name)), tenantOf, outputs.of);
    const { toc } = await openArchive(pieces(fixture(name)));
    const settings = toc.filter(({ kind }) => /^(ENCODING|STDSTRINGS|SEARCHPATH)$/.test(kind)).length;
    expect(settings).toBe(3);
    expect(archives.reduce((sum, { entries }) => sum + entries - settings, 0)).toBe(toc.length - settings);
  },
);

test('gives a tenant its schema with comment and grants', async () => {
  const outputs = new Outputs();
  await splitArchive(pieces(fixture('pg17-shop-gzip.dump')), tenantOf, outputs.of);
  const { toc } = await openArchive(pieces(outputs.complete.get('acme') ?? Buffer.alloc(0)));
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
  const { toc } = await openArchive(pieces(outputs.complete.get(undefined) ?? Buffer.alloc(0)));
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
      await new Promise((resolve) => setImmediate(resolve));
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

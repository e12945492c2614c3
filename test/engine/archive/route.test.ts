import * as fc from 'fast-check';
import { openArchive } from '../../../engine/archive/archive-reader';
import { Shares } from '../../../engine/archive/route';
import { splitArchive } from '../../../engine/archive/split';
import { type BuiltEntry, buildArchive } from './archive-builder';
import { fixture, fixtureNames, pieces } from './fixtures';

const TENANTS = new Map([
  ['acme', 'acme'],
  ['globex', 'globex'],
]);

/** Kind and name of the entries of each share, by tenant. */
async function routed(bytes: Uint8Array): Promise<Map<string, string[]>> {
  const shares = new Shares((schema) => TENANTS.get(schema));
  const before = new Map<string, number>();
  const routes = new Map<string, string[]>();
  const archive = await openArchive(pieces(bytes), (entry, raw, offset) => {
    shares.add(entry, raw, offset);
    for (const { tenant = 'shared', entries } of shares.all) {
      if (entries > (before.get(tenant) ?? SETTINGS)) {
        routes.set(tenant, [...(routes.get(tenant) ?? []), `${entry.kind} ${entry.name}`]);
      }
      before.set(tenant, Math.max(entries, SETTINGS));
    }
  });
  await archive.close();
  return routes;
}

/** Entries that each share begins with in a genuine archive. */
const SETTINGS = 3;

describe.each(fixtureNames('objects'))('of %s', (name) => {
  test('what lies in a schema goes with the schema', async () => {
    const acme = (await routed(fixture(name))).get('acme');
    expect(acme).toEqual(
      expect.arrayContaining([
        'SCHEMA acme',
        'TYPE mood',
        'DOMAIN positive',
        'COMMENT DOMAIN positive',
        'COLLATION plain',
        'TEXT SEARCH CONFIGURATION words',
        'OPERATOR ===',
        'FOREIGN TABLE far',
        'TABLE task',
        'SEQUENCE task_id_seq',
        'SEQUENCE OWNED BY task_id_seq',
        'DEFAULT task id',
        'TABLE ATTACH visit_2026',
        'INDEX ATTACH visit_2026_number_idx',
        'COMMENT INDEX task_mood',
        'CONSTRAINT task task_pkey',
        'STATISTICS task_statistics',
        'TRIGGER task unchanged',
        'COMMENT TRIGGER unchanged ON task',
        'ROW SECURITY task',
        'POLICY task own',
        'TABLE DATA task',
        'SEQUENCE SET task_id_seq',
        'MATERIALIZED VIEW DATA task_count',
        'DEFAULT ACL DEFAULT PRIVILEGES FOR TABLES',
      ]),
    );
  });

  test('what lies in no schema goes with the only tenant that it depends on', async () => {
    const acme = (await routed(fixture(name))).get('acme');
    expect(acme).toEqual(
      expect.arrayContaining([
        'COMMENT SCHEMA acme',
        'ACL SCHEMA acme',
        'EXTENSION hstore',
        'COMMENT EXTENSION hstore',
        'CAST CAST (acme.mood AS integer)',
        'COMMENT CAST (acme.mood AS integer)',
        'TRANSFORM TRANSFORM FOR acme.pair LANGUAGE sql',
        'EVENT TRIGGER log_command',
        'COMMENT EVENT TRIGGER log_command',
      ]),
    );
  });

  test('the membership of a tenant in a publication goes with the tenant', async () => {
    const acme = (await routed(fixture(name))).get('acme');
    expect(acme).toContain('PUBLICATION TABLE chosen task');
    expect(acme).toContain('PUBLICATION TABLES IN SCHEMA schemas acme');
  });

  test('all else is shared', async () => {
    const shared = (await routed(fixture(name))).get('shared') ?? [];
    const isLargeObject = (entry: string) => /^(BLOB|BLOBS|BLOB METADATA) |LARGE OBJECT/.test(entry);
    expect(shared.filter((entry) => !isLargeObject(entry) && !entry.startsWith('STATISTICS DATA')).sort()).toEqual([
      'ACCESS METHOD ordered',
      'ACL TABLE plan',
      'ACL TABLE tasks',
      'COMMENT EXTENSION pg_trgm',
      'CONSTRAINT plan plan_pkey',
      'DATABASE objects',
      'DEFAULT ACL DEFAULT PRIVILEGES FOR TABLES',
      'EXTENSION pg_trgm',
      'FOREIGN DATA WRAPPER elsewhere',
      'PUBLICATION TABLE chosen plan',
      'PUBLICATION chosen',
      'PUBLICATION everything',
      'PUBLICATION schemas',
      'RULE tasks no_insert',
      'SERVER other',
      'TABLE DATA plan',
      'TABLE plan',
      'USER MAPPING USER MAPPING app SERVER other',
      'VIEW tasks',
    ]);
    // The object, its comment, its grants, and its data.
    expect(shared.filter(isLargeObject)).toHaveLength(4);
  });

  test('what refers to another tenant stays with the tenant that it lies in', async () => {
    const globex = (await routed(fixture(name))).get('globex');
    expect(globex).toContain('FK CONSTRAINT task task_original_fkey');
  });
});

test('the statistics that PostgreSQL 18 dumps go with the schema of their table', async () => {
  const routes = await routed(fixture('pg18-objects-gzip.dump'));
  const statistics = (tenant: string) => routes.get(tenant)?.filter((entry) => entry.startsWith('STATISTICS DATA '));
  expect(statistics('acme')).toContain('STATISTICS DATA task');
  expect(statistics('shared')).toEqual(expect.arrayContaining(['STATISTICS DATA plan']));
});

const SCHEMAS: BuiltEntry[] = [
  { dumpId: 1, kind: 'SCHEMA', name: 'acme' },
  { dumpId: 2, kind: 'SCHEMA', name: 'globex' },
  { dumpId: 3, kind: 'SCHEMA', name: 'public' },
  { dumpId: 4, kind: 'FUNCTION', name: 'convert()', schema: 'globex' },
  { dumpId: 5, kind: 'TYPE', name: 'kind', schema: 'public' },
];

/** The tenant that the last entry goes to, among two tenants with their schemas. */
async function tenantOf(...entries: BuiltEntry[]): Promise<string | undefined> {
  const [tenant, ...more] = await sharesWith(...entries);
  expect(more).toEqual([]);
  return tenant;
}

/** Everybody that the last entry goes to. */
async function sharesWith(...entries: BuiltEntry[]): Promise<(string | undefined)[]> {
  const shares = new Shares((schema) => TENANTS.get(schema));
  let last: Map<string | undefined, number> = new Map();
  let tenants: (string | undefined)[] = [];
  const format = { minorVersion: 16, compression: 'none' } as const;
  const archive = await openArchive(pieces(buildArchive(format, [...SCHEMAS, ...entries])), (entry, raw, offset) => {
    shares.add(entry, raw, offset);
    const now = new Map(shares.all.map((share) => [share.tenant, share.entries]));
    tenants = [...now.keys()].filter((name) => (now.get(name) ?? 0) > (last.get(name) ?? 0));
    last = now;
  });
  await archive.close();
  return tenants;
}

test.each([
  ['of one tenant', [1], 'acme'],
  ['of one tenant and what is shared', [5, 4], 'globex'],
  ['of two tenants', [1, 4], undefined],
  ['that are shared', [3, 5], undefined],
  ['that the archive does not hold', [77], undefined],
  ['of no kind', [], undefined],
])('an entry in no schema that depends on objects %s', async (_, dependencies, tenant) => {
  expect(await tenantOf({ dumpId: 10, kind: 'CAST', name: 'a cast', dependencies })).toBe(tenant);
});

test('what depends on an entry in no schema goes where that went', async () => {
  const cast = { dumpId: 10, kind: 'CAST', name: 'a cast', dependencies: [4] };
  expect(await tenantOf(cast, { dumpId: 11, kind: 'COMMENT', name: 'on it', dependencies: [10] })).toBe('globex');
});

test.each(['BLOB', 'BLOB METADATA', 'BLOBS'])(
  'a large object as %s is shared, with what is said of it',
  async (kind) => {
    const object = { dumpId: 10, kind, name: '60001', owner: 'acme' };
    expect(await tenantOf(object)).toBeUndefined();
    for (const remark of ['ACL', 'COMMENT', 'SECURITY LABEL']) {
      const entry = { dumpId: 11, kind: remark, name: 'LARGE OBJECT 60001', dependencies: [10] };
      expect(await tenantOf(object, entry)).toBeUndefined();
    }
  },
);

test('large objects that are dumped as one by PostgreSQL up to 16 or by owner since are shared', async () => {
  const objects = { dumpId: 12, kind: 'BLOBS', name: 'BLOBS', largeObjects: new Map([[1, 'one']]) };
  expect(await tenantOf(objects)).toBeUndefined();
  expect(await tenantOf({ ...objects, name: '60001..60009', owner: 'acme', dependencies: [5] })).toBeUndefined();
});

test('an entry with data is nowhere but in one share, whatever it calls itself', async () => {
  expect(await sharesWith({ dumpId: 10, kind: 'ENCODING', name: 'ENCODING', rows: ['1'] })).toEqual([undefined]);
});

test('a setting that comes late goes into each archive as well', async () => {
  const shares = new Shares((schema) => TENANTS.get(schema));
  const entries = [...SCHEMAS, { dumpId: 20, kind: 'ENCODING', name: 'ENCODING' }];
  const bytes = buildArchive({ minorVersion: 16, compression: 'none' }, entries);
  await (await openArchive(pieces(bytes), (entry, raw, offset) => shares.add(entry, raw, offset))).close();
  expect(shares.all.map(({ tenant, entries: count }) => [tenant, count])).toEqual([
    [undefined, 3],
    ['acme', 2],
    ['globex', 3],
  ]);
});

test.each([
  ['so large that every archive would grow', [{ definition: 'x'.repeat(5000) }], 'limit'],
  ['more often than pg_dump writes any', [{}, {}, {}, {}], 'malformed'],
] as const)('refuses settings %s', async (_, settings, fault) => {
  const entries = settings.map((setting, index) => ({
    dumpId: index + 1,
    kind: 'ENCODING',
    name: 'ENCODING',
    ...setting,
  }));
  const archive = splitArchive(
    pieces(buildArchive({ minorVersion: 16, compression: 'none' }, entries)),
    () => undefined,
    () => Promise.reject(new Error('nothing must be written')),
  );
  await expect(archive).rejects.toMatchObject({ fault, offset: expect.any(Number) });
});

test('gives each entry to one share, and gives its bytes back in order, however many there are', async () => {
  const entry = fc.record({
    schema: fc.constantFrom('acme', 'globex', 'public'),
    definition: fc.nat(20_000).map((length) => 'CREATE TABLE '.repeat(length / 13)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 40 }), async (all) => {
      const shares = new Shares((schema) => TENANTS.get(schema));
      const expected = new Map<string | undefined, Buffer[]>();
      const entries = all.map((some, index) => ({ dumpId: index + 1, kind: 'TABLE', name: 'a table', ...some }));
      const format = { minorVersion: 16, compression: 'none' } as const;
      const archive = await openArchive(pieces(buildArchive(format, entries)), (some, raw, offset) => {
        const tenant = TENANTS.get(some.schema ?? '');
        expected.set(tenant, [...(expected.get(tenant) ?? []), Buffer.from(raw)]);
        shares.add(some, raw, offset);
      });
      await archive.close();
      for (const share of shares.all) {
        const parts = expected.get(share.tenant) ?? [];
        expect(share.entries).toBe(parts.length);
        expect(Buffer.concat([...share.release()]).equals(Buffer.concat(parts))).toBe(true);
      }
    }),
    { numRuns: 30, seed: 20261123 },
  );
});

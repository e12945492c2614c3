import type { ArchiveRecord, BackupManifest, TenantRecord } from '../../../engine/catalog/manifest';
import { planTenant, type TenantFacts } from '../../../engine/restore/tenant-plan';

const stored = { versionId: 'v1', sha256: '0'.repeat(64), crc64nvme: 'AAAAAAAAAAA=' };
const shared: ArchiveRecord = { ...stored, key: 'shared', bytes: 1000, schemas: [], tables: [], largeObjects: 0 };
const record: TenantRecord = {
  ...shared,
  key: 'acme',
  tenant: 'acme',
  bytes: 50,
  schemas: ['acme'],
  tables: [{ schema: 'acme', table: 'orders', rows: 3 }],
};
const manifest = { id: 'backup', shared } as BackupManifest;
const empty = { exists: true, isEmpty: true, schemas: ['public'] };
const missing = { exists: false, isEmpty: true, schemas: [] };
const filled = { exists: true, isEmpty: false, schemas: ['acme', 'public'] };
const others = { exists: true, isEmpty: false, schemas: ['globex', 'public'] };

const facts = (changes: Partial<TenantFacts>): TenantFacts => ({
  manifest,
  record,
  target: { kind: 'inPlace' },
  protectedDatabase: 'app',
  state: filled,
  dependents: [],
  ...changes,
});
const plan = (changes: Partial<TenantFacts>) => planTenant(facts(changes));
const into = (create = false) => ({ kind: 'database', database: 'copy', create }) as const;

describe('into a database', () => {
  test('that is empty, with what is shared', () => {
    expect(plan({ target: into(), state: empty })).toMatchObject({
      method: 'withShared',
      database: 'copy',
      createDatabase: false,
      schemas: ['acme'],
      overwrites: [],
      bytes: 1050,
    });
  });

  test('that is made first', () => {
    expect(plan({ target: into(true), state: missing })).toMatchObject({ method: 'withShared', createDatabase: true });
  });

  test('that has other tenants, alone', () => {
    expect(plan({ target: into(), state: others })).toMatchObject({
      method: 'alone',
      bytes: 50,
      createDatabase: false,
    });
  });

  test('refuses one that is not there, unless it may be made', () => {
    expect(() => plan({ target: into(), state: missing })).toThrow(
      'There is no database "copy". HINT: add --create to make it.',
    );
  });

  test('refuses one that has the tenant', () => {
    expect(() => plan({ target: into(), state: filled })).toThrow('Database "copy" has schema "acme" already. HINT:');
  });

  test('a tenant that lies in public goes beside other schemas', () => {
    const inPublic = { ...record, schemas: ['public'] };
    expect(plan({ target: into(), state: others, record: inPublic })).toMatchObject({ method: 'alone' });
  });

  test('a database of its own is restored whole, and only into an empty one', () => {
    const own = {
      record: { ...record, database: 'acme' },
      manifest: { id: 'backup' } as BackupManifest,
      target: into(),
    };
    expect(plan({ ...own, state: empty })).toMatchObject({ method: 'alone', bytes: 50 });
    expect(() => plan({ ...own, state: others })).toThrow('Database "copy" has something in it already. HINT:');
  });
});

describe('as another schema', () => {
  const target = { kind: 'schema', schema: 'acme_old' } as const;

  test('by way of a database for the time being', () => {
    const made = plan({ target });
    expect(made).toMatchObject({
      method: 'sideBySide',
      database: 'app',
      schemas: ['acme_old'],
      overwrites: [],
      bytes: 1050,
    });
    expect(made.notes.join()).toContain('text of functions');
  });

  test('refuses several schemas', () => {
    expect(() => plan({ target, record: { ...record, schemas: ['a', 'b'] } })).toThrow('The tenant has 2 schemas,');
  });

  test.each(['', 'pg_mine', 'é'.repeat(32)])('refuses the name %p', (schema) => {
    expect(() => plan({ target: { kind: 'schema', schema } })).toThrow('A schema cannot be called');
  });

  test('takes a name of 63 bytes', () => {
    expect(plan({ target: { kind: 'schema', schema: 'x'.repeat(63) } }).method).toBe('sideBySide');
  });

  test('refuses a name that is taken', () => {
    expect(() => plan({ target: { kind: 'schema', schema: 'public' } })).toThrow('has a schema "public" already');
  });

  test('refuses a tenant that is a database of its own', () => {
    expect(() => plan({ target, record: { ...record, database: 'acme' } })).toThrow('is a database of its own');
  });
});

describe('in place', () => {
  test('replaces what is there', () => {
    expect(plan({})).toMatchObject({ method: 'inPlace', database: 'app', overwrites: ['acme'], bytes: 50 });
  });

  test('replaces nothing where the tenant was dropped', () => {
    expect(plan({ state: others })).toMatchObject({ method: 'inPlace', overwrites: [] });
  });

  test('refuses to drop what others need', () => {
    const dependents = [
      { kind: 'view', identity: 'billing.everyone' },
      { kind: 'table constraint', identity: 'x on y' },
    ];
    expect(() => plan({ dependents })).toThrow(
      '2 objects outside of the tenant need it and would be dropped with it, such as view billing.everyone. HINT:',
    );
  });

  test('refuses a tenant that is a database of its own', () => {
    expect(() => plan({ record: { ...record, database: 'acme' } })).toThrow('HINT: restore it into a new database');
  });

  test('says that large objects do not come back with a tenant', () => {
    const withObjects = { id: 'backup', shared: { ...shared, largeObjects: 7 } } as BackupManifest;
    expect(plan({ manifest: withObjects }).notes.join()).toContain('the 7 large objects of the backup');
    expect(plan({}).notes.join()).not.toContain('large objects');
  });
});

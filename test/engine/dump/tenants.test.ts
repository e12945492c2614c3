import type { QueryResultRow } from 'pg';
import { type Queries, resolveTenants, type SchemaSource } from '../../../engine/dump/tenants';

/** Answers as a database with these schemas would. */
function databaseWith(schemas: readonly string[], registry: QueryResultRow[] | Error = []): Queries {
  const answer = async (text: string, values: readonly unknown[] = []): Promise<QueryResultRow[]> => {
    if (text.includes('LIKE $1')) {
      return schemas.map((schema) => ({ tenant: schema, schema }));
    }
    if (text.includes('NOT EXISTS')) {
      return (values[0] as string[]).filter((name) => !schemas.includes(name)).map((name) => ({ name }));
    }
    if (registry instanceof Error) {
      throw registry;
    }
    return registry;
  };
  return { query: answer as Queries['query'] };
}

const REGISTRY: SchemaSource = { kind: 'registry', query: 'SELECT tenant, schema, left_out FROM tenants' };
const LIKE: SchemaSource = { kind: 'schemasLike', pattern: 'tenant\\_%' };
const list = (...schemas: string[]): SchemaSource => ({ kind: 'schemas', schemas });

describe('the tenants of a database', () => {
  it('are the schemas that match a pattern', async () => {
    await expect(resolveTenants(databaseWith(['tenant_1', 'tenant_2']), LIKE, {})).resolves.toEqual({
      tenants: [
        { tenant: 'tenant_1', schemas: ['tenant_1'] },
        { tenant: 'tenant_2', schemas: ['tenant_2'] },
      ],
      leftOut: [],
    });
  });

  it('are those of a list', async () => {
    const { tenants } = await resolveTenants(databaseWith(['a', 'b', 'c']), list('c', 'a'), {});
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['c', 'a']);
  });

  it('are those of the registry, with all their schemas', async () => {
    const rows = [
      { tenant: 'acme', schema: 'acme_data' },
      { tenant: 'acme', schema: 'acme_files', left_out: null },
      { tenant: 'acme', schema: 'acme_data', left_out: '' },
    ];
    const { tenants } = await resolveTenants(databaseWith(['acme_data', 'acme_files'], rows), REGISTRY, {});
    expect(tenants).toEqual([{ tenant: 'acme', schemas: ['acme_data', 'acme_files'] }]);
  });

  it('are without those that the settings leave out, also when their schema is gone', async () => {
    const reasons = { tenant_2: 'suspended', gone: 'deleted' };
    await expect(resolveTenants(databaseWith(['tenant_1', 'tenant_2']), LIKE, reasons)).resolves.toEqual({
      tenants: [{ tenant: 'tenant_1', schemas: ['tenant_1'] }],
      leftOut: [
        { tenant: 'tenant_2', reason: 'suspended', schemas: ['tenant_2'] },
        { tenant: 'gone', reason: 'deleted', schemas: [] },
      ],
    });
  });

  it('are without those that the registry leaves out with one of their schemas', async () => {
    const rows = [
      { tenant: 'acme', schema: 'acme_data', left_out: 'suspended' },
      { tenant: 'acme', schema: 'no_longer_there', left_out: null },
      { tenant: 'other', schema: 'other', left_out: null },
    ];
    const { tenants, leftOut } = await resolveTenants(databaseWith(['acme_data', 'other'], rows), REGISTRY, {});
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['other']);
    expect(leftOut).toEqual([{ tenant: 'acme', reason: 'suspended', schemas: ['acme_data', 'no_longer_there'] }]);
  });

  it('must be one at least: an empty match is no backup', async () => {
    await expect(resolveTenants(databaseWith([]), LIKE, {})).rejects.toThrow(
      /No tenant was found \(schemas like 'tenant\\_%'; 0 left out\)\. HINT: /,
    );
    await expect(resolveTenants(databaseWith(['a']), list('a'), { a: 'suspended' })).rejects.toThrow('1 left out');
  });

  it('must have the schemas that they are said to have', async () => {
    const many = Array.from({ length: 12 }, (_, index) => `missing_${index}`);
    await expect(resolveTenants(databaseWith(['a']), list('a', 'b'), {})).rejects.toThrow(
      /1 of 2 schemas of tenants do not exist: "b"\. HINT: /,
    );
    await expect(resolveTenants(databaseWith(['a']), list('a', ...many), {})).rejects.toThrow(/"missing_9", …\. HINT/);
  });

  it('share no schema', async () => {
    const rows = [
      { tenant: 'a', schema: 'common' },
      { tenant: 'b', schema: 'common' },
    ];
    await expect(resolveTenants(databaseWith(['common'], rows), REGISTRY, {})).rejects.toThrow(
      /tenants "a" and "b" both name the schema "common"\. HINT: /,
    );
  });

  it.each(['pg_catalog', 'pg_toast', 'information_schema'])('have no schema of the system: %s', async (schema) => {
    await expect(resolveTenants(databaseWith([schema]), list(schema), {})).rejects.toThrow(
      `the schema "${schema}", which is PostgreSQL's own. HINT: `,
    );
  });

  it.each([
    [{ tenant: 'a' }, 'schema'],
    [{ schema: 'a' }, 'tenant'],
    [{ tenant: 5, schema: 'a' }, 'tenant'],
    [{ tenant: 'a', schema: null }, 'schema'],
    [{ tenant: '', schema: 'a' }, 'tenant'],
  ])('need the columns of the registry: %j', async (row, column) => {
    const rows = [{ tenant: 'first', schema: 'a' }, row];
    await expect(resolveTenants(databaseWith(['a'], rows), REGISTRY, {})).rejects.toThrow(
      new RegExp(`^Row 2 of the registry's query has no text in the column "${column}"\\. HINT: `),
    );
  });

  it('are unknown when the registry cannot be asked; what the server says of rows is not repeated', async () => {
    const failure = Object.assign(new Error('invalid input syntax: "a customer"'), { code: '22P02' });
    const error: Error = await resolveTenants(databaseWith([], failure), REGISTRY, {}).then(
      () => new Error('it did not fail'),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(/^The registry's query failed with SQLSTATE 22P02\. HINT: /);
    expect(error.message).not.toContain('customer');
  });
});

/** What the comparison of databases must see, so that a test that relies on it can fail. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../local/postgres/server';
import { Teardown } from '../../local/teardown';
import { contentsOf } from './compare-databases';
import { type Fixture, loadFixture } from './fixtures';
import { seedTenants } from './seed-tenants';

jest.setTimeout(300_000);

const teardown = new Teardown();
let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-compare-'));
  server = await startPostgres({ teardown, folder });
  await within('postgres', async (client) => {
    await client.query('CREATE DATABASE original');
  });
  await within('original', (client) => loadFixture(client, 'realistic'));
});

afterAll(async () => {
  await teardown.run();
  await rm(folder, { recursive: true, force: true });
});

test('a copy of a database equals it', async () => {
  expect(await contentsOf({ server, database: await copyOf('original') })).toEqual(
    await contentsOf({ server, database: 'original' }),
  );
});

test.each([
  ['a row more', 'INSERT INTO tenant_acme.animals VALUES (NULL)'],
  ['a row less', 'DELETE FROM tenant_acme.dogs'],
  ['a value', `UPDATE tenant_acme.customers SET settings = '{}' WHERE id = 7`],
  ['the same row twice instead of two', `UPDATE tenant_acme.rooms SET room = 3, during = 'empty'`],
  ['a sequence', `SELECT nextval('tenant_acme.invoice_number')`],
  ['a large object', `SELECT lo_put(oid, 2, '\\x00') FROM pg_largeobject_metadata LIMIT 1`],
  ['a grant', 'REVOKE SELECT ON tenant_acme.customers FROM saas_app'],
  ['a comment', `COMMENT ON TABLE tenant_acme.customers IS 'other'`],
  ['an index', 'DROP INDEX tenant_acme.orders_customer'],
  ['a function', `ALTER FUNCTION tenant_acme.net(numeric, numeric) COST 7`],
  ['the owner of a table', 'ALTER TABLE tenant_acme.orders OWNER TO saas_app'],
])('a difference is seen: %s', async (_, change) => {
  const database = await copyOf('original');
  await within(database, (client) => client.query(change));
  expect(await contentsOf({ server, database })).not.toEqual(await contentsOf({ server, database: 'original' }));
});

test.each<Fixture>(['realistic', 'odd-names'])('the fixture %s can be loaded', async (fixture) => {
  const database = await created();
  await within(database, (client) => loadFixture(client, fixture));
  const { tables } = await contentsOf({ server, database });
  expect(Object.keys(tables).length).toBeGreaterThan(30);
});

test('tenants of the same form are seeded', async () => {
  const database = await created();
  await within(database, (client) => seedTenants(client, { tenants: 12, tablesPerTenant: 100, rows: 3 }));
  const { tables } = await contentsOf({ server, database });
  expect(Object.keys(tables)).toHaveLength(1200);
  expect(tables['"tenant_00012"."records_100"']).toMatch(/^3 rows \d+$/);
});

let databases = 0;

async function created(template = 'template0'): Promise<string> {
  databases += 1;
  const name = `database_${databases}`;
  await within('postgres', (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return name;
}

const copyOf = (database: string): Promise<string> => created(database);

async function within(database: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: server.connectionString(database) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

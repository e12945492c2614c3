/** Restores on other servers, with newer client tools, of tenants with databases of their own, and that are stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { TOOLS_DIRECTORY_VARIABLE } from '../../engine/contract/tenant-dumps';
import { FakeTools } from '../engine/postgres/fake-tools';
import { compareDatabases, contentsOf } from '../postgres/compare-databases';
import { seedTenants } from '../postgres/seed-tenants';
import { RoundTrip } from './round-trip';

jest.setTimeout(300_000);

const TENANT = 'tenant_initech';

let old: RoundTrip;
let newer: RoundTrip;

beforeAll(async () => {
  old = await RoundTrip.start();
  newer = await RoundTrip.start(Math.max(17, old.environment.postgres.major));
});
afterEach(() => {
  old.environment.reset();
  old.variables = {};
  newer.variables = {};
});
afterAll(async () => {
  await old.environment.stop();
  await newer.environment.stop();
});

test('a backup is restored on a newer server, with the roles that it lacks', async () => {
  const source = await old.load('realistic');
  await old.dump(source, 'realistic');
  newer.variables = { AWS_ENDPOINT_URL_S3: old.environment.s3.endpoint };
  const log = await newer.restore('postgres', 'database', '--into', 'moved', '--create', '--jobs', '4');
  expect(log.find(({ roles }) => roles !== undefined)?.roles).toEqual(['saas "Owner"', 'saas_app', 'saas_reader']);

  const [wanted, seen] = [await contentsOf(old.at(source)), await contentsOf(newer.at('moved'))];
  expect(seen.tables).toEqual(wanted.tables);
  expect(seen.sequences).toEqual(wanted.sequences);
  expect(seen.largeObjects).toEqual(wanted.largeObjects);
  const memberships = `SELECT r.rolname AS role, m.rolname AS member FROM pg_auth_members a
    JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE r.rolname !~ '^pg_'`;
  expect(await newer.environment.sql(memberships)).toEqual([{ role: 'saas_reader', member: 'saas_app' }]);
});

test('client tools that are newer than the server dump and restore, all or one tenant', async () => {
  const source = await old.load('realistic');
  await old.environment.sql('DROP EVENT TRIGGER note_change', source);
  old.variables = { [TOOLS_DIRECTORY_VARIABLE]: newer.environment.postgres.binDirectory };
  await old.dump(source, 'realistic');

  const copy = old.newName();
  await old.restore(source, 'database', '--into', copy, '--create', '--jobs', '3');
  await compareDatabases(old.at(source), old.at(copy));
  await old.environment.sql(`DELETE FROM ${TENANT}.rooms`, copy);
  await old.restore(copy, 'tenant', TENANT, '--in-place', '--yes');
  await compareDatabases(old.at(source), old.at(copy));
  await old.restore(copy, 'tenant', TENANT, '--as-schema', 'beside', '--jobs', '2');
  const { tables } = await contentsOf(old.at(copy), { schemas: ['beside'] });
  expect(tables['"beside"."rooms"']).toMatch(/^3 rows/);
});

test('client tools that are older than the backup are refused', async () => {
  const source = await old.load('realistic');
  await old.dump(source, 'realistic');
  const tools = await FakeTools.create();
  await tools.write('pg_dump', `echo 'pg_dump (PostgreSQL) 14.1'`);
  old.variables = { [TOOLS_DIRECTORY_VARIABLE]: tools.directory };
  try {
    for (const command of [
      ['database', '--into', 'new', '--create'],
      ['tenant', TENANT, '--in-place'],
    ]) {
      const { code, log } = await old.run('postgres', ...command);
      expect(code).toBe(1);
      expect(log.at(-1)?.reason).toMatch(
        new RegExp(
          `of PostgreSQL 14\\.1, and .* HINT: install client tools of version ${old.environment.postgres.major}`,
        ),
      );
    }
  } finally {
    await tools.remove();
  }
});

describe('a database for each tenant', () => {
  const DATABASES = ['own_one', 'own_Two "x"'];
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

  test('all come back under their names with their settings, and one into a new database', async () => {
    for (const name of DATABASES) {
      await old.environment.sql(`CREATE DATABASE ${quoted(name)}`);
      await old.environment.sql(`ALTER DATABASE ${quoted(name)} SET work_mem = '7MB'`);
      await seed(name);
    }
    const before = await Promise.all(DATABASES.map((name) => contentsOf(old.at(name))));
    await old.dump('postgres', 'realistic', { tenants: { kind: 'databasesLike', pattern: 'own\\_%' } });

    const { code, log } = await old.run('postgres', 'database');
    expect([code, log.at(-1)?.reason]).toEqual([1, expect.stringContaining('2 of 2 databases are there already')]);
    for (const name of DATABASES) await old.environment.sql(`DROP DATABASE ${quoted(name)}`);
    await old.restore('postgres', 'database', '--jobs', '2');
    expect(await Promise.all(DATABASES.map((name) => contentsOf(old.at(name))))).toEqual(before);
    expect(await old.environment.sql('SHOW work_mem', DATABASES[1])).toEqual([{ work_mem: '7MB' }]);

    const copy = old.newName();
    await old.restore('postgres', 'tenant', DATABASES[1] ?? '', '--into-database', copy, '--create');
    expect(await contentsOf(old.at(copy))).toEqual(before[1]);
  });

  async function seed(database: string): Promise<void> {
    const client = new Client({ connectionString: old.environment.postgres.connectionString(database) });
    await client.connect();
    await seedTenants(client, { tenants: 2, tablesPerTenant: 3, rows: 10 }).finally(() => client.end());
    await old.environment.sql('CREATE TABLE public.settings AS SELECT 1 AS one', database);
  }
});

describe.each(['LATIN1', 'SQL_ASCII'])('in a database in %s', (encoding) => {
  test('a tenant whose name is not in ASCII is restored beside what is there, and in place after a dump of it', async () => {
    const live = old.newName();
    const name = 'tenant_größe';
    await old.environment.sql(`CREATE DATABASE ${live} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`);
    await old.environment.sql(`CREATE SCHEMA "${name}"; CREATE TABLE "${name}".maße AS SELECT 'Ä' AS größe`, live);
    await old.dump(live, 'realistic');

    await old.restore(live, 'tenant', name, '--as-schema', 'tenant_neu_ü');
    expect(await old.environment.sql('SELECT * FROM "tenant_neu_ü".maße', live)).toEqual([{ größe: 'Ä' }]);

    await old.environment.sql(`UPDATE "${name}".maße SET größe = 'Ö'`, live);
    const log = await old.restore(live, 'tenant', name, '--in-place', '--yes');
    expect(await old.environment.sql(`SELECT * FROM "${name}".maße`, live)).toEqual([{ größe: 'Ä' }]);
    expect(log.at(-1)?.safetyDump).toMatch(/-tenant_gr%C3%B6%C3%9Fe\.dump$/);
  });
});

test.each([
  ['before what is there is dumped', 'ROW EXCLUSIVE', 'DO %'],
  ['before it is replaced', 'ACCESS SHARE', 'DROP SCHEMA%'],
])('a restore in place that is stopped %s leaves everything as it was, and no session', async (_, mode, waiting) => {
  const live = await old.load('realistic');
  await old.environment.sql('DROP EVENT TRIGGER note_change', live);
  await old.dump(live, 'realistic');
  await old.environment.sql(`DELETE FROM ${TENANT}.rooms`, live);
  const before = await contentsOf(old.at(live));
  const holder = new Client({ connectionString: old.environment.postgres.connectionString(live) });
  await holder.connect();
  try {
    await holder.query(`BEGIN; LOCK TABLE ${TENANT}.orders_other IN ${mode} MODE`);
    const job = old.start(live, 'tenant', TENANT, '--in-place', '--yes');
    const WAITING = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ltrim(query, E'\\n ') LIKE '${waiting}'`;
    while ((await old.environment.sql(WAITING)).length === 0) await sleep(20);
    job.child.kill('SIGTERM');
    expect((await job.end).code).toBe(143);
  } finally {
    await holder.end();
  }
  for (let waited = 0; waited < 60_000 && (await old.environment.sessions()) > 0; waited += 50) await sleep(50);
  expect(await old.environment.sessions()).toBe(0);
  expect(await contentsOf(old.at(live))).toEqual(before);
});

/** The parts of a restore that a real server has to judge. */
import type { Client } from 'pg';
import { DatabaseAccess } from '../../../engine/postgres/connection';
import { awsCredentialSources } from '../../../engine/postgres/login';
import type { ToolOptions } from '../../../engine/postgres/tool';
import { createDatabase, databaseState, dropDatabase, execute } from '../../../engine/restore/databases';
import { dependentsElsewhere } from '../../../engine/restore/dependents';
import { restoreGlobals } from '../../../engine/restore/restore-globals';
import { rowCheck } from '../../../engine/restore/row-check';
import { takeStatistics } from '../../../engine/restore/statistics';
import type { PostgresServer } from '../../../local/postgres/server';
import { Teardown } from '../../../local/teardown';
import { startServer } from './test-server';

jest.setTimeout(300_000);

const teardown = new Teardown();
let server: PostgresServer;
let access: DatabaseAccess;
let tools: ToolOptions;
let client: Client;
let databases = 0;
let database: string;

beforeAll(async () => {
  ({ server, access, tools } = await startServer(teardown));
});
beforeEach(async () => {
  databases += 1;
  database = `database "${databases}" = \\'x`;
  await createDatabase(access, database);
  client = await access.connect(database);
});
afterEach(() => client.end());
afterAll(() => teardown.run());

describe('a database', () => {
  test('that was just made is empty', async () => {
    expect(await databaseState(access, database)).toEqual({ exists: true, isEmpty: true, schemas: ['public'] });
  });

  test('that is not there is told as such', async () => {
    expect(await databaseState(access, 'missing')).toEqual({ exists: false, isEmpty: true, schemas: [] });
  });

  test.each([
    'CREATE SCHEMA a',
    'CREATE TABLE t ()',
    'CREATE SEQUENCE s',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE DOMAIN d AS int',
    'CREATE EXTENSION citext',
    'SELECT lo_create(0)',
  ])('with something in it is not empty: %s', async (command) => {
    await client.query(command);
    expect(await databaseState(access, database)).toMatchObject({ isEmpty: false });
  });

  test('that is there already cannot be made', async () => {
    await expect(createDatabase(access, database)).rejects.toThrow(
      /^Cannot create database .* already exists\. HINT: /,
    );
  });

  test('is made with the provider of the collation of the one that the settings name', async () => {
    const isBuiltin = server.major >= 17;
    const provider = isBuiltin
      ? `LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`
      : `LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'`;
    await client.query(`CREATE DATABASE sorted TEMPLATE template0 ${provider}`);
    const { host, port } = server;
    const sorted = DatabaseAccess.of(
      { host, port, database: 'sorted', login: { kind: 'environment' } },
      awsCredentialSources({ PATH: process.env.PATH, PGUSER: server.user }),
    );
    await createDatabase(sorted, 'sorted_copy');
    const { rows } = await client.query(
      `SELECT to_jsonb(d) - '{oid,datname,datfrozenxid,datminmxid}'::text[] AS options, datlocprovider AS provider
       FROM pg_database d WHERE datname LIKE 'sorted%'`,
    );
    expect(rows).toHaveLength(2);
    expect(rows[0].provider).toBe(isBuiltin ? 'b' : 'i');
    expect(rows[0].options).toEqual(rows[1].options);
  });

  test('is dropped although somebody is connected, and need not be there', async () => {
    await createDatabase(access, 'other');
    const other = await access.connect('other');
    await dropDatabase(access, 'other');
    await dropDatabase(access, 'other');
    await other.end().catch(() => undefined);
    expect((await databaseState(access, 'other')).exists).toBe(false);
  });
});

describe('what would be dropped along', () => {
  const dependents = async (...schemas: string[]) =>
    (await dependentsElsewhere(client, schemas, 10)).map(({ kind, identity }) => `${kind} ${identity}`);

  beforeEach(() =>
    client.query(`CREATE SCHEMA a; CREATE SCHEMA b; CREATE TYPE a.status AS ENUM ('x'); CREATE TABLE a.t (id int PRIMARY KEY, s a.status);
      CREATE TABLE public.parent (id int PRIMARY KEY); CREATE TABLE a.child (p int REFERENCES public.parent);
      CREATE VIEW a.v AS SELECT * FROM a.t; CREATE FUNCTION a.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
      ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO public`),
  );

  test('is nothing of the tenant itself', async () => {
    expect(await dependents('a')).toEqual([]);
  });

  test.each([
    ['CREATE VIEW b.w AS SELECT * FROM a.t', 'view b.w'],
    ['CREATE TABLE b.r (id int REFERENCES a.t)', 'table constraint r_id_fkey on b.r'],
    ['CREATE TABLE b.u (s a.status)', 'table column b.u.s'],
    ['CREATE TABLE b.i () INHERITS (a.t)', 'table b.i'],
    ['CREATE TABLE b.g (); CREATE TRIGGER x BEFORE INSERT ON b.g EXECUTE FUNCTION a.f()', 'trigger x on b.g'],
  ])('is what needs it: %s', async (command, dependent) => {
    await client.query(command);
    expect(await dependents('a')).toContain(dependent);
    expect(await dependents('a', 'b')).toEqual([]);
  });

  test.each(['Größe', 'with "quotes"', 'select'])('is only what needs it from outside: of %s', async (name) => {
    const odd = client.escapeIdentifier(name);
    await client.query(`CREATE SCHEMA ${odd}; CREATE TABLE ${odd}.t (id int PRIMARY KEY);
      CREATE TABLE ${odd}.r (id int REFERENCES ${odd}.t); CREATE VIEW ${odd}.v AS SELECT * FROM ${odd}.t`);
    expect(await dependents(name)).toEqual([]);
    await client.query(`CREATE TABLE b.r (id int REFERENCES ${odd}.t)`);
    expect(await dependents(name)).toEqual(['table constraint r_id_fkey on b.r']);
    expect(await dependents(name, 'b')).toEqual([]);
  });
});

describe('the comparison of rows', () => {
  const check = (tables: readonly [string, string, number?][], ...schemas: string[]) =>
    execute(access, database, [
      rowCheck({
        schemas,
        tables: tables.map(([schema, table, rows]) => ({ schema, table, ...(rows !== undefined && { rows }) })),
      }),
    ]);
  const ODD = `o'dd "x" \\ $$ {,}`;

  beforeEach(() =>
    client.query(`CREATE SCHEMA a; CREATE TABLE a.t AS SELECT generate_series(1, 3); CREATE TABLE a.kid () INHERITS (a.t);
      INSERT INTO a.kid VALUES (9); CREATE SCHEMA ${client.escapeIdentifier(ODD)};
      CREATE TABLE ${client.escapeIdentifier(ODD)}.${client.escapeIdentifier(ODD)} ()`),
  );

  test('agrees to what is there, children apart, whatever it is called', async () => {
    await check(
      [
        ['a', 't', 3],
        ['a', 'kid', 1],
        [ODD, ODD, 0],
      ],
      'a',
      ODD,
    );
    await check(
      [
        ['a', 't'],
        ['a', 'kid'],
      ],
      'a',
    );
    await check([], 'public');
  });

  test.each<[string, [string, string, number?][], string]>([
    [
      'rows that differ',
      [
        ['a', 't', 4],
        ['a', 'kid', 1],
      ],
      '1 tables are not as in the backup: a.t has 3 rows, must have 4',
    ],
    [
      'a table that is missing',
      [
        ['a', 't', 3],
        ['a', 'kid', 1],
        ['a', 'gone', 0],
      ],
      'a.gone is missing',
    ],
    ['a table too many', [['a', 't', 3]], 'a.kid is not in the backup'],
  ])('tells %s', async (_, tables, problem) => {
    await expect(check(tables, 'a')).rejects.toThrow(problem);
  });

  test('names ten at most', async () => {
    const tables = Array.from({ length: 30 }, (_, index): [string, string] => ['a', `gone_${index}`]);
    const problem: Error = (await check([...tables, ['a', 't'], ['a', 'kid']], 'a').catch(
      (error: Error) => error,
    )) as Error;
    expect(problem.message).toMatch(/^30 tables/);
    expect(problem.message.split('; ')).toHaveLength(10);
  });

  test('does not compare what belongs to an extension', async () => {
    await client.query('ALTER EXTENSION plpgsql ADD TABLE a.kid');
    await check(
      [
        ['a', 't', 3],
        ['a', 'kid', 77],
      ],
      'a',
    );
    await check([['a', 't', 3]], 'a');
  });
});

describe('statistics for the query planner', () => {
  const warnings: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: (message: string, fields?: object) => warnings.push({ message, ...fields }),
  };
  const take = (schemas?: string[], signal = new AbortController().signal) =>
    takeStatistics({ access, jobs: 2, log, signal }, database, schemas);
  const known = async () =>
    (
      await client.query(
        `SELECT DISTINCT tablename AS name FROM pg_stats WHERE schemaname IN ('a', 'b "1"') ORDER BY 1`,
      )
    ).rows.map(({ name }) => name);

  beforeEach(async () => {
    warnings.length = 0;
    await client.query(`CREATE SCHEMA a; CREATE TABLE a.parent (n int) PARTITION BY RANGE (n);
      CREATE TABLE a.part PARTITION OF a.parent DEFAULT; INSERT INTO a.parent SELECT generate_series(1, 9);
      CREATE SCHEMA "b ""1"""; CREATE TABLE "b ""1"""."T 1" AS SELECT generate_series(1, 9) AS n`);
  });

  test('are taken of all tables, with partitions and as a whole', async () => {
    await take();
    expect(await known()).toEqual(['T 1', 'parent', 'part']);
    expect(warnings).toEqual([]);
  });

  test('are taken of some schemas only', async () => {
    await take(['b "1"']);
    expect(await known()).toEqual(['T 1']);
  });

  test('that cannot be taken are a warning that quotes no row', async () => {
    await client.query(`CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN n; END $$;
      CREATE INDEX ON a.parent (f(n));
      CREATE OR REPLACE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE 'row %', n; END $$`);
    await take();
    expect(warnings).toEqual([expect.objectContaining({ reason: 'SQLSTATE P0001' })]);
  });

  test('are no longer taken when the restore is stopped, which is whole all the same', async () => {
    await take(undefined, AbortSignal.abort(new Error('SIGTERM')));
    expect(await known()).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ reason: 'stopped' })]);
  });
});

describe('roles', () => {
  const restore = (globals: string, existing: string[] = []) =>
    restoreGlobals(Buffer.from(globals), new Set(existing), 'postgres', tools);

  test('that are missing are made, and told', async () => {
    const globals =
      'CREATE ROLE fresh;\nALTER ROLE fresh WITH LOGIN;\nCREATE ROLE postgres;\nALTER ROLE postgres WITH NOSUPERUSER;\n';
    expect(await restore(globals, ['postgres'])).toEqual(['fresh']);
    const { rows } = await client.query(`SELECT rolcanlogin FROM pg_roles WHERE rolname = 'fresh'`);
    expect(rows).toEqual([{ rolcanlogin: true }]);
  });

  test('are made with what they may do, by a user who is no superuser', async () => {
    await client.query('CREATE ROLE maker LOGIN CREATEROLE');
    const environment = { ...tools.environment, PGUSER: 'maker' };
    const globals = `CREATE ROLE "it's ""new""";\nALTER ROLE "it's ""new""" WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 3;\n`;
    await restoreGlobals(Buffer.from(globals), new Set(), 'postgres', { ...tools, environment });
    const { rows } = await client.query(
      `SELECT rolcanlogin, rolsuper, rolconnlimit FROM pg_roles WHERE rolname = 'it''s "new"'`,
    );
    expect(rows).toEqual([{ rolcanlogin: true, rolsuper: false, rolconnlimit: 3 }]);
  });

  test('that somebody makes meanwhile do no harm', async () => {
    await restore('CREATE ROLE twice;\n');
    await expect(restore('CREATE ROLE twice;\n')).resolves.toEqual(['twice']);
  });

  test('that cannot be made are a failure', async () => {
    await expect(restore('CREATE ROLE pg_mine;\nCREATE ROLE later;\n')).rejects.toThrow(
      /^1 roles, memberships or tablespaces cannot be restored: psql:<stdin>:1: ERROR: {2}role name .* HINT: the user of the restore needs CREATEROLE/,
    );
  });
});

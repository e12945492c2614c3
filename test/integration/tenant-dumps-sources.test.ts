/** Which tenants are dumped, and how a run is divided, with the job's own program and a real PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupManifest, TenantRecord } from '../../engine/catalog/manifest';
import type { TenantDumpsSettings } from '../../engine/contract/tenant-dumps';
import { dumpCommand } from '../../engine/contract/tenant-dumps';
import { DumpEnvironment } from './dump-environment';

/** Each a name that a careless pattern, a careless quotation or a careless key would take for another. */
const ODD_NAMES = [
  'tenant',
  'Tenant',
  'tenant.table',
  'te"nant',
  '"tenant"',
  'tenant*',
  'tenant?',
  'tenant$1',
  'ten|ant',
  '(tenant)',
  '[a-z]{3,}^',
  'back\\slash',
  'with space',
  "apo'strophe",
  'tenant/../shared',
  'Größe',
  '租户',
  '100%',
  'select',
  'x'.repeat(63),
];
const NEIGHBOURS = ['tenants', 'xtenant', 'tenantX1', 'ant', 'a'];
const OTHER_KINDS = [...NEIGHBOURS, 'public'];

let environment: DumpEnvironment;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const at = (database: string, settings: Partial<TenantDumpsSettings>): Partial<TenantDumpsSettings> => ({
  connection: {
    host: environment.postgres.host,
    port: environment.postgres.port,
    database,
    login: { kind: 'environment' },
  },
  ...settings,
});

async function backUp(settings: Partial<TenantDumpsSettings>): Promise<[BackupManifest, TenantRecord[]]> {
  const { code, log } = await environment.run({ settings });
  expect(log.at(-1)).toMatchObject({ level: 'INFO', message: 'the backup exists' });
  expect(code).toBe(0);
  const [manifest] = environment.manifests() as [BackupManifest];
  expect(environment.missing(manifest)).toEqual([]);
  return [manifest, environment.tenants(manifest)];
}

const schemasOf = (records: readonly TenantRecord[]) =>
  records.map(({ tenant, tables }) => [tenant, ...tables.map(({ schema }) => schema)]).sort();

describe.each([15, 17])('with PostgreSQL %i', (major) => {
  beforeAll(async () => {
    environment = await DumpEnvironment.start({}, major);
    await environment.sql('CREATE DATABASE odd');
    for (const name of [...ODD_NAMES, ...NEIGHBOURS]) {
      await environment.sql(
        `CREATE SCHEMA ${quoted(name)}; CREATE TABLE ${quoted(name)}."T.1" AS SELECT 1 AS a`,
        'odd',
      );
    }
    await environment.sql('CREATE SCHEMA "empty "', 'odd');
  });
  afterEach(() => environment.reset());
  afterAll(() => environment.stop());

  describe.each([
    ['one group', { groups: 1, parallelism: 1 }],
    ['three groups', { groups: 3, parallelism: 2 }],
  ])('schemas with odd names, in %s', (_, division) => {
    it('are dumped each by itself, and nothing besides', async () => {
      const tenants = { kind: 'schemas', schemas: [...ODD_NAMES, 'empty '] } as const;
      const [{ shared }, records] = await backUp(at('odd', { tenants, ...division }));
      expect(schemasOf(records)).toEqual([...ODD_NAMES.map((name) => [name, name]), ['empty ']].sort());
      expect(shared?.tables.map(({ schema }) => schema).sort()).toEqual([...NEIGHBOURS].sort());
      expect([...(shared?.schemas ?? [])].sort()).toEqual([...OTHER_KINDS].sort());
    });

    it('are left out each by itself, with the reason', async () => {
      const tenants = { kind: 'schemas', schemas: ['tenants', ...ODD_NAMES] } as const;
      const leaveOut = Object.fromEntries(ODD_NAMES.map((name) => [name, 'suspended']));
      const [manifest, records] = await backUp(at('odd', { tenants, leaveOut, ...division }));
      expect(schemasOf(records)).toEqual([['tenants', 'tenants']]);
      expect(manifest.leftOut.map(({ tenant }) => tenant).sort()).toEqual([...ODD_NAMES].sort());
      const others = NEIGHBOURS.filter((name) => name !== 'tenants').sort();
      expect(manifest.shared?.tables.map(({ schema }) => schema).sort()).toEqual(others);
    });
  });

  test('a registry names tenants, their schemas and who is left out', async () => {
    const query = `SELECT * FROM (VALUES ('acme', 'tenant', NULL), ('acme', 'Tenant', NULL), ('gone', 'ant', 'deleted'))
    AS t (tenant, schema, left_out)`;
    const [manifest, records] = await backUp(at('odd', { tenants: { kind: 'registry', query } }));
    expect(records).toMatchObject([{ tenant: 'acme', schemas: ['tenant', 'Tenant'] }]);
    expect(manifest.leftOut).toEqual([{ tenant: 'gone', reason: 'deleted' }]);
    expect(manifest.shared?.tables.map(({ schema }) => schema)).not.toContain('ant');
  });

  test.each([
    ['writes', 'INSERT INTO ant."T.1" VALUES (2) RETURNING 1, 2', '25006'],
    ['ends the transaction', "SELECT 'a' AS tenant, 'ant' AS schema; COMMIT", '42601'],
  ])('a registry that %s is refused', async (_, query, sqlState) => {
    const { code, log } = await environment.run({ settings: at('odd', { tenants: { kind: 'registry', query } }) });
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toContain(`SQLSTATE ${sqlState}. HINT: `);
  });

  test('roles are kept without their passwords', async () => {
    await environment.sql(`CREATE ROLE signs_in LOGIN PASSWORD 'c0ffee'`);
    const [{ globals }] = await backUp(at('odd', { tenants: { kind: 'schemas', schemas: ['tenant'] } }));
    const roles = String(environment.s3.objects('dumps').get(globals.key)?.body);
    expect(roles).toMatch(/^ALTER ROLE signs_in WITH .* LOGIN /m);
    expect(roles).not.toMatch(/PASSWORD|SCRAM|md5|c0ffee/);
  });

  test('a database for each tenant: each has an archive of all that is in it', async () => {
    for (const name of ['customer_a', 'customer_B', 'customer_gone']) {
      await environment.sql(`CREATE DATABASE ${quoted(name)}`);
      await environment.sql(
        `CREATE TABLE t AS SELECT 1; CREATE SCHEMA s CREATE TABLE u (a int); SELECT lo_create(0)`,
        name,
      );
    }
    const tenants = { kind: 'databasesLike', pattern: 'customer\\_%' } as const;
    const leaveOut = { customer_gone: 'deleted' };
    const [manifest, records] = await backUp({ tenants, leaveOut, parallelism: 2 });
    expect(manifest).not.toHaveProperty('shared');
    expect(manifest).not.toHaveProperty('snapshot');
    expect(manifest.leftOut).toEqual([{ tenant: 'customer_gone', reason: 'deleted' }]);
    expect(records.map(({ tenant, database, largeObjects }) => [tenant, database, largeObjects])).toEqual([
      ['customer_B', 'customer_B', 1],
      ['customer_a', 'customer_a', 1],
    ]);
    for (const { tables, snapshotAt } of records) {
      expect(tables.map(({ schema, table }) => `${schema}.${table}`).sort()).toEqual(['public.t', 's.u']);
      expect(Date.parse(snapshotAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    }
  });

  test.each(['LATIN1', 'SQL_ASCII'])('names outside ASCII are told apart in a database in %s', async (encoding) => {
    const database = `in_${encoding}`;
    await environment.sql(`CREATE DATABASE "${database}" ENCODING '${encoding}' TEMPLATE template0 LOCALE 'C'`);
    for (const name of ['tenant_ä', 'tenant_ö', 'tenant_ü']) {
      await environment.sql(`CREATE SCHEMA "${name}" CREATE TABLE "${name}" (a int)`, database);
    }
    const [manifest, records] = await backUp(at(database, { leaveOut: { tenant_ö: 'suspended' } }));
    const tables = records.flatMap((record) =>
      record.tables.map(({ schema, table }) => [record.tenant, schema, table]),
    );
    expect(tables).toEqual(['tenant_ä', 'tenant_ü'].map((name) => [name, name, name]));
    expect(manifest.shared?.tables).toEqual([]);
  });

  test('large objects of the owners of tenants are kept with what is shared, and told of', async () => {
    await environment.sql('CREATE DATABASE large');
    await environment.sql(
      `CREATE SCHEMA tenant_1; CREATE TABLE tenant_1.files AS SELECT lo_from_bytea(0, 'content') AS file`,
      'large',
    );
    const { code, log } = await environment.run({ settings: at('large', {}) });
    expect(code).toBe(0);
    expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', largeObjects: 1 }));
    expect(environment.manifests()[0]?.shared?.largeObjects).toBe(1);
  });

  test('tables of tenants that a publication lists are refused in groups, which would lose that they are', async () => {
    await environment.sql('CREATE PUBLICATION listed FOR TABLE ant."T.1", TABLES IN SCHEMA tenant', 'odd');
    try {
      const settings = at('odd', { tenants: { kind: 'schemas', schemas: ODD_NAMES }, groups: 2 });
      const { code, log } = await environment.run({ settings });
      expect(code).toBe(1);
      expect(log.at(-1)?.reason).toMatch(/^Publications list 1 tables or schemas .* HINT: set groups to 1/);
    } finally {
      await environment.sql('DROP PUBLICATION listed', 'odd');
    }
  });

  describe('a run of several tasks', () => {
    const settings = () => at('odd', { tenants: { kind: 'schemas', schemas: ODD_NAMES }, groups: 2, parallelism: 2 });
    const announced = async (run: string): Promise<void> => {
      while (!environment.s3.objects('dumps').has(`runs/${run}/groups.json`)) {
        await sleep(50);
      }
    };

    it('publishes one backup of one snapshot', async () => {
      const coordinator = environment.run({ settings: settings(), command: dumpCommand.coordinate('run-1') });
      await announced('run-1');
      await environment.sql(`INSERT INTO tenant."T.1" VALUES (2)`, 'odd');
      const groups = ['0', '1', '2'].map((group) =>
        environment.run({ settings: settings(), command: dumpCommand.group('run-1', group) }),
      );
      expect((await Promise.all(groups)).map(({ code }) => code)).toEqual([0, 0, 0]);
      expect((await coordinator).code).toBe(0);
      const [manifest] = environment.manifests() as [BackupManifest];
      expect(environment.missing(manifest)).toEqual([]);
      expect(manifest.totals).toMatchObject({ tenants: ODD_NAMES.length, rows: ODD_NAMES.length + NEIGHBOURS.length });
      expect(environment.metrics.published).toMatchObject([{ success: 1, errors: 0 }]);
    });

    it('is a failed backup as soon as a group has failed', async () => {
      const coordinator = environment.run({ settings: settings(), command: dumpCommand.coordinate('run-2') });
      await announced('run-2');
      const { code } = await environment.run({
        settings: settings(),
        command: dumpCommand.group('run-2', '1'),
        environment: { HOLDFAST_POSTGRES_BIN: '/nowhere' },
      });
      expect(code).toBe(1);
      const { code: coordinated, log } = await coordinator;
      expect(coordinated).toBe(1);
      expect(log.at(-1)?.reason).toMatch(/^Group 1 of 3 failed: pg_dump could not be started/);
      expect(environment.manifests()).toEqual([]);
      expect(environment.metrics.published).toEqual([{ success: 0, errors: 1 }]);
    });
  });
});

test('a server without room for the locks is refused before pg_dump begins, with the value to set', async () => {
  const small = await DumpEnvironment.start({
    max_locks_per_transaction: 10,
    max_connections: 10,
    max_worker_processes: 1,
  });
  try {
    for (let tenant = 0; tenant < 20; tenant += 1) {
      const tables = Array.from({ length: 20 }, (_, index) => `CREATE TABLE table_${index} (a int)`);
      await small.sql(`CREATE SCHEMA tenant_${tenant} ${tables.join(' ')}`);
    }
    const { code, log } = await small.run();
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(
      /takes a lock on each of 400 tables.* room for \d+\. HINT: set max_locks_per_transaction to \d+ or more/,
    );
    expect(small.metrics.published).toEqual([{ success: 0, errors: 1 }]);
  } finally {
    await small.stop();
  }
});

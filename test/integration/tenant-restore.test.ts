/** Restores single tenants with the jobs' own program, a real PostgreSQL, and a bucket in memory. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { compareDatabases, contentsOf } from '../postgres/compare-databases';
import { RoundTrip } from './round-trip';

jest.setTimeout(300_000);

/** Nothing outside of it needs it; its own tables need what is shared. */
const TENANT = 'tenant_initech';
const ITS_OWN = { schemas: [TENANT] };

let trip: RoundTrip;
/** Database that was dumped, and stays as it was. */
let original: string;
let live: string;

beforeAll(async () => {
  trip = await RoundTrip.start();
  original = await trip.load('realistic');
  // It would note what restores do.
  await trip.environment.sql('DROP EVENT TRIGGER note_change', original);
  await trip.dump(original, 'realistic', {});
});
beforeEach(async () => {
  live = await trip.create(original);
});
afterAll(() => trip.environment.stop());

const sql = (text: string) => trip.environment.sql(text, live);
const databases = async () =>
  (await trip.environment.sql<{ name: string }>('SELECT datname AS name FROM pg_database')).map(({ name }) => name);

describe.each(['1', '3'])('with %s jobs', (jobs) => {
  test('a tenant that was dropped comes back, and nothing else changes', async () => {
    await sql(`DROP SCHEMA ${TENANT} CASCADE`);
    await trip.restore(live, 'tenant', TENANT, '--into-database', live, '--jobs', jobs);
    await compareDatabases(trip.at(original), trip.at(live));
    const [known] = await sql(`SELECT count(*)::int AS columns FROM pg_stats WHERE schemaname = '${TENANT}'`);
    expect(known).not.toEqual({ columns: 0 });
  });

  test('a restore that fails leaves nothing of the tenant', async () => {
    await sql(`DROP SCHEMA ${TENANT} CASCADE; DROP FUNCTION public.touch() CASCADE`);
    const before = await contentsOf(trip.at(live));
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--into-database', live, '--jobs', jobs);
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toContain('function public.touch() does not exist');
    expect(await contentsOf(trip.at(live))).toEqual(before);
  });
});

describe('in place', () => {
  test('a damaged tenant is as it was, and what was replaced is in the bucket', async () => {
    await sql(
      `DELETE FROM ${TENANT}.rooms; DROP TABLE ${TENANT}.nothing_yet; CREATE TABLE ${TENANT}.new AS SELECT 1 AS a`,
    );
    const damaged = await contentsOf(trip.at(live), ITS_OWN);
    const log = await trip.restore(live, 'tenant', TENANT, '--in-place', '--yes');
    await compareDatabases(trip.at(original), trip.at(live));

    const safetyDump = log.at(-1)?.safetyDump;
    expect(safetyDump).toMatch(/^safety\/orders\/\d{8}T\d{9}Z-tenant_initech\.dump$/);
    const { body, headers } = trip.environment.s3.objects('dumps').get(String(safetyDump)) ?? {};
    expect(headers).toMatchObject({ 'x-amz-object-lock-mode': 'GOVERNANCE' });
    expect(await restoredByHand(body ?? Buffer.alloc(0))).toEqual(damaged);
  });

  test('a restore that fails leaves everything as it was', async () => {
    await sql(`DROP FUNCTION public.touch() CASCADE; INSERT INTO ${TENANT}.animals VALUES ('a newer row')`);
    const before = await contentsOf(trip.at(live));
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--in-place', '--yes');
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(/^psql failed .*function public\.touch\(\) does not exist/);
    expect(await contentsOf(trip.at(live))).toEqual(before);
  });

  test('what somebody makes while what is replaced is dumped is not dropped along', async () => {
    const { postgres, s3 } = trip.environment;
    s3.fault = ({ operation, key }) => {
      if (operation === 'PutObject' && key.startsWith('safety/')) {
        const view = `CREATE VIEW public.rooms_of_all AS SELECT * FROM ${TENANT}.rooms`;
        execFileSync(join(postgres.binDirectory, 'psql'), ['-qc', view], { env: postgres.environment(live) });
      }
      return undefined;
    };
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--in-place', '--yes');
    s3.fault = () => undefined;
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(/^1 objects outside of the tenant need it .* view public\.rooms_of_all/);
    expect(await sql('SELECT count(*)::int AS rows FROM public.rooms_of_all')).toEqual([{ rows: 3 }]);
  });

  test('what is written while what is replaced is dumped waits, and is in the restored tenant', async () => {
    await sql(`DELETE FROM ${TENANT}.rooms`);
    const empty = await contentsOf(trip.at(live), ITS_OWN);
    const { log, written } = await restoreBesides(`INSERT INTO ${TENANT}.animals VALUES ('a late one')`);
    expect(written).toBeUndefined();
    expect(await sql(`SELECT count(*)::int AS rows FROM ${TENANT}.rooms`)).toEqual([{ rows: 3 }]);
    expect(await sql(`SELECT count(*)::int AS late FROM ${TENANT}.animals WHERE name = 'a late one'`)).toEqual([
      { late: 1 },
    ]);
    const { body } = trip.environment.s3.objects('dumps').get(String(log.at(-1)?.safetyDump)) ?? {};
    expect(await restoredByHand(body ?? Buffer.alloc(0))).toEqual(empty);
  });

  test('a session that has read and then writes makes it fail, and loses nothing', async () => {
    await sql(`DELETE FROM ${TENANT}.rooms`);
    const { code, log, written } = await restoreBesides(
      // So that the server does not choose it, of the two that wait for each other.
      `SET deadlock_timeout = '1min'; BEGIN; SELECT * FROM ${TENANT}.rooms`,
      `INSERT INTO ${TENANT}.animals SELECT 'a late one' FROM (SELECT count(*) FROM ${TENANT}.rooms) r; COMMIT`,
    );
    expect([code, written]).toEqual([1, undefined]);
    expect(log.at(-1)?.reason).toMatch(/^The tenant is in use: .* nothing was replaced\. HINT: stop whatever writes/);
    expect(await sql(`SELECT count(*)::int AS rows FROM ${TENANT}.rooms`)).toEqual([{ rows: 0 }]);
    expect(await sql(`SELECT count(*)::int AS late FROM ${TENANT}.animals WHERE name = 'a late one'`)).toEqual([
      { late: 1 },
    ]);
  });

  test('a tenant that others need is not dropped', async () => {
    const before = await contentsOf(trip.at(live));
    const { code, log } = await trip.run(live, 'tenant', 'tenant_acme', '--in-place', '--yes');
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(/objects outside of the tenant need it .* HINT: restore it beside/);
    expect(await contentsOf(trip.at(live))).toEqual(before);
  });

  test('nothing is replaced without being asked for', async () => {
    await sql(`DELETE FROM ${TENANT}.rooms`);
    const before = await contentsOf(trip.at(live));
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--in-place');
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toContain('The restore would replace 1 schemas. HINT: look at the plan (--dry-run)');
    expect((await trip.restore(live, 'tenant', TENANT, '--in-place', '--dry-run')).at(-1)).toMatchObject({
      message: 'plan',
      method: 'inPlace',
      overwrites: [TENANT],
    });
    expect(await contentsOf(trip.at(live))).toEqual(before);
  });

  test('rows that a table lacks at the end undo everything', async () => {
    // Rows of the tenant go away as they come, which neither an exit code nor a message tells.
    await sql(`DROP SCHEMA ${TENANT} CASCADE;
      CREATE FUNCTION public.swallow() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN EXECUTE 'DELETE FROM ${TENANT}.rooms'; EXCEPTION WHEN undefined_table OR invalid_schema_name THEN END $$;
      CREATE EVENT TRIGGER swallow ON ddl_command_end WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE') EXECUTE FUNCTION public.swallow();`);
    const before = await contentsOf(trip.at(live));
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--into-database', live);
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toContain(`1 tables are not as in the backup: ${TENANT}.rooms has 0 rows, must have 3`);
    expect(await contentsOf(trip.at(live))).toEqual(before);
  });
});

test('a tenant is restored beside what is there, under another name', async () => {
  await sql(`DELETE FROM ${TENANT}.rooms`);
  const before = await contentsOf(trip.at(live), ITS_OWN);
  await trip.restore(live, 'tenant', TENANT, '--as-schema', 'Other "one"', '--jobs', '2');

  expect(await contentsOf(trip.at(live), ITS_OWN)).toEqual(before);
  const restored = await contentsOf(trip.at(live), { schemas: ['Other "one"'] });
  const wanted = await contentsOf(trip.at(original), ITS_OWN);
  const renamed = (values: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name.replace('"Other ""one"""', `"${TENANT}"`), value]),
    );
  expect(renamed(restored.tables)).toEqual(wanted.tables);
  expect(renamed(restored.sequences)).toEqual(wanted.sequences);
  expect((await databases()).filter((name) => name.startsWith('holdfast_restore_'))).toEqual([]);
});

test('a tenant is restored into a new database, with what it shares and without what needs other tenants', async () => {
  const copy = trip.newName();
  const log = await trip.restore(live, 'tenant', TENANT, '--into-database', copy, '--create');
  await compareDatabases(trip.at(original), trip.at(copy), ITS_OWN);
  await compareDatabases(trip.at(original), trip.at(copy), { schemas: ['public'] });
  const { tables } = await contentsOf(trip.at(copy));
  expect(Object.keys(tables).filter((table) => table.startsWith('"billing"'))).toEqual([
    '"billing"."audit"',
    '"billing"."plans"',
  ]);
  expect(log.map(({ message }) => message)).toContain(
    'entries were left out, most of them because they need other tenants',
  );
});

test('a database that was made for a restore that fails is gone again', async () => {
  const copy = trip.newName();
  const { code } = await trip.run(live, 'tenant', 'tenant_globex', '--into-database', copy, '--create');
  expect(code).toBe(1);
  expect(await databases()).not.toContain(copy);
});

test('an archive that is not what was written is refused before anything is touched', async () => {
  const [manifest] = trip.environment.manifests();
  const record = manifest && trip.environment.tenants(manifest).find(({ tenant }) => tenant === TENANT);
  const stored = trip.environment.s3.objects('dumps').get(record?.key ?? '');
  const middle = Math.floor((stored?.body.length ?? 0) / 2);
  const flip = () => stored?.body.writeUInt8((stored.body[middle] ?? 0) ^ 1, middle);
  await sql(`DELETE FROM ${TENANT}.rooms`);
  const before = await contentsOf(trip.at(live));
  flip();
  try {
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--in-place', '--yes');
    expect(code).toBe(1);
    expect(log.at(-1)?.reason).toMatch(/is not what was written: its SHA-256 is/);
    expect(await contentsOf(trip.at(live))).toEqual(before);
  } finally {
    flip();
  }
});

test('a tenant, a backup and a moment that there are not are told with those that there are', async () => {
  const reason = async (...command: string[]) =>
    (await trip.run(live, 'tenant', ...command, '--in-place')).log.at(-1)?.reason;
  expect(await reason('tenant_innitech')).toMatch(
    /has no tenant "tenant_innitech"\. HINT: did you mean "tenant_initech"\?/,
  );
  const [{ id } = { id: '' }] = trip.environment.manifests();
  expect(await reason(TENANT, '--backup', '20200101T000000Z-00000000')).toContain(`HINT: the newest are ${id}.`);
  expect(await reason(TENANT, '--at', '2020-01-01T00:00:00Z')).toContain(`HINT: the newest are ${id}.`);
  expect(await trip.restore(live, 'list')).toEqual([expect.objectContaining({ message: 'backup', id })]);
});

test('a database with something in it is not restored into', async () => {
  expect((await trip.run(live, 'database', '--into', live)).log.at(-1)?.reason).toContain('is not empty. HINT:');
  const reason = async (...target: string[]) => (await trip.run(live, 'tenant', TENANT, ...target)).log.at(-1)?.reason;
  expect(await reason('--into-database', live)).toContain(`has schema "${TENANT}" already. HINT:`);
  expect(await reason('--into-database', 'missing')).toContain('There is no database "missing". HINT: add --create');
  expect(await reason('--as-schema', 'billing')).toContain('has a schema "billing" already. HINT:');
});

/** Restores in place; while the dump of what is replaced is on its way, another session runs commands. */
async function restoreBesides(...commands: string[]) {
  const { postgres, s3 } = trip.environment;
  const session = new Client({ connectionString: postgres.connectionString(live) });
  await session.connect();
  let written: Promise<Error | undefined> | undefined;
  s3.fault = ({ operation, key }) => {
    if (operation !== 'PutObject' || !key.startsWith('safety/')) return undefined;
    written ??= (async () => {
      for (const command of commands) await session.query(command);
    })().then(
      () => undefined,
      (error: Error) => error,
    );
    return { delayMs: 500 };
  };
  try {
    const { code, log } = await trip.run(live, 'tenant', TENANT, '--in-place', '--yes');
    expect(written).toBeDefined();
    return { code, log, written: await written };
  } finally {
    s3.fault = () => undefined;
    await session.end();
  }
}

/** Contents of the tenant of an archive, restored with stock `pg_restore` into the database of the other tenants. */
async function restoredByHand(archive: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-by-hand-'));
  const database = await trip.create(original);
  await trip.environment.sql(`DROP SCHEMA ${TENANT} CASCADE`, database);
  await writeFile(join(folder, 'archive.dump'), archive);
  const { binDirectory, environment } = trip.environment.postgres;
  const args = ['--exit-on-error', `--dbname=${database}`, join(folder, 'archive.dump')];
  await promisify(execFile)(join(binDirectory, 'pg_restore'), args, { env: environment() });
  await rm(folder, { recursive: true, force: true });
  return contentsOf(trip.at(database), ITS_OWN);
}

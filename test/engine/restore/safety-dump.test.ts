import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyArchive } from '../../../engine/archive/verify';
import { ObjectStore } from '../../../engine/objects/object-store';
import { DatabaseAccess } from '../../../engine/postgres/connection';
import { awsCredentialSources } from '../../../engine/postgres/login';
import { execute } from '../../../engine/restore/databases';
import { dumpForSafety } from '../../../engine/restore/safety-dump';
import { type PostgresServer, startPostgres } from '../../../local/postgres/server';
import { Teardown } from '../../../local/teardown';
import { FakeS3Server } from '../../fakes/s3-server';

jest.setTimeout(300_000);

const teardown = new Teardown();
let server: PostgresServer;
let access: DatabaseAccess;
let s3: FakeS3Server;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-safety-'));
  teardown.defer(() => rm(folder, { recursive: true, force: true }));
  server = await startPostgres({ teardown, folder });
  s3 = await FakeS3Server.start();
  teardown.defer(() => s3.stop());
  access = DatabaseAccess.of(
    { host: server.host, port: server.port, database: 'postgres', login: { kind: 'environment' } },
    awsCredentialSources({ PATH: process.env.PATH, PGUSER: server.user }),
  );
  await execute(access, 'postgres', [
    'CREATE SCHEMA "Odd/name"; CREATE TABLE "Odd/name".t AS SELECT generate_series(1, 5) AS n',
    'CREATE SCHEMA large; CREATE TABLE large.t AS SELECT md5(n::text) AS n FROM generate_series(1, 300000) n',
  ]);
});
afterEach(() => s3.reset());
afterAll(() => teardown.run());

const dump = (schema: string, lockWaitSeconds = 60, at = '2026-11-23T02:03:04.567Z') =>
  dumpForSafety(
    {
      access,
      objects: new ObjectStore(s3.client(), { bucket: 'dumps' }),
      toolsDirectory: server.binDirectory,
      signal: new AbortController().signal,
    },
    {
      resource: 'orders',
      tenant: schema,
      schemas: [schema],
      lock: { mode: 'compliance', until: new Date('2026-12-23T00:00:00Z') },
      at: new Date(at),
      lockWaitSeconds,
    },
  );

test('the schema lies in the bucket, locked, as an archive that is whole', async () => {
  const { key, sha256 } = await dump('Odd/name');
  expect(key).toBe('safety/orders/20261123T020304567Z-Odd%2Fname.dump');
  const { body = Buffer.alloc(0), headers } = s3.objects('dumps').get(key) ?? {};
  expect(headers).toMatchObject({ 'x-amz-object-lock-mode': 'COMPLIANCE' });
  const pieces = (async function* () {
    yield body;
  })();
  const { tables } = await verifyArchive(pieces, sha256);
  expect(tables).toEqual([expect.objectContaining({ schema: 'Odd/name', table: 't', rows: 5 })]);
});

test('two dumps of one tenant within a second are two objects', async () => {
  const first = await dump('Odd/name');
  await execute(access, 'postgres', ['INSERT INTO "Odd/name".t VALUES (6)']);
  const second = await dump('Odd/name', 60, '2026-11-23T02:03:04.568Z');
  await execute(access, 'postgres', ['DELETE FROM "Odd/name".t WHERE n = 6']);
  expect([...s3.objects('dumps').keys()].sort()).toEqual([first.key, second.key]);
});

test('a failing pg_dump leaves nothing in the bucket', async () => {
  await expect(dump('missing')).rejects.toThrow(/^pg_dump failed with exit code 1: .*no matching schemas were found/);
  expect([...s3.objects('dumps').keys()]).toEqual([]);
});

test('a table that somebody holds exclusively is not waited for without end', async () => {
  const holder = await access.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE large.t IN ACCESS EXCLUSIVE MODE');
    await expect(dump('large', 0.2)).rejects.toThrow(/timeout\. HINT: something holds a table exclusively/);
  } finally {
    await holder.end();
  }
  expect([...s3.objects('dumps').keys()]).toEqual([]);
});

test('a bucket that refuses is a failure, and pg_dump is ended', async () => {
  s3.fault = () => ({ status: 403, code: 'AccessDenied' });
  await expect(dump('large')).rejects.toThrow(/AccessDenied/);
  await noOtherSession();
});

/** Resolves when this session is the only one; the server notices the end of another one a moment later. */
async function noOtherSession(): Promise<void> {
  const client = await access.connect();
  const others = `SELECT FROM pg_stat_activity WHERE application_name = 'holdfast' AND pid <> pg_backend_pid()`;
  while ((await client.query(others)).rowCount !== 0) await sleep(20);
  await client.end();
}

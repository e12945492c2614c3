import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { PACKAGE_ROOT } from '../../lib/package-root';

/** Name of a database that is described in SQL beside this file. */
export type Fixture = 'realistic' | 'odd-names';

/** Fills an empty database with a fixture, as a superuser. */
export async function loadFixture(client: Client, fixture: Fixture): Promise<void> {
  await client.query(await readFile(join(PACKAGE_ROOT, 'test', 'postgres', 'fixtures', `${fixture}.sql`), 'utf8'));
}

import { mkdir } from 'node:fs/promises';
import { Client } from 'pg';
import { LOCAL_STATE } from '../../local/local-state';
import { type PostgresServer, startPostgres } from '../../local/postgres/server';
import type { Teardown } from '../../local/teardown';
import { seedTenants, type TenantSeed } from '../postgres/seed-tenants';

/** A server with room for the locks of a dump of 2,000 tenants of 20 tables. */
export async function startBenchPostgres(teardown: Teardown): Promise<PostgresServer> {
  await mkdir(LOCAL_STATE, { recursive: true });
  return startPostgres({ teardown, folder: LOCAL_STATE, settings: { max_locks_per_transaction: 2_048 } });
}

/** Makes a database with many tenants of the same form. */
export async function makeTenantDatabase(server: PostgresServer, name: string, seed: TenantSeed): Promise<void> {
  await withClient(server, 'postgres', (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(server, name, async (client) => {
    await seedTenants(client, seed);
    await client.query('VACUUM ANALYZE');
  });
}

/** Makes a database with one tenant that has one table of a size in bytes, of text that compresses as prose does. */
export async function makeLargeTable(server: PostgresServer, name: string, bytes: number): Promise<void> {
  await withClient(server, 'postgres', (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(server, name, async (client) => {
    await client.query('CREATE SCHEMA tenant_00001');
    await client.query('CREATE UNLOGGED TABLE tenant_00001.documents (id int, body text)');
    await client.query(
      `INSERT INTO tenant_00001.documents
       SELECT n, (SELECT string_agg(md5((n * 100 + k)::text), ' ') FROM generate_series(1, 30) k)
       FROM generate_series(1, $1::bigint / 1000) n`,
      [bytes],
    );
  });
}

async function withClient<Result>(
  server: PostgresServer,
  database: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: server.connectionString(database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

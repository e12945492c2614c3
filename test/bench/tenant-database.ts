import { mkdir } from 'node:fs/promises';
import { Client } from 'pg';
import { LOCAL_STATE } from '../../local/local-state';
import { type PostgresServer, startPostgres } from '../../local/postgres/server';
import type { Teardown } from '../../local/teardown';

/** What a database of the bench holds. */
export interface TenantDatabaseShape {
  readonly tenants: number;
  readonly tablesPerTenant: number;
  readonly rowsPerTable: number;
}

/** A server with room for the locks of a dump of 2,000 tenants of 20 tables. */
export async function startBenchPostgres(teardown: Teardown): Promise<PostgresServer> {
  await mkdir(LOCAL_STATE, { recursive: true });
  return startPostgres({ teardown, folder: LOCAL_STATE, settings: { max_locks_per_transaction: 2_048 } });
}

/** Makes a database with a schema for each tenant, `tenant_0001` and so on, each with tables of the same form. */
export async function makeTenantDatabase(
  server: PostgresServer,
  name: string,
  { tenants, tablesPerTenant, rowsPerTable }: TenantDatabaseShape,
): Promise<void> {
  await withClient(server, 'postgres', (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(server, name, async (client) => {
    await client.query(`DO $seed$
      BEGIN
        FOR tenant IN 1..${tenants} LOOP
          EXECUTE format('CREATE SCHEMA tenant_%s', lpad(tenant::text, 4, '0'));
          FOR number IN 1..${tablesPerTenant} LOOP
            EXECUTE format('CREATE TABLE tenant_%1$s.table_%2$s (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,'
              ' name text NOT NULL, amount numeric(12, 2) DEFAULT 0, created_at timestamptz)',
              lpad(tenant::text, 4, '0'), number);
            EXECUTE format('INSERT INTO tenant_%1$s.table_%2$s (name, amount, created_at)'
              ' SELECT md5(n::text), n * 1.25, ''2026-01-01''::timestamptz + n * ''1 minute''::interval'
              ' FROM generate_series(1, ${rowsPerTable}) n', lpad(tenant::text, 4, '0'), number);
          END LOOP;
          COMMIT;
        END LOOP;
      END $seed$`);
    await client.query('VACUUM ANALYZE');
  });
}

/** Makes a database with one tenant that has one table of a size in bytes, of text that compresses as prose does. */
export async function makeLargeTable(server: PostgresServer, name: string, bytes: number): Promise<void> {
  await withClient(server, 'postgres', (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(server, name, async (client) => {
    await client.query('CREATE SCHEMA tenant_0001');
    await client.query('CREATE UNLOGGED TABLE tenant_0001.documents (id int, body text)');
    await client.query(
      `INSERT INTO tenant_0001.documents
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

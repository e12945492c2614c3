import type { Client } from 'pg';

/** How much there is of everything. */
export interface TenantSeed {
  /** Number of tenants, each with a schema `tenant_00001`, `tenant_00002`, and so on. */
  readonly tenants: number;
  /** Number of tables of each tenant. */
  readonly tablesPerTenant: number;
  /** Number of rows of each table, of about 100 bytes. */
  readonly rows: number;
}

/** Locks that one transaction takes at most, well below what a server of default settings has room for. */
const TABLES_IN_A_TRANSACTION = 500;

/** Adds many tenants of the same form to a database: tables with a key, an index, text and time. */
export async function seedTenants(client: Client, { tenants, tablesPerTenant, rows }: TenantSeed): Promise<void> {
  const tenantsAtOnce = Math.max(1, Math.floor(TABLES_IN_A_TRANSACTION / Math.max(1, tablesPerTenant)));
  for (let first = 1; first <= tenants; first += tenantsAtOnce) {
    await client.query(tenantsSql(first, Math.min(tenants, first + tenantsAtOnce - 1), tablesPerTenant, rows));
  }
}

/** Contents depend on the place alone, so that two databases with the same seed are equal. */
const tenantsSql = (first: number, last: number, tables: number, rows: number): string => `
  DO $seed$
  DECLARE tenant text;
  BEGIN
    FOR tenant IN SELECT 'tenant_' || lpad(n::text, 5, '0') FROM generate_series(${first}, ${last}) n LOOP
      EXECUTE format('CREATE SCHEMA %I', tenant);
      FOR position IN 1..${tables} LOOP
        EXECUTE format('CREATE TABLE %I.%I (
          id bigint PRIMARY KEY, reference text NOT NULL, amount numeric(12, 2), placed timestamptz, note text)',
          tenant, 'records_' || position);
        EXECUTE format('INSERT INTO %I.%I SELECT n, md5(%L || n), n %% 1000 + 0.5, timestamptz ''2026-01-01 00:00:00+00''
          + n * interval ''1 minute'', ''note '' || n FROM generate_series(1, ${rows}) n', tenant, 'records_' || position, tenant || position);
      END LOOP;
    END LOOP;
  END $seed$;`;

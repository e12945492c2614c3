import type { QueryResultRow } from 'pg';
import type { TenantSource } from '../contract/tenants';
import { errorCode } from '../postgres/error-code';
import { type ResolvedTenants, type SchemaOfTenant, toResolvedTenants } from './resolved-tenants';

/** The part of a snapshot's session that tenants are resolved with. */
export interface Queries {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A source of tenants that are schemas of one database. */
export type SchemaSource = Exclude<TenantSource, { kind: 'databasesLike' }>;

/**
 * Finds the tenants of a database as it was at the snapshot.
 *
 * @param leaveOut reason by the name of a tenant that is not backed up.
 * @throws Error with a HINT when there is none, when a schema that is named does not exist, is the system's, or is named by
 *   two tenants.
 */
export async function resolveTenants(
  session: Queries,
  source: SchemaSource,
  leaveOut: Readonly<Record<string, string>>,
): Promise<ResolvedTenants> {
  const named = await namedTenants(session, source);
  const resolved = toResolvedTenants(named.schemas, new Map([...named.leftOut, ...Object.entries(leaveOut)]));
  refuseSystemSchemas(resolved);
  await refuseMissingSchemas(session, resolved, source.kind);
  if (resolved.tenants.length === 0) {
    throw new Error(
      `No tenant was found (${describeSource(source)}; ${resolved.leftOut.length} left out). HINT: a backup of no tenant is none: correct the tenants in the settings, and look whether the user may see the schemas.`,
    );
  }
  return resolved;
}

interface NamedTenants {
  readonly schemas: readonly SchemaOfTenant[];
  /** Reason by the name of a tenant. */
  readonly leftOut: readonly (readonly [string, string])[];
}

async function namedTenants(session: Queries, source: SchemaSource): Promise<NamedTenants> {
  switch (source.kind) {
    case 'schemasLike':
      return { schemas: await schemasLike(session, source.pattern), leftOut: [] };
    case 'schemas':
      return { schemas: source.schemas.map((schema) => ({ tenant: schema, schema })), leftOut: [] };
    case 'registry':
      return askRegistry(session, source.query);
  }
}

async function schemasLike(session: Queries, pattern: string): Promise<SchemaOfTenant[]> {
  return session.query<{ tenant: string; schema: string }>(
    `SELECT nspname AS tenant, nspname AS schema FROM pg_namespace
     WHERE nspname LIKE $1 AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY nspname`,
    [pattern],
  );
}

async function askRegistry(session: Queries, query: string): Promise<NamedTenants> {
  const rows = await registryRows(session, query);
  const schemas = rows.map((row, index) => ({
    tenant: textColumn(row, 'tenant', index),
    schema: textColumn(row, 'schema', index),
  }));
  const leftOut = rows.flatMap(({ tenant, left_out: reason }) =>
    reason ? [[String(tenant), String(reason)] as const] : [],
  );
  return { schemas, leftOut };
}

async function registryRows(session: Queries, query: string): Promise<QueryResultRow[]> {
  try {
    return await session.query(query);
  } catch (error) {
    // The server's text may quote values of the registry; its SQLSTATE does not.
    throw new Error(
      `The registry's query failed with SQLSTATE ${errorCode(error) ?? 'unknown'}. HINT: it must be one SELECT that runs in a read-only transaction as the user of the backup; try it in psql.`,
      { cause: error },
    );
  }
}

function textColumn(row: QueryResultRow, column: 'tenant' | 'schema', index: number): string {
  const value: unknown = row[column];
  if (typeof value !== 'string' || value === '') {
    throw new Error(
      `Row ${index + 1} of the registry's query has no text in the column "${column}". HINT: the query must return "tenant" and "schema" as texts, a row for each schema, and may return "left_out".`,
    );
  }
  return value;
}

function refuseSystemSchemas({ tenants }: ResolvedTenants): void {
  for (const { tenant, schemas } of tenants) {
    const system = schemas.find((schema) => schema.startsWith('pg_') || schema === 'information_schema');
    if (system !== undefined) {
      throw new Error(
        `Tenant "${tenant}" has the schema "${system}", which is PostgreSQL's own. HINT: pg_dump does not dump it; name the schemas of tenants only.`,
      );
    }
  }
}

async function refuseMissingSchemas(session: Queries, { tenants }: ResolvedTenants, kind: string): Promise<void> {
  if (kind === 'schemasLike') {
    return;
  }
  const wanted = tenants.flatMap(({ schemas }) => schemas);
  const missing = await session.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name)',
    [wanted],
  );
  if (missing.length > 0) {
    const names = missing.slice(0, NAMES_IN_ERROR).map(({ name }) => `"${name}"`);
    throw new Error(
      `${missing.length} of ${wanted.length} schemas of tenants do not exist: ${names.join(', ')}${missing.length > names.length ? ', …' : ''}. HINT: remove them from the settings or the registry, or give a reason to leave their tenants out.`,
    );
  }
}

const NAMES_IN_ERROR = 10;

const describeSource = (source: SchemaSource): string =>
  source.kind === 'schemasLike' ? `schemas like '${source.pattern}'` : source.kind;

import type { Queries } from './tenants';

/** What there is in a schema. */
export interface SchemaSurvey {
  readonly schema: string;
  /** Tables, sequences and views: what `pg_dump` takes a lock on until it ends. */
  readonly relations: number;
  /** Tables with data of their own. */
  readonly tables: number;
}

/**
 * Counts what there is in each schema but the system's.
 *
 * `pg_dump` locks tables (`getTables` in pg_dump.c); the server locks sequences when their values are read, and views when
 * their definitions are.
 */
export async function surveySchemas(session: Queries): Promise<SchemaSurvey[]> {
  return session.query<{ schema: string; relations: number; tables: number }>(
    `SELECT n.nspname AS schema, count(c.oid)::int AS relations, (count(c.oid) FILTER (WHERE c.relkind = 'r'))::int AS tables
     FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'S', 'v', 'm')
     WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' GROUP BY n.nspname`,
  );
}

/** Bytes on disk of each schema that has tables, indexes and TOAST included. */
export async function schemaSizes(session: Queries): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query<{ schema: string; bytes: number }>(
    `SELECT n.nspname AS schema, sum(pg_total_relation_size(c.oid))::float8 AS bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') GROUP BY n.nspname`,
  );
  return new Map(rows.map(({ schema, bytes }) => [schema, bytes]));
}

/** Number of large objects that belong to the owners of these schemas. */
export async function largeObjectsOfOwners(session: Queries, schemas: readonly string[]): Promise<number> {
  const rows = await session.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_largeobject_metadata
     WHERE lomowner IN (SELECT nspowner FROM pg_namespace WHERE nspname = ANY($1))`,
    [schemas],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Number of tables and schemas that are listed in publications, among these schemas. `pg_dump` of single schemas leaves
 * out that they are (`selectDumpablePublicationObject` in pg_dump.c). Schemas can be listed since PostgreSQL 15.
 */
export async function publishedObjects(
  session: Queries,
  schemas: readonly string[],
  serverVersion: number,
): Promise<number> {
  const listedSchemas = serverVersion < 150_000 ? '' : 'UNION ALL SELECT pnnspid FROM pg_publication_namespace';
  const rows = await session.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_namespace JOIN (
       SELECT relnamespace AS oid FROM pg_publication_rel JOIN pg_class ON pg_class.oid = prrelid ${listedSchemas}
     ) AS listed USING (oid) WHERE nspname = ANY($1)`,
    [schemas],
  );
  return rows[0]?.count ?? 0;
}

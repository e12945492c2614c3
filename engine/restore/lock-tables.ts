import { escapeLiteral } from 'pg';
import { arrayLiteral } from './array-literal';

/**
 * A command that keeps others from writing to the tables of some schemas until the transaction ends. Whoever reads is not
 * hindered, `pg_dump` included: it takes ACCESS SHARE, the one mode that EXCLUSIVE leaves to others. Rows of views, and of
 * partitions in other schemas, are not locked along.
 *
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
 */
export function lockTables(schemas: readonly string[]): string {
  return `DO ${escapeLiteral(`
DECLARE
  item record;
BEGIN
  FOR item IN ${tablesOf(schemas)} ORDER BY c.oid LOOP
    EXECUTE format('LOCK TABLE ONLY %I.%I IN EXCLUSIVE MODE', item.schema, item.name);
  END LOOP;
END`)}`;
}

/** A command that fails when there is a table in the schemas that {@link lockTables} has not seen: no lock keeps others from making one. */
export function refuseNewTables(schemas: readonly string[]): string {
  return `DO ${escapeLiteral(`
DECLARE
  item record;
BEGIN
  FOR item IN ${tablesOf(schemas)} AND NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = c.oid
  ) LOOP
    RAISE EXCEPTION 'table "%" was made in schema "%" while the tenant was dumped', item.name, item.schema;
  END LOOP;
END`)}`;
}

const tablesOf = (schemas: readonly string[]): string =>
  `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (${arrayLiteral(schemas)}::text[])`;

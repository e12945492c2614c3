import { escapeLiteral } from 'pg';
import type { ArchivedTable } from '../catalog/manifest';
import { arrayLiteral } from './array-literal';

/** What is to be there after a restore. */
export interface ExpectedTables {
  /** Schemas whose tables are all expected. */
  readonly schemas: readonly string[];
  readonly tables: readonly ArchivedTable[];
}

/**
 * A command that fails unless the tables of some schemas are exactly those that a backup names, each with as many rows.
 * Within a transaction it undoes what was restored. Each table is counted by itself, without its partitions and
 * children, as it was dumped. Tables of extensions are not compared: `pg_dump` takes only what their authors marked.
 *
 * The error lists up to ten differences.
 */
export function rowCheck({ schemas, tables }: ExpectedTables): string {
  const values = tables.map(
    ({ schema, table, rows }) => `(${escapeLiteral(schema)}, ${escapeLiteral(table)}, ${rows ?? 'NULL'})`,
  );
  const expected = values.length === 0 ? `('', '', NULL)` : values.join(', ');
  const body = `
DECLARE
  item record;
  seen bigint;
  problems text[] := '{}';
BEGIN
  SET LOCAL row_security = off;
  FOR item IN
    WITH expected (schema, name, rows) AS (
      SELECT schema::text, name::text, rows::bigint FROM (VALUES ${expected}) AS listed (schema, name, rows) WHERE name <> ''
    ), present AS (
      SELECT n.nspname::text AS schema, c.relname::text AS name, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname = ANY (${arrayLiteral(schemas)}::text[])
    )
    SELECT e.schema, e.name, e.rows, e.name IS NOT NULL AS is_expected, p.oid IS NOT NULL AS is_present,
      coalesce(p.schema, e.schema) AS in_schema, coalesce(p.name, e.name) AS table_name
    FROM expected e FULL JOIN present p ON p.schema = e.schema AND p.name = e.name
    WHERE p.oid IS NULL OR NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  LOOP
    IF NOT item.is_present THEN
      problems := problems || format('%s.%s is missing', item.in_schema, item.table_name);
    ELSIF NOT item.is_expected THEN
      problems := problems || format('%s.%s is not in the backup', item.in_schema, item.table_name);
    ELSIF item.rows IS NOT NULL THEN
      EXECUTE format('SELECT count(*) FROM ONLY %I.%I', item.in_schema, item.table_name) INTO seen;
      IF seen <> item.rows THEN
        problems := problems || format('%s.%s has %s rows, must have %s', item.in_schema, item.table_name, seen, item.rows);
      END IF;
    END IF;
  END LOOP;
  IF problems <> '{}' THEN
    RAISE EXCEPTION '% tables are not as in the backup: %', cardinality(problems), array_to_string(problems[1:10], '; ');
  END IF;
END`;
  return `DO ${escapeLiteral(body)}`;
}

import type { Client } from 'pg';

/** Something outside of a tenant that would go with its schemas. */
export interface Dependent {
  /** Kind of the object, such as `table constraint` or `view`. */
  readonly kind: string;
  /** Its name with its schema, as PostgreSQL quotes it. */
  readonly identity: string;
}

/**
 * What `DROP SCHEMA ... CASCADE` would take along from other schemas, and what the tenant's archive could not bring back: foreign keys,
 * views, columns and functions of others that need the tenant's tables or types.
 *
 * @param most how many of them.
 */
export async function dependentsElsewhere(
  client: Client,
  schemas: readonly string[],
  most: number,
): Promise<Dependent[]> {
  const { rows } = await client.query<Dependent>(DEPENDENTS, [schemas, most]);
  return rows;
}

/**
 * Follows `pg_depend` as the server does (`findDependentObjects` in dependency.c). Objects that lie in no schema, such as an
 * event trigger that calls a function of the tenant, or default privileges in its schema, are in the tenant's archive and
 * come back with it. The rule that makes a view is told as the view; triggers of foreign keys, types of tables and what
 * belongs to TOAST are nobody's own. `pg_identify_object` gives the name of the schema quoted where it must be.
 */
const DEPENDENTS = `
  WITH RECURSIVE dropped (classid, objid, objsubid) AS (
    SELECT 'pg_namespace'::regclass::oid, oid, 0 FROM pg_namespace WHERE nspname = ANY ($1)
    UNION
    SELECT d.classid, d.objid, d.objsubid FROM pg_depend d JOIN dropped ON d.refclassid = dropped.classid
      AND d.refobjid = dropped.objid AND (dropped.objsubid IN (0, d.refobjsubid))
  ), named AS (
    SELECT CASE WHEN i.identity LIKE '"\\_RETURN" on %' THEN 'view' ELSE i.type END AS kind, replace(i.identity, '"_RETURN" on ', '') AS identity, coalesce(i.schema, CASE WHEN cardinality(a.object_names) > 1 THEN quote_ident(a.object_names[1]) END) AS schema
    FROM dropped, pg_identify_object(classid, objid, objsubid) i, pg_identify_object_as_address(classid, objid, objsubid) a
    WHERE classid <> 'pg_default_acl'::regclass
      AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t WHERE t.oid = objid AND (t.typrelid <> 0 OR t.typelem <> 0)))
      AND NOT (classid = 'pg_trigger'::regclass AND EXISTS (SELECT FROM pg_trigger t WHERE t.oid = objid AND t.tgisinternal))
  )
  SELECT DISTINCT kind, identity FROM named
  WHERE schema IS NOT NULL AND schema <> ALL (SELECT quote_ident(name) FROM unnest($1::name[]) AS tenant (name)) AND schema !~ '^pg_toast' AND kind <> 'schema' ORDER BY 1, 2 LIMIT $2`;

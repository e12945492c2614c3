/** Where the tenants of a database are to be found: the form in which a job is told. */
export type TenantSource =
  /** Each schema whose name matches a pattern of SQL's `LIKE`; the tenant is called like its schema. */
  | { readonly kind: 'schemasLike'; readonly pattern: string }
  /** Each schema of a list; the tenant is called like its schema. */
  | { readonly kind: 'schemas'; readonly schemas: readonly string[] }
  /** What a query of the platform's own registry of tenants returns. */
  | { readonly kind: 'registry'; readonly query: string }
  /** Each database of the server whose name matches a pattern of SQL's `LIKE`; the tenant is called like its database. */
  | { readonly kind: 'databasesLike'; readonly pattern: string };

/**
 * Which tenants a database has, and how to tell what belongs to each: schemas by their names where a rule or a list says it,
 * your registry where it knows better (several schemas for a tenant, tenants to leave out), or a database for each. A rule or a
 * registry is asked anew with each backup, so that a new tenant is in the next one. Where tenants are schemas, what belongs to
 * none of them, such as the schema `public`, is backed up as well, as what all share.
 */
export class Tenants {
  /**
   * A schema for each tenant, told by its name: `Tenants.schemasLike('tenant\\_%')`. In a pattern of SQL's `LIKE`, `%`
   * stands for any characters, `_` for one; a backslash makes either mean itself.
   */
  public static schemasLike(pattern: string): Tenants {
    return new Tenants({ kind: 'schemasLike', pattern });
  }

  /** A schema for each tenant, listed by name. A name that the database does not have fails the backup. */
  public static schemas(...schemas: string[]): Tenants {
    return new Tenants({ kind: 'schemas', schemas });
  }

  /**
   * One or more schemas for each tenant, as the platform's own registry says. The query returns the columns `tenant` and
   * `schema` (a row for each schema) and may return `left_out`: the reason why the tenant is not backed up, such as
   * `suspended`, or null. It runs in the read-only transaction of the backup's snapshot.
   */
  public static registry(query: string): Tenants {
    return new Tenants({ kind: 'registry', query });
  }

  /**
   * A database for each tenant on one server, told by its name. Each is dumped at an instant of its own: PostgreSQL has no snapshot
   * across databases.
   */
  public static databasesLike(pattern: string): Tenants {
    return new Tenants({ kind: 'databasesLike', pattern });
  }

  /** The tenants that a job is told of. */
  public static of(source: TenantSource): Tenants {
    return new Tenants(source);
  }

  private constructor(
    /** The form in which the job is told. */
    public readonly source: TenantSource,
  ) {
    const problem = tenantsProblem(source);
    if (problem !== undefined) {
      throw new RangeError(problem);
    }
  }
}

/** What is wrong with a source of tenants, in one sentence; undefined when nothing is. */
export function tenantsProblem(source: TenantSource): string | undefined {
  switch (source.kind) {
    case 'schemasLike':
    case 'databasesLike':
      return source.pattern === '' ? `${source.kind}: the pattern must not be empty` : undefined;
    case 'schemas':
      return listProblem(source.schemas);
    case 'registry':
      return source.query.trim() === '' ? 'registry: the query must not be empty' : undefined;
  }
}

/** Longest name of a schema in bytes: `NAMEDATALEN` - 1 (src/include/pg_config_manual.h of PostgreSQL). */
const LONGEST_NAME_BYTES = 63;

function listProblem(schemas: readonly string[]): string | undefined {
  const wrong = schemas.find((name) => name === '' || new TextEncoder().encode(name).length > LONGEST_NAME_BYTES);
  if (wrong !== undefined) {
    return `schemas: a name must have 1 to ${LONGEST_NAME_BYTES} bytes, got: "${wrong}"`;
  }
  const repeated = schemas.find((name, index) => schemas.indexOf(name) !== index);
  if (repeated !== undefined) {
    return `schemas: "${repeated}" is listed twice`;
  }
  return schemas.length === 0 ? 'schemas: at least one must be listed' : undefined;
}

/** A schema and whose it is, as a source of tenants names it. */
export interface SchemaOfTenant {
  readonly tenant: string;
  readonly schema: string;
}

/** A tenant that is backed up. */
export interface TenantSchemas {
  readonly tenant: string;
  readonly schemas: readonly string[];
}

/** A tenant that is not backed up. */
export interface LeftOutTenant {
  readonly tenant: string;
  readonly reason: string;
  /** Its schemas, as far as they were named; `pg_dump` passes over them. */
  readonly schemas: readonly string[];
}

/** The tenants of a database at one instant. */
export interface ResolvedTenants {
  readonly tenants: readonly TenantSchemas[];
  readonly leftOut: readonly LeftOutTenant[];
}

/**
 * Gathers schemas by tenant. A tenant with a reason to be left out is so with all of its schemas; one that has a
 * reason but no schema any more is kept with its reason.
 *
 * @param reasons why a tenant is left out, by its name.
 * @throws Error with a HINT when two tenants name one schema.
 */
export function toResolvedTenants(
  named: readonly SchemaOfTenant[],
  reasons: ReadonlyMap<string, string>,
): ResolvedTenants {
  refuseSharedSchemas(named);
  const schemas = new Map<string, Set<string>>([...reasons.keys()].map((tenant) => [tenant, new Set()]));
  for (const { tenant, schema } of named) {
    schemas.set(tenant, (schemas.get(tenant) ?? new Set()).add(schema));
  }
  const all = [...schemas].map(([tenant, names]) => ({ tenant, schemas: [...names], reason: reasons.get(tenant) }));
  return {
    tenants: all.flatMap(({ reason, ...tenant }) => (reason === undefined ? [tenant] : [])),
    leftOut: all.flatMap(({ reason, ...tenant }) => (reason === undefined ? [] : [{ ...tenant, reason }])),
  };
}

function refuseSharedSchemas(named: readonly SchemaOfTenant[]): void {
  const owners = new Map<string, string>();
  for (const { tenant, schema } of named) {
    const other = owners.get(schema);
    if (other !== undefined && other !== tenant) {
      throw new Error(
        `The tenants "${other}" and "${tenant}" both name the schema "${schema}". HINT: a schema belongs to one tenant; correct the registry.`,
      );
    }
    owners.set(schema, tenant);
  }
}

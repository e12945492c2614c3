import type { TocEntry } from './toc';

/** Tenant that a schema belongs to; undefined for a schema that belongs to none. */
export type TenantOf = (schema: string) => string | undefined;

/** Entries of one archive after the split. */
export interface Share {
  /** Whose archive it is; undefined for what belongs to no tenant. */
  readonly tenant: string | undefined;
  /** In the order of the archive that is split. */
  readonly entries: readonly TocEntry[];
}

/**
 * Divides a table of contents among the tenants and what they share. What lies in a tenant's schema is the tenant's,
 * and so is the schema with its comment and grants. Everything else is shared: extensions, casts, publications, and
 * large objects, which lie in no schema. The settings that every archive begins with go into each.
 *
 * @returns what is shared first, then the tenants in the order in which they appear.
 */
export function divide(toc: readonly TocEntry[], tenantOf: TenantOf): Share[] {
  const byNumber = new Map(toc.map((entry) => [entry.dumpId, entry]));
  const settings = toc.filter(({ kind }) => SETTINGS.has(kind));
  const shares = new Map<string | undefined, TocEntry[]>([[undefined, [...settings]]]);
  for (const entry of toc) {
    if (!SETTINGS.has(entry.kind)) {
      const schema = schemaOf(entry, byNumber);
      const tenant = schema === undefined ? undefined : tenantOf(schema);
      const entries = shares.get(tenant) ?? [...settings];
      entries.push(entry);
      shares.set(tenant, entries);
    }
  }
  return [...shares].map(([tenant, entries]) => ({ tenant, entries }));
}

/** Kinds that say how to read an archive, not what is in it; `pg_dump` writes them first. */
const SETTINGS: ReadonlySet<string> = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH']);

/** Kinds that say something about the first entry they depend on (`dumpACL`, `dumpComment` in pg_dump.c). */
const REMARKS: ReadonlySet<string> = new Set(['ACL', 'COMMENT', 'SECURITY LABEL']);

function schemaOf(entry: TocEntry, byNumber: ReadonlyMap<number, TocEntry>): string | undefined {
  if (entry.schema !== undefined) {
    return entry.schema;
  }
  if (entry.kind === 'SCHEMA') {
    return entry.name;
  }
  const [subject] = entry.dependencies;
  const about = REMARKS.has(entry.kind) && subject !== undefined ? byNumber.get(subject) : undefined;
  return about?.kind === 'SCHEMA' ? about.name : about?.schema;
}

import type { BackupManifest, TenantRecord } from '../catalog/manifest';
import type { DatabaseState } from './databases';
import type { Dependent } from './dependents';
import { RestoreError } from './restore-error';

/** Where a tenant is restored. */
export type TenantTarget =
  /** Into a database, under its own name. */
  | { readonly kind: 'database'; readonly database: string; readonly create: boolean }
  /** Beside what is there, in the protected database under another name of its schema. */
  | { readonly kind: 'schema'; readonly schema: string }
  /** In the protected database, in the place of what is there. */
  | { readonly kind: 'inPlace' };

/**
 * How a tenant is restored:
 *
 * - `withShared`: into an empty database, with what is shared, section by section;
 * - `alone`: into a database that has what is shared and lacks the tenant, in one transaction or in parallel;
 * - `sideBySide`: by way of a database for the time being, in which the schema is renamed;
 * - `inPlace`: what is there is dumped first, then replaced in one transaction.
 */
export type TenantMethod = 'withShared' | 'alone' | 'sideBySide' | 'inPlace';

/** What will be done. */
export interface TenantPlan {
  readonly method: TenantMethod;
  /** Database that is changed. */
  readonly database: string;
  /** Whether the database is made first. */
  readonly createDatabase: boolean;
  /** Schemas that will be there afterwards. */
  readonly schemas: readonly string[];
  /** Schemas that are there now, and will be replaced. */
  readonly overwrites: readonly string[];
  /** Bytes that are downloaded. */
  readonly bytes: number;
  /** What whoever decides should know. */
  readonly notes: readonly string[];
}

/** What a plan is made of. */
export interface TenantFacts {
  readonly manifest: BackupManifest;
  readonly record: TenantRecord;
  readonly target: TenantTarget;
  /** Name of the protected database. */
  readonly protectedDatabase: string;
  /** State of the database that is to be changed. */
  readonly state: DatabaseState;
  /** What other schemas would lose if the tenant's were dropped. */
  readonly dependents: readonly Dependent[];
}

/**
 * Plans the restore of a tenant; nothing is changed.
 *
 * @throws RestoreError when it cannot be done that way, with another way.
 */
export function planTenant(facts: TenantFacts): TenantPlan {
  switch (facts.target.kind) {
    case 'database':
      return planIntoDatabase(facts, facts.target);
    case 'schema':
      return planSideBySide(facts, facts.target.schema);
    case 'inPlace':
      return planInPlace(facts);
  }
}

/** Longest name in bytes: `NAMEDATALEN` - 1. */
const LONGEST_NAME_BYTES = 63;

function planIntoDatabase(
  facts: TenantFacts,
  { database, create }: Extract<TenantTarget, { kind: 'database' }>,
): TenantPlan {
  const { record, state, manifest } = facts;
  if (!state.exists && !create) {
    throw new RestoreError(`There is no database "${database}". HINT: add --create to make it.`);
  }
  const taken = record.schemas.filter((schema) => schema !== 'public' && state.schemas.includes(schema));
  if (!state.isEmpty && (record.database !== undefined || taken.length > 0)) {
    throw new RestoreError(
      `Database "${database}" has ${taken.length > 0 ? `schema "${taken[0]}"` : 'something in it'} already. HINT: restore into a new database (--create), beside it (--as-schema) or in its place (--in-place).`,
    );
  }
  const withShared = state.isEmpty && manifest.shared !== undefined;
  return {
    ...common(facts),
    method: withShared ? 'withShared' : 'alone',
    database,
    createDatabase: !state.exists,
    bytes: record.bytes + (withShared ? (manifest.shared?.bytes ?? 0) : 0),
    notes: [
      ...(withShared
        ? ['the database is empty: what is shared is restored too, but for what needs other tenants']
        : largeObjectNotes(manifest)),
      ...(record.database === undefined
        ? []
        : ['settings and grants of the database itself come back only when all databases are restored']),
    ],
  };
}

function planSideBySide(facts: TenantFacts, schema: string): TenantPlan {
  const { record, manifest, state, protectedDatabase } = facts;
  requireSchemas(facts);
  if (record.schemas.length !== 1) {
    throw new RestoreError(
      `The tenant has ${record.schemas.length} schemas, and one name was given. HINT: restore it into a new database (--into-database, --create).`,
    );
  }
  const bytes = Buffer.byteLength(schema);
  if (bytes === 0 || bytes > LONGEST_NAME_BYTES || schema.startsWith('pg_')) {
    throw new RestoreError(
      `A schema cannot be called "${schema}" (${bytes} bytes). HINT: a name has 1 to ${LONGEST_NAME_BYTES} bytes and does not begin with pg_.`,
    );
  }
  if (state.schemas.includes(schema)) {
    throw new RestoreError(
      `Database "${protectedDatabase}" has a schema "${schema}" already. HINT: give another name to restore under.`,
    );
  }
  return {
    ...common(facts),
    method: 'sideBySide',
    database: protectedDatabase,
    createDatabase: false,
    schemas: [schema],
    bytes: record.bytes + (manifest.shared?.bytes ?? 0),
    notes: [
      'a database is made for the time being, in which the schema gets its new name',
      'names within the text of functions are not changed: they go on naming the old schema',
      ...largeObjectNotes(manifest),
    ],
  };
}

function planInPlace(facts: TenantFacts): TenantPlan {
  const { record, manifest, state, dependents, protectedDatabase } = facts;
  requireSchemas(facts);
  const [first] = dependents;
  if (first !== undefined) {
    throw new RestoreError(
      `${dependents.length} objects outside of the tenant need it and would be dropped with it, such as ${first.kind} ${first.identity}. HINT: restore it beside what is there (--as-schema), or drop them first and make them again afterwards.`,
    );
  }
  return {
    ...common(facts),
    method: 'inPlace',
    database: protectedDatabase,
    createDatabase: false,
    overwrites: record.schemas.filter((schema) => state.schemas.includes(schema)),
    notes: [
      'what is there now is dumped first, under safety/ in the bucket of dumps',
      'all happens in one transaction: writes to the tenant wait from before that dump to the end, reads while it is replaced',
      'shared tables that its foreign keys name are locked while it is replaced: other tenants that use them wait, readers too',
      'a transaction that has read from the tenant and then writes may fail, or make the restore fail: stop the tenant first',
      ...largeObjectNotes(manifest),
    ],
  };
}

const common = ({ record }: TenantFacts) => ({
  schemas: record.schemas,
  overwrites: [] as readonly string[],
  bytes: record.bytes,
});

function requireSchemas({ record }: TenantFacts): void {
  if (record.database !== undefined) {
    throw new RestoreError(
      'The tenant is a database of its own, not a schema. HINT: restore it into a new database (--into-database, --create), then rename both.',
    );
  }
}

function largeObjectNotes({ shared }: BackupManifest): string[] {
  const count = shared?.largeObjects ?? 0;
  return count === 0
    ? []
    : [`the ${count} large objects of the backup belong to what is shared, and are not restored with a tenant`];
}

import { type Client, escapeIdentifier } from 'pg';
import type { DatabaseAccess } from '../postgres/connection';
import { RestoreError } from './restore-error';

/** What there is in a database already. */
export interface DatabaseState {
  readonly exists: boolean;
  /** Whether it has nothing but what a new database has. */
  readonly isEmpty: boolean;
  /** Schemas other than the system's. */
  readonly schemas: readonly string[];
}

/** Looks into a database of a server. */
export async function databaseState(access: DatabaseAccess, database: string): Promise<DatabaseState> {
  const exists = await withClient(access, access.database, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    return rowCount === 1;
  });
  if (!exists) {
    return { exists, isEmpty: true, schemas: [] };
  }
  return withClient(access, database, async (client) => {
    const schemas = (await client.query<{ name: string }>(SCHEMAS)).rows.map(({ name }) => name);
    const { rows } = await client.query<{ objects: number }>(OBJECTS);
    const isEmpty = schemas.every((schema) => schema === 'public') && rows[0]?.objects === 0;
    return { exists, isEmpty, schemas };
  });
}

/** Version of the server, such as 15. */
export async function serverMajor(access: DatabaseAccess): Promise<number> {
  return withClient(access, access.database, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    return Math.floor((rows[0]?.version ?? 0) / 10_000);
  });
}

/** Encoding of a database, as PostgreSQL names it, such as `UTF8`. */
export async function encodingOf(access: DatabaseAccess, database: string): Promise<string> {
  return withClient(access, database, async (client) => {
    const { rows } = await client.query<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`);
    return rows[0]?.encoding ?? '';
  });
}

/** Makes an empty database with encoding, collation and their provider of the one that the settings name. */
export async function createDatabase(access: DatabaseAccess, database: string): Promise<void> {
  await withClient(access, access.database, async (client) => {
    const { rows } = await client.query<{ options: string }>(DATABASE_OPTIONS);
    await client
      .query(`CREATE DATABASE ${escapeIdentifier(database)} TEMPLATE template0 ${rows[0]?.options ?? ''}`)
      .catch((error: Error) => {
        throw new RestoreError(
          `Cannot create database "${database}": ${error.message}. HINT: the user of the restore needs CREATEDB.`,
          { cause: error },
        );
      });
  });
}

/** Drops a database that this restore has made. */
export async function dropDatabase(access: DatabaseAccess, database: string): Promise<void> {
  await withClient(access, access.database, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`),
  );
}

/** Runs commands one after the other on a connection of their own. */
export async function execute(access: DatabaseAccess, database: string, commands: readonly string[]): Promise<void> {
  await withClient(access, database, async (client) => {
    for (const command of commands) {
      await client.query(command);
    }
  });
}

/** Works with a connection and closes it. */
export async function withClient<Result>(
  access: DatabaseAccess,
  database: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await access.connect(database);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const SCHEMAS = `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`;
/** Providers are there since PostgreSQL 15, rules of ICU since 16, and since 17 one name of the locale for all providers. */
const DATABASE_OPTIONS = `
  WITH this AS (SELECT d.*, to_jsonb(d) AS all_of FROM pg_database d WHERE datname = current_database())
  SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype) ||
    CASE all_of->>'datlocprovider'
      WHEN 'c' THEN ' LOCALE_PROVIDER libc'
      WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', all_of->>'datlocale')
      WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(all_of->>'datlocale', all_of->>'daticulocale')) ||
        coalesce(' ICU_RULES ' || quote_literal(nullif(all_of->>'daticurules', '')), '')
      ELSE '' END AS options
  FROM this`;
/** Relations, functions, types and large objects that somebody has made; extensions count, but not `plpgsql`. */
const OBJECTS = `SELECT (
    (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
  + (SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql')
  + (SELECT count(*) FROM pg_largeobject_metadata)
  )::int AS objects`;

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { PostgresServer } from '../../local/postgres/server';

/** One database of a server. */
export interface DatabaseOf {
  readonly server: PostgresServer;
  readonly database: string;
}

/** Everything in a database, in a form in which two can be compared. */
export interface DatabaseContents {
  /** What `pg_dump --schema-only` writes. */
  readonly schema: string[];
  /** Number of rows and a digest of them that does not depend on their order, by table. */
  readonly tables: Record<string, string>;
  /** Last value of each sequence, and whether it was given out. */
  readonly sequences: Record<string, string>;
  /** Digests of the large objects, by number. */
  readonly largeObjects: Record<string, string>;
}

/** What is compared of two databases. */
export interface Comparison {
  /** Schemas that alone are compared. @default - all, and large objects */
  readonly schemas?: readonly string[];
}

/** Everything in a database. Whoever compares two of them with `toEqual` sees what differs. */
export async function contentsOf(of: DatabaseOf, comparison: Comparison = {}): Promise<DatabaseContents> {
  const schema = await schemaOf(of, comparison);
  const client = new Client({ connectionString: of.server.connectionString(of.database) });
  await client.connect();
  try {
    return {
      schema,
      tables: await digestsOf(client, comparison, TABLES, DIGEST),
      sequences: await digestsOf(client, comparison, SEQUENCES, VALUE),
      largeObjects: comparison.schemas === undefined ? await largeObjectsOf(client) : {},
    };
  } finally {
    await client.end();
  }
}

/** Fails the test with what differs unless two databases are equal. */
export async function compareDatabases(a: DatabaseOf, b: DatabaseOf, comparison: Comparison = {}): Promise<void> {
  expect(await contentsOf(b, comparison)).toEqual(await contentsOf(a, comparison));
}

/** Newer client tools write a random word around their output, which psql is to compare. */
const RANDOM = /^\\(un)?restrict /;

async function schemaOf({ server, database }: DatabaseOf, { schemas = [] }: Comparison): Promise<string[]> {
  const only = schemas.map((schema) => `--schema="${schema.replaceAll('"', '""')}"`);
  const { stdout } = await promisify(execFile)(join(server.binDirectory, 'pg_dump'), ['--schema-only', ...only], {
    env: server.environment(database),
    maxBuffer: 1024 ** 3,
  });
  return stdout.split('\n').filter((line) => !RANDOM.test(line));
}

const TABLES = `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
const SEQUENCES = `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S'`;
/** A sum of digests is the same in any order, and other than an exclusive or it sees a row that is there twice. */
const DIGEST = (table: string) =>
  `SELECT count(*) || ' rows ' || coalesce(sum(('x' || left(md5(row(t.*)::text), 15))::bit(60)::bigint::numeric), 0) AS value FROM ONLY ${table} t`;
const VALUE = (sequence: string) => `SELECT last_value || ' ' || is_called AS value FROM ${sequence}`;

async function digestsOf(
  client: Client,
  { schemas }: Comparison,
  relations: string,
  valueQuery: (relation: string) => string,
): Promise<Record<string, string>> {
  const { rows } = await client.query(`${relations} AND ($1::text[] IS NULL OR n.nspname = ANY($1)) ORDER BY 1, 2`, [
    schemas,
  ]);
  const values: Record<string, string> = {};
  for (const { schema, name } of rows) {
    const relation = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
    values[relation] = (await client.query(valueQuery(relation))).rows[0].value;
  }
  return values;
}

async function largeObjectsOf(client: Client): Promise<Record<string, string>> {
  const { rows } = await client.query(
    'SELECT oid, md5(lo_get(oid)) || pg_get_userbyid(lomowner) AS value FROM pg_largeobject_metadata ORDER BY oid',
  );
  return Object.fromEntries(rows.map(({ oid, value }) => [oid, value]));
}

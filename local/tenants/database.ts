import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Client, escapeIdentifier } from 'pg';
import type { LocalAws } from '../local-aws';
import { type PostgresServer, startPostgres } from '../postgres/server';
import type { Teardown } from '../teardown';
import { LEFT_OUT, seedTenants } from './seed';

/** A real PostgreSQL with the tenants of a platform, which the deployed app is configured to back up. */
export class TenantDatabase {
  /** Name of the database. */
  readonly name = 'orders';

  private constructor(readonly server: PostgresServer) {}

  /** Starts a server and fills a database. */
  static async start(runFolder: string, teardown: Teardown): Promise<TenantDatabase> {
    const database = new TenantDatabase(await startPostgres({ teardown, folder: runFolder }));
    await database.query(`CREATE DATABASE ${escapeIdentifier(database.name)}`, 'postgres');
    await database.connected(seedTenants);
    return database;
  }

  /**
   * Puts what its user signs in with into a secret, of the form that RDS gives its own. The server trusts everyone on this machine,
   * whatever the password.
   *
   * @returns ARN of the secret
   */
  async createSecret(aws: LocalAws, region: string): Promise<string> {
    const { ARN } = await aws.secretsManager(region).send(
      new CreateSecretCommand({
        Name: `local-${this.name}`,
        SecretString: JSON.stringify({ username: this.server.user, password: 'not looked at' }),
      }),
    );
    if (ARN === undefined) throw new Error('Secrets Manager gave the secret no ARN.');
    return ARN;
  }

  /**
   * The entry of `databases` in the configuration that backs it up.
   *
   * @param secretArn secret to sign in with
   */
  configuration(secretArn: string): object {
    const { host, port, major } = this.server;
    return {
      name: 'orders',
      host,
      port,
      database: this.name,
      postgresMajor: major,
      signIn: { secret: { secretArn } },
      tenants: { schemasLike: 'tenant\\_%' },
      leaveOut: { [LEFT_OUT]: 'demonstration, filled anew each night' },
      // The one way to compress that every build of pg_dump knows.
      compression: 'gzip',
      network: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123456789abcdef0'] },
    };
  }

  /** Number of rows and a digest of them, which does not depend on their order, of each table of a schema. */
  async digests(schema: string): Promise<Record<string, string>> {
    return this.connected(async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(TABLES, [schema]);
      const digests: Record<string, string> = {};
      for (const { name } of tables) {
        const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
        const { rows } = await client.query<{ digest: string }>(`SELECT ${DIGEST} AS digest FROM ${table} t`);
        digests[name] = rows[0]?.digest ?? '';
      }
      return digests;
    });
  }

  /** Drops a schema with everything in it. */
  async dropSchema(schema: string): Promise<void> {
    await this.query(`DROP SCHEMA ${escapeIdentifier(schema)} CASCADE`);
  }

  /** Whether there is such a schema. */
  async hasSchema(schema: string): Promise<boolean> {
    return this.connected(async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
      return rowCount === 1;
    });
  }

  /** Gives the database another name, so that nobody finds it. @returns gives it its own name back */
  async hide(): Promise<() => Promise<void>> {
    const [name, hidden] = [escapeIdentifier(this.name), escapeIdentifier(`${this.name}_hidden`)];
    await this.query(`ALTER DATABASE ${name} RENAME TO ${hidden}`, 'postgres');
    return async () => {
      await this.query(`ALTER DATABASE ${hidden} RENAME TO ${name}`, 'postgres');
    };
  }

  private query(sql: string, database = this.name): Promise<unknown> {
    return this.connected((client) => client.query(sql), database);
  }

  private async connected<Result>(work: (client: Client) => Promise<Result>, database = this.name): Promise<Result> {
    const client = new Client({ connectionString: this.server.connectionString(database) });
    // The query fails with it as well; without a listener it would end the process in the middle of the teardown.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

const TABLES = `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1`;
const DIGEST = `count(*) || ' rows, ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))`;

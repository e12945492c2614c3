import type { Client } from 'pg';
import { CA_FILE_VARIABLE, type DatabaseConnection } from '../contract/tenant-dumps';
import { errorCode, errorText } from './error-code';
import { type CredentialSources, signIn } from './login';
import { type Transport, transportTo } from './transport';

/** A database server as Holdfast reaches it: with node-postgres, and with the client tools. */
export class DatabaseAccess {
  /** Nothing is connected to or signed in to yet. The certificates to trust are those that the environment names. */
  public static of(connection: DatabaseConnection, sources: CredentialSources): DatabaseAccess {
    return new DatabaseAccess(connection, sources);
  }

  private transport: Promise<Transport> | undefined;

  private constructor(
    private readonly connection: DatabaseConnection,
    private readonly sources: CredentialSources,
  ) {}

  /** Name of the database that is connected to when no other is asked for. */
  public get database(): string {
    return this.connection.database;
  }

  /**
   * Opens a connection; the caller ends it. The server answers in UTF-8.
   *
   * @param database another database of the server than the one of the connection.
   * @throws Error with a HINT when the server cannot be reached, is not the right one, or refuses the login.
   */
  public async connect(database = this.connection.database): Promise<Client> {
    const { host, port } = this.connection;
    const [{ user, password }, { ssl }, { Client }] = await this.prepare();
    const client = new Client({
      host,
      port,
      database,
      user,
      password,
      ssl,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: CONNECT_TIMEOUT_SECONDS * 1000,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    });
    // A connection that breaks between two queries says so only here; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw this.explain(error, database);
    }
  }

  /**
   * Environment of a client tool: no more than it needs. The password travels in it, not among the arguments, which every user
   * of the machine can read. Messages are in English, so that they can be told apart.
   *
   * @param database another database of the server than the one of the connection.
   */
  public async environment(database = this.connection.database): Promise<NodeJS.ProcessEnv> {
    const { environment } = this.sources;
    const [{ user, password }, transport] = await this.prepare();
    return {
      ...pick(environment, ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR']),
      ...(this.connection.login.kind === 'environment' && pick(environment, ['HOME', 'PGPASSFILE'])),
      LC_ALL: 'C',
      PGHOST: this.connection.host,
      PGPORT: String(this.connection.port),
      PGDATABASE: database,
      ...(user !== undefined && { PGUSER: user }),
      ...(password !== undefined && { PGPASSWORD: password }),
      PGAPPNAME: APPLICATION_NAME,
      PGCONNECT_TIMEOUT: String(CONNECT_TIMEOUT_SECONDS),
      ...transport.environment,
    };
  }

  /** node-postgres is loaded meanwhile, so that a job starts sooner. */
  private async prepare() {
    this.transport ??= transportTo(this.connection.host, this.sources.environment[CA_FILE_VARIABLE] || undefined);
    return Promise.all([signIn(this.connection, this.sources), this.transport, import('pg')]);
  }

  private explain(error: unknown, database: string): Error {
    const { host, port } = this.connection;
    const code = errorCode(error) ?? '';
    const message = errorText(error).replace(/\s+/g, ' ').trim();
    const hint = HINTS.find(([pattern]) => pattern.test(code) || pattern.test(message))?.[1] ?? OTHER_HINT;
    return new Error(
      `Cannot connect to database "${database}" on ${host}:${port}: ${[code, message].filter(Boolean).join(' ')}. HINT: ${hint}`,
      { cause: error },
    );
  }
}

/** Shown in `pg_stat_activity` and in the server's log. */
const APPLICATION_NAME = 'holdfast';

/** Long enough for an Aurora Serverless cluster that wakes up: about 15 seconds. */
const CONNECT_TIMEOUT_SECONDS = 30;

/** Below the 350 seconds after which a NAT gateway or a Network Load Balancer forgets a silent connection. */
const KEEP_ALIVE_DELAY_MS = 60_000;

const OTHER_HINT = 'look the error up in the log of the server.';
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(28P01|28000)$/,
    'the secret may have been rotated a moment ago: run again; otherwise compare the user with those of the server, and for IAM authentication grant it rds_iam.',
  ],
  [/^3D000$/, 'correct the name of the database in the settings.'],
  [/^53300$/, 'all connections of the server are taken: end some, or raise max_connections.'],
  [/^(57P03|57P01)$/, 'the server is starting or stopping: run again when it is up.'],
  [
    /CERT|certificate|altname|self.signed|TLS|SSL/i,
    'the certificates in HOLDFAST_DATABASE_CA must be those of this server, the host the name in its certificate, and the server must speak TLS 1.3.',
  ],
  [
    /ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|timeout/,
    'look whether the server is up, whether host and port are right, and whether its security group admits this task.',
  ],
];

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

import { Client } from 'pg';
import type { BackupManifest } from '../../engine/catalog/manifest';
import type { TenantDumpsSettings } from '../../engine/contract/tenant-dumps';
import type { DatabaseOf } from '../postgres/compare-databases';
import { type Fixture, loadFixture } from '../postgres/fixtures';
import { DumpEnvironment, type LogLine, type RunningJob } from './dump-environment';

/** Whose archives hold what, in each of the fixtures. */
const SOURCES: Readonly<Record<Fixture, TenantDumpsSettings['tenants']>> = {
  realistic: { kind: 'schemasLike', pattern: 'tenant\\_%' },
  'odd-names': {
    kind: 'registry',
    query: `SELECT nspname AS tenant, nspname AS schema FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')`,
  },
};

/** How a job has ended. */
export type JobEnd = Awaited<ReturnType<DumpEnvironment['run']>>;

/** Fixtures that are dumped and restored by the jobs' own program. */
export class RoundTrip {
  /** @param major version of PostgreSQL. @default - any */
  public static async start(major?: number): Promise<RoundTrip> {
    return new RoundTrip(await DumpEnvironment.start({}, major));
  }

  /** Variables of the jobs' environment that differ from the usual. */
  public variables: NodeJS.ProcessEnv = {};

  private databases = 0;

  private constructor(public readonly environment: DumpEnvironment) {}

  /** A database as comparisons take it. */
  public at(database: string): DatabaseOf {
    return { server: this.environment.postgres, database };
  }

  /** A name that no database has yet. */
  public newName(): string {
    this.databases += 1;
    return `database_${this.databases}`;
  }

  /** A new database with a fixture. */
  public async load(fixture: Fixture): Promise<string> {
    const database = await this.create();
    const client = new Client({ connectionString: this.environment.postgres.connectionString(database) });
    await client.connect();
    await loadFixture(client, fixture).finally(() => client.end());
    return database;
  }

  /** A new database, empty or as another one is. */
  public async create(template = 'template0'): Promise<string> {
    const database = this.newName();
    await this.environment.sql(`CREATE DATABASE ${database} TEMPLATE ${template}`);
    return database;
  }

  /** Backs a database up. */
  public async dump(
    database: string,
    fixture: Fixture,
    settings: Partial<TenantDumpsSettings> = {},
  ): Promise<BackupManifest> {
    const end = await this.environment.run({
      settings: this.settingsFor(database, { tenants: SOURCES[fixture], ...settings }),
      environment: this.variables,
    });
    expectSuccess(end);
    const manifest = this.environment.manifests().at(-1);
    if (manifest === undefined) throw new Error('There is no manifest.');
    return manifest;
  }

  /** Runs `restore` with the protected database and more arguments, whatever comes of it. */
  public run(database: string, ...command: string[]): Promise<JobEnd> {
    return this.start(database, ...command).end;
  }

  /** Starts `restore` with the protected database and more arguments. */
  public start(database: string, ...command: string[]): RunningJob {
    return this.environment.start({
      command: ['restore', ...command],
      settings: this.settingsFor(database),
      environment: this.variables,
    });
  }

  /** Runs `restore`, which must succeed. */
  public async restore(database: string, ...command: string[]): Promise<readonly LogLine[]> {
    const end = await this.run(database, ...command);
    expectSuccess(end);
    return end.log;
  }

  private settingsFor(database: string, settings: Partial<TenantDumpsSettings> = {}): Partial<TenantDumpsSettings> {
    const { host, port } = this.environment.postgres;
    return { connection: { host, port, database, login: { kind: 'environment' } }, ...settings };
  }
}

/** The last line of a log says why a job failed. */
function expectSuccess({ code, log }: JobEnd): void {
  expect([code, ...(code === 0 ? [] : [log.at(-1)])]).toEqual([0]);
}

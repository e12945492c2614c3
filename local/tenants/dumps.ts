import { join } from 'node:path';
import { verifyArchive } from '../../engine/archive/verify';
import { Catalog } from '../../engine/catalog/catalog';
import type { ArchiveRecord, BackupManifest } from '../../engine/catalog/manifest';
import {
  TENANT_DUMPS_VARIABLE,
  type TenantDumpsSettings,
  TOOLS_DIRECTORY_VARIABLE,
} from '../../engine/contract/tenant-dumps';
import { ObjectStore } from '../../engine/objects/object-store';
import { PACKAGE_ROOT } from '../../lib/package-root';
import type { DeployedStack } from '../deployed-stack';
import type { LocalAws } from '../local-aws';
import { runProgram } from '../processes';
import type { Teardown } from '../teardown';
import type { TenantDatabase } from './database';

/** What a reading of every archive of a backup found. */
export interface BackupReading {
  /** Number of archives, that of what is shared among them. */
  readonly archives: number;
  /** Number of rows in them. */
  readonly rows: number;
  /** What is wrong, one sentence for each archive. */
  readonly faults: readonly string[];
}

/**
 * The deployed dumps of a database. No container runs on this machine: the job runs as a process, with the settings that
 * the deployed task definition has. Only the certificates of RDS are not there, which a server on the same machine does not need.
 */
export class TenantDumps {
  private readonly catalog: Catalog;
  private readonly store: ObjectStore;

  private constructor(
    private readonly aws: LocalAws,
    private readonly settings: TenantDumpsSettings,
    private readonly database: TenantDatabase,
    private readonly runFolder: string,
    private readonly teardown: Teardown,
  ) {
    const { bucket, region, keyArn } = settings.store;
    const s3 = aws.s3(region);
    this.store = new ObjectStore(s3, { bucket, keyArn });
    this.catalog = new Catalog(this.store, s3, bucket, settings.resource);
  }

  /** Finds the settings of a database's dumps in the deployed stack. */
  static find(
    aws: LocalAws,
    stack: DeployedStack,
    database: TenantDatabase,
    runFolder: string,
    teardown: Teardown,
  ): TenantDumps {
    for (const { properties } of stack.resources('AWS::ECS::TaskDefinition', ['ContainerDefinitions'])) {
      const containers = properties.ContainerDefinitions as readonly ContainerDefinition[];
      const variables = containers.flatMap(({ Environment = [] }) => Environment);
      const text = variables.find(({ Name }) => Name === TENANT_DUMPS_VARIABLE)?.Value;
      const settings = text === undefined ? undefined : (JSON.parse(text) as TenantDumpsSettings);
      if (settings?.connection.database === database.name) {
        return new TenantDumps(aws, settings, database, runFolder, teardown);
      }
    }
    throw new Error(`No task definition of the deployed stack dumps the database ${database.name}.`);
  }

  /** Runs a job to its end. @throws when its exit code is another than 0; the message ends with what it logged last */
  async run(...args: string[]): Promise<void> {
    const { server } = this.database;
    const env = {
      ...this.aws.environment(this.settings.store.region),
      [TOOLS_DIRECTORY_VARIABLE]: server.binDirectory,
      [TENANT_DUMPS_VARIABLE]: JSON.stringify(this.settings),
    };
    const job = join(PACKAGE_ROOT, 'dist', 'jobs', 'index.js');
    const logFile = join(this.runFolder, `job-${args[0]}.log`);
    await runProgram(process.execPath, [job, ...args], { env, cwd: this.runFolder, logFile }, this.teardown);
  }

  /** Bucket that the dumps lie in. */
  get bucket(): string {
    return this.settings.store.bucket;
  }

  /** The newest backup; undefined when there is none. */
  newest(): Promise<BackupManifest | undefined> {
    return this.catalog.find({ latest: true });
  }

  /** Names of the tenants in a backup. */
  async tenants(manifest: BackupManifest): Promise<string[]> {
    const names: string[] = [];
    for await (const { tenant } of this.catalog.tenants(manifest)) names.push(tenant);
    return names;
  }

  /** The first archive of a tenant in a backup. */
  async archiveOf(manifest: BackupManifest): Promise<ArchiveRecord | undefined> {
    for await (const record of this.catalog.tenants(manifest)) return record;
    return undefined;
  }

  /** Reads every archive of a backup from its first byte to its last, and compares it with the manifest. */
  async readAll(manifest: BackupManifest): Promise<BackupReading> {
    const readings = manifest.shared === undefined ? [] : [await this.read('shared', manifest.shared)];
    for await (const record of this.catalog.tenants(manifest)) readings.push(await this.read(record.tenant, record));
    return {
      archives: readings.length,
      rows: readings.reduce((sum, { rows }) => sum + rows, 0),
      faults: readings.flatMap(({ fault }) => fault ?? []),
    };
  }

  private async read(name: string, record: ArchiveRecord): Promise<{ rows: number; fault?: string }> {
    try {
      const { tables } = await verifyArchive(this.store.read(record), record.sha256);
      const rows = rowsOf(tables);
      const expected = rowsOf(record.tables);
      return rows === expected ? { rows } : { rows, fault: `${name}: ${rows} rows, the manifest has ${expected}` };
    } catch (error) {
      return { rows: 0, fault: `${name}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

interface ContainerDefinition {
  readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
}

const rowsOf = (tables: readonly { readonly rows?: number | undefined }[]): number =>
  tables.reduce((sum, { rows = 0 }) => sum + rows, 0);

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { BackupManifest, TenantRecord } from '../../engine/catalog/manifest';
import type { TenantDumpsSettings } from '../../engine/contract/tenant-dumps';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { type PostgresServer, startPostgres } from '../../local/postgres/server';
import { Teardown } from '../../local/teardown';
import { dumpSettings } from '../engine/dump/dump-settings';
import { FakeMetricsServer } from '../fakes/metrics-server';
import { FakeS3Server } from '../fakes/s3-server';

/** A line of a job's log. */
export type LogLine = { readonly level: string; readonly message: string } & Readonly<Record<string, unknown>>;

/** A job that runs. */
export interface RunningJob {
  readonly child: ChildProcess;
  /** When it has ended: its exit code, or the signal that ended it, and its log. */
  readonly end: Promise<{ readonly code: number | string; readonly log: readonly LogLine[] }>;
}

/** How a job is run. */
export interface JobOptions {
  readonly settings?: Partial<TenantDumpsSettings>;
  /** Command of the container. @default dump */
  readonly command?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

const BUCKET = 'dumps';
const JOBS = join(PACKAGE_ROOT, 'dist/jobs/index.js');

/** A real PostgreSQL, a bucket and a metrics service in memory, and the job's own program between them. */
export class DumpEnvironment {
  public static async start(
    settings: Readonly<Record<string, string | number>> = {},
    /** Version of PostgreSQL. @default - any */
    major?: number,
  ): Promise<DumpEnvironment> {
    const teardown = new Teardown();
    const folder = await mkdtemp(join(tmpdir(), 'dumps-'));
    teardown.defer(() => rm(folder, { recursive: true, force: true }));
    const [postgres, s3, metrics] = await Promise.all([
      startPostgres({ teardown, folder, settings, ...(major !== undefined && { major }) }),
      FakeS3Server.start(),
      FakeMetricsServer.start(),
    ]);
    teardown.defer(() => s3.stop());
    teardown.defer(() => metrics.stop());
    return new DumpEnvironment(postgres, s3, metrics, teardown);
  }

  private constructor(
    public readonly postgres: PostgresServer,
    public readonly s3: FakeS3Server,
    public readonly metrics: FakeMetricsServer,
    private readonly teardown: Teardown,
  ) {}

  public async stop(): Promise<void> {
    await this.teardown.run();
  }

  /** Forgets what earlier runs have left. */
  public reset(): void {
    this.s3.reset();
    this.metrics.reset();
  }

  /** Runs SQL in a database of the server. */
  public async sql<Row extends object>(text: string, database = 'postgres'): Promise<Row[]> {
    const client = new Client({ connectionString: this.postgres.connectionString(database) });
    await client.connect();
    try {
      const { rows } = await client.query(text);
      return rows as Row[];
    } finally {
      await client.end();
    }
  }

  public start({ settings = {}, command = ['dump'], environment = {} }: JobOptions = {}): RunningJob {
    const connection = {
      host: this.postgres.host,
      port: this.postgres.port,
      database: 'postgres',
      login: { kind: 'environment' },
    } as const;
    const child = spawn(process.execPath, [JOBS, ...command], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        PGUSER: this.postgres.user,
        HOLDFAST_POSTGRES_BIN: this.postgres.binDirectory,
        HOLDFAST_TENANT_DUMPS: JSON.stringify(dumpSettings({ connection, ...settings })),
        AWS_ENDPOINT_URL_S3: this.s3.endpoint,
        AWS_ENDPOINT_URL_CLOUDWATCH: this.metrics.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ...environment,
      },
    });
    let output = '';
    child.stdout?.on('data', (piece: Buffer) => {
      output += piece;
    });
    const end = new Promise<Awaited<RunningJob['end']>>((resolve) => {
      child.once('close', (code, signal) => {
        const log = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogLine]));
        resolve({ code: code ?? signal ?? 'unknown', log });
      });
    });
    return { child, end };
  }

  public run(options: JobOptions = {}): RunningJob['end'] {
    return this.start(options).end;
  }

  /** All manifests in the bucket. */
  public manifests(): BackupManifest[] {
    return [...this.s3.objects(BUCKET)]
      .filter(([key]) => key.endsWith('/manifest.json'))
      .map(([, { body }]) => JSON.parse(String(body)));
  }

  /** Records of the tenants of a backup. */
  public tenants({ tenantsFile }: BackupManifest): TenantRecord[] {
    const lines = String(this.s3.objects(BUCKET).get(tenantsFile.key)?.body).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  /** Objects that a backup names and that are not in the bucket as it says. */
  public missing(manifest: BackupManifest): string[] {
    const objects = this.s3.objects(BUCKET);
    const shared = manifest.shared ? [manifest.shared] : [];
    const named = [manifest.tenantsFile, manifest.globals, ...shared, ...this.tenants(manifest)];
    return named.flatMap(({ key, versionId, sha256 }) => {
      const stored = objects.get(key);
      const isThere = stored?.versionId === versionId && digest(stored.body) === sha256;
      return isThere ? [] : [key];
    });
  }

  /** Sessions of jobs and their client tools on the server. */
  public async sessions(): Promise<number> {
    const [row] = await this.sql<{ count: number }>(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'holdfast'",
    );
    return row?.count ?? -1;
  }
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Stands before a server and breaks all connections after so many bytes of its answers. */
export class CuttingProxy {
  public bytes = 0;
  private readonly sockets = new Set<Socket>();

  public static async start(target: number, cutAfterBytes: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, target, cutAfterBytes);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(
    private readonly server: Server,
    target: number,
    cutAfterBytes: number,
  ) {
    server.on('connection', (client) => {
      const upstream = createConnection(target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
      }
      client.pipe(upstream);
      upstream.on('end', () => client.end());
      upstream.on('data', (piece) => {
        const left = Math.max(0, cutAfterBytes - this.bytes);
        this.bytes += piece.length;
        client.write(piece.subarray(0, left));
        if (this.bytes > cutAfterBytes) {
          this.cut();
        }
      });
    });
  }

  public get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  public async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What was written before still arrives. */
  private cut(): void {
    for (const socket of this.sockets) {
      socket.destroySoon();
    }
  }
}

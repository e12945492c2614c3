import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TENANT_DUMPS_VARIABLE, type TenantDumpsSettings } from '../../engine/contract/tenant-dumps';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { LOCAL_STATE } from '../../local/local-state';
import type { PostgresServer } from '../../local/postgres/server';
import type { Teardown } from '../../local/teardown';
import { CREDENTIALS } from './bench-server';
import { RECEIVED_PATH, type Received, type StoreReady } from './dump-store';
import { alternate, median, once, RUNS, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';
import { makeLargeTable, makeTenantDatabase, startBenchPostgres } from './tenant-database';

const TABLES_PER_TENANT = 20;
const ROWS_PER_TABLE = 20;
const LARGE_TABLE_BYTES = 1_000_000_000;
const TENANTS_AT_SCALE = 2_000;
const TENANTS_OF_LOOP = 500;

/** The dump of all tenants beside one plain dump of the whole database, and beside a dump for each tenant. */
export function tenantDumpsBenchmarks(teardown: Teardown): Benchmark[] {
  const bench = new TenantDumpsBench(teardown);
  return [
    ...[100, TENANTS_OF_LOOP, TENANTS_AT_SCALE].map((tenants) => ({
      name: `tenants.dump.vs_plain_dump_${tenants}`,
      unit: 'times',
      aim: { atMost: 1.15 },
      measure: () => bench.againstPlainDump(tenants),
    })),
    {
      name: `tenants.dump.vs_naive_loop_${TENANTS_OF_LOOP}`,
      unit: 'times',
      aim: { atLeast: 40 },
      measure: () => bench.againstLoop(TENANTS_OF_LOOP),
    },
    { name: 'tenants.dump.peak_mb', unit: 'MB', aim: { atMost: 256 }, measure: () => bench.peakMemory() },
  ];
}

/** One run of the job: what it took, and what arrived in the store. */
interface JobRun extends Received {
  readonly seconds: number;
  readonly peakMb: number;
}

class TenantDumpsBench {
  private readonly server = once(() => startBenchPostgres(this.teardown));
  private readonly store = once(() => startStore(this.teardown));
  private readonly databases = new Map<string, Promise<void>>();
  private readonly compared = new Map<number, Promise<{ plain: number[]; job: JobRun[] }>>();

  constructor(private readonly teardown: Teardown) {}

  async againstPlainDump(tenants: number): Promise<Figure> {
    const { plain, job } = await this.compare(tenants);
    const seconds = median(job.map((run) => run.seconds));
    const [run] = job;
    return {
      value: seconds / median(plain),
      detail:
        `all tenants uploaded ${rounded(seconds)} s, pg_dump -Fc to /dev/null ${rounded(median(plain))} s; ` +
        `${rounded(run?.bytes ?? 0)} bytes in ${run?.requests} requests; ${RUNS} runs`,
    };
  }

  async againstLoop(tenants: number): Promise<Figure> {
    const { job } = await this.compare(tenants);
    const seconds = median(job.map((run) => run.seconds));
    const loop = await this.dumpOneByOne(tenants);
    return {
      value: loop / seconds,
      detail: `pg_dump -n for each tenant ${rounded(loop)} s (one run), all tenants uploaded ${rounded(seconds)} s`,
    };
  }

  async peakMemory(): Promise<Figure> {
    const { job } = await this.compare(TENANTS_AT_SCALE);
    await this.ensure('large', (server) => makeLargeTable(server, 'large', LARGE_TABLE_BYTES));
    const large = await this.dump('large');
    const many = median(job.map((run) => run.peakMb));
    return {
      value: Math.max(many, large.peakMb),
      detail:
        `${rounded(many)} MB at ${rounded(TENANTS_AT_SCALE)} tenants of ${TABLES_PER_TENANT} tables (${RUNS} runs), ` +
        `${rounded(large.peakMb)} MB with one table of 1 GB (${rounded(large.seconds)} s, one run); without pg_dump's own`,
    };
  }

  /** The plain dump and the job in turn, measured once for all benchmarks that need it. */
  private compare(tenants: number): Promise<{ plain: number[]; job: JobRun[] }> {
    const known = this.compared.get(tenants) ?? this.measure(tenants);
    this.compared.set(tenants, known);
    return known;
  }

  private async measure(tenants: number): Promise<{ plain: number[]; job: JobRun[] }> {
    const database = `tenants_${tenants}`;
    await this.ensure(database, (server) =>
      makeTenantDatabase(server, database, {
        tenants,
        tablesPerTenant: TABLES_PER_TENANT,
        rows: ROWS_PER_TABLE,
      }),
    );
    // The first reading fills the caches of the server for both.
    await this.dumpPlainly(database);
    return alternate({ plain: () => this.dumpPlainly(database), job: () => this.dump(database) });
  }

  private ensure(database: string, make: (server: PostgresServer) => Promise<void>): Promise<void> {
    const made = this.databases.get(database) ?? this.server().then(make);
    this.databases.set(database, made);
    return made;
  }

  private async dumpPlainly(database: string): Promise<number> {
    const { binDirectory, environment } = await this.server();
    const { seconds } = await runProgram(
      join(binDirectory, 'pg_dump'),
      ['--format=custom', '--no-sync', '--file=/dev/null'],
      environment(database),
    );
    return seconds;
  }

  /** What one would write without Holdfast; 500 tenants take minutes, so it runs once. */
  private async dumpOneByOne(tenants: number): Promise<number> {
    const { binDirectory, environment } = await this.server();
    let total = 0;
    for (let tenant = 1; tenant <= tenants; tenant += 1) {
      const { seconds } = await runProgram(
        join(binDirectory, 'pg_dump'),
        ['--format=custom', '--no-sync', '--file=/dev/null', `--schema=tenant_${String(tenant).padStart(5, '0')}`],
        environment(`tenants_${tenants}`),
      );
      total += seconds;
    }
    return total;
  }

  private async dump(database: string): Promise<JobRun> {
    const server = await this.server();
    const endpoint = await this.store();
    const peakFile = join(LOCAL_STATE, `bench-peak-${process.pid}`);
    await received(endpoint);
    const { seconds } = await runProgram(
      process.execPath,
      ['--require', join(__dirname, 'peak-memory.js'), join(PACKAGE_ROOT, 'dist', 'jobs', 'index.js'), 'dump'],
      {
        ...CREDENTIALS,
        AWS_ENDPOINT_URL: endpoint,
        PGUSER: server.user,
        HOLDFAST_POSTGRES_BIN: server.binDirectory,
        [TENANT_DUMPS_VARIABLE]: JSON.stringify(settingsFor(server, database)),
        BENCH_PEAK_FILE: peakFile,
      },
    );
    const arrived = await received(endpoint);
    if (arrived.manifests !== 1) {
      throw new Error(`The job published ${arrived.manifests} manifests, must be 1.`);
    }
    return { ...arrived, seconds, peakMb: Number(await readFile(peakFile, 'utf8')) };
  }
}

const settingsFor = ({ host, port }: PostgresServer, database: string): TenantDumpsSettings => ({
  resource: 'bench',
  connection: { host, port, database, login: { kind: 'environment' } },
  tenants: { kind: 'schemasLike', pattern: 'tenant\\_%' },
  leaveOut: {},
  store: { bucket: 'dumps', region: CREDENTIALS.AWS_REGION },
  lockMode: 'governance',
  retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
  compression: 'gzip',
  groups: 1,
  parallelism: 1,
});

/** Starts the store as a process of its own. */
async function startStore(teardown: Teardown): Promise<string> {
  const child = fork(join(__dirname, 'dump-store.js'));
  teardown.defer(() => {
    child.kill();
  });
  const { port } = await new Promise<StoreReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as StoreReady));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The store of the bench ended with code ${code}.`)));
  });
  return `http://127.0.0.1:${port}`;
}

const received = async (endpoint: string): Promise<Received> =>
  (await (await fetch(`${endpoint}${RECEIVED_PATH}`)).json()) as Received;

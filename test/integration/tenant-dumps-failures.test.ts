/** What goes wrong while tenants are dumped, with the job's own program and a real PostgreSQL. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CuttingProxy, DumpEnvironment } from './dump-environment';

jest.setTimeout(300_000);

const TENANTS = 12;
const KILLS = 50;
const CUTS = 15;

let environment: DumpEnvironment;
let tools: string;

beforeAll(async () => {
  environment = await DumpEnvironment.start();
  tools = await mkdtemp(join(tmpdir(), 'tools-'));
  for (let tenant = 1; tenant <= TENANTS; tenant += 1) {
    await environment.sql(tenantSql(`tenant_${tenant}`));
  }
});
afterEach(() => environment.reset());
afterAll(async () => {
  await environment.stop();
  await rm(tools, { recursive: true, force: true });
});

const tenantSql = (name: string, tables = 5): string => `
  CREATE SCHEMA "${name.replaceAll('"', '""')}"; SET search_path = "${name.replaceAll('"', '""')}";
  ${Array.from({ length: tables }, (_, index) => `CREATE TABLE table_${index} AS SELECT n, md5(n::text) AS text FROM generate_series(1, 200) n;`).join('\n')}`;

/** Puts a script in the place of pg_dump; `pg_dump "$@"` in it is the real one. */
async function fakePgDump(script: string): Promise<NodeJS.ProcessEnv> {
  const { binDirectory } = environment.postgres;
  const file = join(tools, 'pg_dump');
  const real = (name: string) => `exec '${join(binDirectory, name)}' "$@"`;
  const lines = ['#!/bin/sh', `PATH='${binDirectory}':$PATH`, `[ "$1" = --version ] && ${real('pg_dump')}`, script];
  await writeFile(file, `${lines.join('\n')}\n`);
  await writeFile(join(tools, 'pg_dumpall'), `#!/bin/sh\n${real('pg_dumpall')}\n`);
  await Promise.all([file, join(tools, 'pg_dumpall')].map((tool) => chmod(tool, 0o755)));
  return { HOLDFAST_POSTGRES_BIN: tools };
}

/** The same numbers from 0 to 1 in each run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function expectFailure(end: ReturnType<DumpEnvironment['run']>, reason: RegExp): Promise<void> {
  const { code, log } = await end;
  expect(log.at(-1)).toMatchObject({ level: 'ERROR', message: 'dump failed', reason: expect.stringMatching(reason) });
  expect(log.at(-1)?.reason).toContain('HINT: ');
  expect(code).toBe(1);
  expect(environment.manifests()).toEqual([]);
  expect(environment.metrics.published).toEqual([{ success: 0, errors: 1 }]);
}

async function expectBackup(end: ReturnType<DumpEnvironment['run']>, tenants: number): Promise<void> {
  const { code, log } = await end;
  expect(log.at(-1)).toMatchObject({ level: 'INFO', message: 'the backup exists', tenants });
  expect(code).toBe(0);
  const [newest] = environment.manifests().sort((a, b) => (a.id < b.id ? 1 : -1));
  expect(newest && environment.missing(newest)).toEqual([]);
}

test('a dump is published with its signals', async () => {
  await expectBackup(environment.run(), TENANTS);
  const [manifest] = environment.manifests();
  expect(manifest?.totals).toMatchObject({ tenants: TENANTS, tables: TENANTS * 5, rows: TENANTS * 5 * 200 });
  expect(environment.metrics.published).toEqual([
    { size: manifest?.totals.bytes, duration: expect.any(Number), success: 1, errors: 0 },
  ]);
  expect(await environment.sessions()).toBe(0);
});

test(`killed ${KILLS} times at random moments, it leaves no manifest without its objects, and then succeeds`, async () => {
  const begun = performance.now();
  await expectBackup(environment.run(), TENANTS);
  const durationMs = performance.now() - begun;
  const random = randomNumbers(20_261_123);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child, end } = environment.start();
    await Promise.race([sleep(random() * durationMs), end]);
    child.kill('SIGKILL');
    killed += (await end).code === 'SIGKILL' ? 1 : 0;
    expect(environment.manifests().flatMap((manifest) => environment.missing(manifest))).toEqual([]);
  }
  expect(killed).toBeGreaterThan(KILLS / 2);
  await expectBackup(environment.run(), TENANTS);
});

test('two runs at once make two backups', async () => {
  const ends = await Promise.all([environment.run(), environment.run()]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const manifests = environment.manifests();
  expect(new Set(manifests.map(({ id }) => id)).size).toBe(2);
  expect(manifests.flatMap((manifest) => environment.missing(manifest))).toEqual([]);
});

describe('a pg_dump that fails is a failed backup', () => {
  it('with an exit code after its last byte', async () => {
    const run = environment.run({ environment: await fakePgDump('pg_dump "$@"; exit 7') });
    await expectFailure(run, /^pg_dump failed with exit code 7/);
  });

  it('with a signal after its last byte', async () => {
    const run = environment.run({ environment: await fakePgDump('pg_dump "$@"; kill -9 $$') });
    await expectFailure(run, /^pg_dump was ended by SIGKILL/);
  });

  it('with a full disk', async () => {
    const full =
      'pg_dump "$@" | head -c 9000; echo "pg_dump: error: could not write: No space left on device" >&2; exit 1';
    await expectFailure(
      environment.run({ environment: await fakePgDump(full) }),
      /No space left on device\. HINT: a disk/,
    );
  });

  it('with less than everything, although it says that all went well', async () => {
    const run = environment.run({ environment: await fakePgDump('pg_dump "$@" | head -c 9000') });
    await expectFailure(run, /the stream ended|ended|cut/i);
  });

  it('with an archive that lacks a tenant', async () => {
    const run = environment.run({ environment: await fakePgDump(`pg_dump "$@" --exclude-schema=tenant_3`) });
    await expectFailure(run, /wrote nothing of 1 of 12 tenants, the first is "tenant_3"/);
  });

  it(`with a connection that is lost after any byte (${CUTS} of them)`, async () => {
    const { postgres } = environment;
    const via = (port: number) => ({
      connection: { host: postgres.host, port, database: 'postgres', login: { kind: 'environment' } } as const,
    });
    const whole = await CuttingProxy.start(postgres.port, Number.POSITIVE_INFINITY);
    await expectBackup(environment.run({ settings: via(whole.port) }), TENANTS);
    await whole.stop();
    const random = randomNumbers(7);
    for (let cut = 0; cut < CUTS; cut += 1) {
      environment.reset();
      const proxy = await CuttingProxy.start(postgres.port, Math.floor(random() * whole.bytes * 0.95));
      await expectFailure(environment.run({ settings: via(proxy.port) }), /connect|lost|closed|terminat/i);
      await proxy.stop();
    }
  });
});

test('a job that is asked to stop leaves neither backup nor pg_dump, and says so', async () => {
  const { child, end } = environment.start({ environment: await fakePgDump('exec sleep 60') });
  while ((await environment.sessions()) === 0) {
    await sleep(20);
  }
  await sleep(100);
  child.kill('SIGTERM');
  const { code, log } = await end;
  expect(code).toBe(143);
  expect(log.at(-1)?.reason).toMatch(/^dump was stopped by SIGTERM/);
  expect(environment.manifests()).toEqual([]);
  expect(environment.metrics.published).toEqual([{ success: 0, errors: 1 }]);
  expect(await environment.sessions()).toBe(0);
});

test('a job that is asked to stop while it publishes the backup finishes that: the backup exists, and is told of', async () => {
  const { child, end } = environment.start();
  environment.s3.fault = ({ operation, key }) => {
    if (operation === 'PutObject' && key.endsWith('/tenants.jsonl')) {
      child.kill('SIGTERM');
    }
    return undefined;
  };
  await expectBackup(end, TENANTS);
  expect(environment.metrics.published).toMatchObject([{ success: 1, errors: 0 }]);
});

test('a backup whose signals cannot be published is there, and the job fails', async () => {
  environment.metrics.isRefusing = true;
  const { code, log } = await environment.run();
  expect(code).toBe(1);
  expect(log.at(-1)?.reason).toMatch(/^Cannot publish 4 metrics/);
  expect(environment.manifests()).toHaveLength(1);
});

test('a bucket that refuses fails the backup', async () => {
  environment.s3.fault = ({ operation, key }) =>
    operation === 'PutObject' && key.includes('tenant_7') ? { status: 403, code: 'AccessDenied' } : undefined;
  await expectFailure(environment.run(), /AccessDenied/);
});

describe('a schema that changes while it is dumped', () => {
  afterEach(() => environment.sql('DROP SCHEMA IF EXISTS tenant_gone, tenant_gone_2, tenant_new CASCADE'));

  const once = (sql: string) => {
    const mark = join(tools, `mark-${Math.random()}`);
    return `[ -e '${mark}' ] || { touch '${mark}'; psql -qc '${sql}' >&2; }\nexec pg_dump "$@"`;
  };

  it('because it vanished: the dump is taken again, without it', async () => {
    await environment.sql(tenantSql('tenant_gone'));
    const run = environment.run({ environment: await fakePgDump(once('DROP SCHEMA tenant_gone CASCADE')) });
    await expectBackup(run, TENANTS);
    const { log } = await run;
    expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message: expect.stringMatching(/dropped/) }));
  });

  it('because it vanished twice: the dump is not taken a third time', async () => {
    const count = join(tools, 'count');
    await writeFile(count, '');
    await environment.sql(`${tenantSql('tenant_gone')} ${tenantSql('tenant_gone_2')}`);
    const script = `echo >> '${count}'; [ $(wc -l < '${count}') = 1 ] && gone=tenant_gone || gone=tenant_gone_2
      psql -qc "DROP SCHEMA $gone CASCADE" >&2; exec pg_dump "$@"`;
    await expectFailure(environment.run({ environment: await fakePgDump(script) }), /does not exist.* HINT: .*dropped/);
    expect((await readFile(count, 'utf8')).length).toBe(2);
  });

  it('because it appeared: it is not in the snapshot, and not in the backup', async () => {
    const script = once('CREATE SCHEMA tenant_new CREATE TABLE a (b int)');
    await expectBackup(environment.run({ environment: await fakePgDump(script) }), TENANTS);
    const [manifest] = environment.manifests();
    const schemas = manifest && [manifest.shared, ...environment.tenants(manifest)].flatMap((part) => part?.schemas);
    expect(schemas).not.toContain('tenant_new');
  });
});

test('no tenant is no backup', async () => {
  await expectFailure(
    environment.run({ settings: { tenants: { kind: 'schemasLike', pattern: 'nobody%' } } }),
    /^No tenant was found/,
  );
});

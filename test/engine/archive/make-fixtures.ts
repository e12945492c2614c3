import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes the archives of test/engine/archive/fixtures with genuine servers and client tools, by hand:
 *
 *     npm run build
 *     node dist/test/engine/archive/make-fixtures.js test/engine/archive/fixtures <folder of programs> ...
 *
 * Each folder holds `initdb`, `pg_ctl`, `psql` and `pg_dump` of one major version. Run it as an ordinary user:
 * PostgreSQL refuses to run as root.
 */
function main([fixtures, ...programs]: readonly string[]): void {
  if (fixtures === undefined || programs.length === 0) {
    throw new Error(
      'Two arguments are needed. HINT: name the folder of fixtures, then folders of PostgreSQL programs.',
    );
  }
  for (const folder of programs) {
    withServer(folder, (run) => dumpAll(fixtures, run));
  }
}

type Run = (program: string, ...parameters: readonly string[]) => Buffer;

/** A server of its own on a socket of its own, gone afterwards. */
function withServer(programs: string, use: (run: Run) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'fixtures-'));
  chmodSync(folder, 0o700);
  const environment = { ...process.env, PGHOST: folder, PGUSER: 'postgres', PGDATABASE: 'postgres', TZ: 'UTC' };
  const run: Run = (program, ...parameters) =>
    execFileSync(join(programs, program), parameters, { env: environment, maxBuffer: 64 * 1024 * 1024 });
  const data = join(folder, 'data');
  try {
    run('initdb', '--pgdata', data, '--username=postgres', '--encoding=UTF8', '--locale=C', '--auth=trust');
    const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
    const log = join(folder, 'log');
    execFileSync(join(programs, 'pg_ctl'), ['start', '--wait', '-D', data, '-l', log, '-o', options], {
      env: environment,
      // The server keeps what it inherits: a pipe would never end.
      stdio: 'ignore',
    });
    try {
      use(run);
    } finally {
      run('pg_ctl', 'stop', '--wait', '-D', data, '-m', 'immediate');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dumpAll(fixtures: string, run: Run): void {
  const version = /\(PostgreSQL\) (\d+)/.exec(run('pg_dump', '--version').toString())?.[1] ?? '';
  for (const database of ['tiny', 'shop']) {
    run('psql', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', `CREATE DATABASE ${database}`);
    run('psql', '--quiet', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', join(fixtures, `${database}.sql`));
    for (const { name, options } of Number(version) < 16 ? OLD_COMPRESSIONS : COMPRESSIONS) {
      const file = join(fixtures, `pg${version}-${database}-${name}.dump`);
      try {
        writeFileSync(file, run('pg_dump', '-Fc', ...options, database));
      } catch {
        process.stdout.write(`${file} is left out: this pg_dump was built without ${name}\n`);
      }
    }
  }
  dumpObjects(fixtures, Number(version), run);
  run('pg_dump', '-Fc', '-f', join(fixtures, `pg${version}-shop-seekable.dump`), 'shop');
  const inserts = run('pg_dump', '-Fc', '--rows-per-insert=10', 'shop');
  writeFileSync(join(fixtures, `pg${version}-shop-inserts.dump`), inserts);
}

/** Not by 16: its wheel brings no extensions. */
function dumpObjects(fixtures: string, version: number, run: Run): void {
  if (version !== 16) {
    run('psql', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', 'CREATE DATABASE objects');
    run('psql', '--quiet', '-v', 'ON_ERROR_STOP=1', '-d', 'objects', '-f', join(fixtures, 'objects.sql'));
    const statistics = version >= 18 ? ['--statistics'] : [];
    writeFileSync(join(fixtures, `pg${version}-objects-gzip.dump`), run('pg_dump', '-Fc', ...statistics, 'objects'));
  }
}

const OLD_COMPRESSIONS = [
  { name: 'none', options: ['-Z0', '--exclude-table-data=*.long'] },
  { name: 'gzip', options: [] },
];
const COMPRESSIONS = [
  { name: 'none', options: ['--compress=none', '--exclude-table-data=*.long'] },
  { name: 'gzip', options: ['--compress=gzip'] },
  { name: 'lz4', options: ['--compress=lz4'] },
  { name: 'zstd', options: ['--compress=zstd'] },
  { name: 'zstd-19', options: ['--compress=zstd:19'] },
];

main(process.argv.slice(2));

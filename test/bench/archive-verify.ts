import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { COMPRESSIONS, type Compression } from '../../engine/contract/tenant-dumps';
import { type PostgresServer, startPostgres } from '../../local/postgres/server';
import type { Teardown } from '../../local/teardown';
import type { VerificationReport } from './archive-verify-run';
import { makeBenchFolder } from './bench-folder';
import { damageTable, findDamage } from './damage-found';
import { alternate, median, once, RUNS, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';

/** The verification of archives: its pace, and what it finds, each beside stock `pg_restore`. */
export function archiveVerifyBenchmarks(teardown: Teardown): Benchmark[] {
  const bench = new ArchiveVerifyBench(teardown);
  return [
    ...COMPRESSIONS.map((compression) => ({
      name: paceName(compression),
      unit: 'times',
      aim: { atLeast: 1 },
      measure: () => bench.againstPgRestore(compression),
    })),
    { name: 'archive.verify.found', unit: 'of cases', aim: { atLeast: 1 }, measure: () => bench.found() },
  ];
}

/** What `pg_dump -Fc` does when nobody says how to compress; the benchmarks of dumps leave it at that too. */
const USUAL: Compression = 'gzip';
const paceName = (compression: Compression): string =>
  `archive.verify.vs_pg_restore${compression === USUAL ? '' : `_${compression}`}`;

/** The only major version whose wheel writes all four compressions. */
const MAJOR = 17;

/** About 300 MB of rows of several kinds: short ones of numbers, JSON, and long texts. */
const CONTENTS = `
  CREATE TABLE orders AS SELECT n AS id, md5(n::text)::uuid AS customer, timestamptz '2026-01-01' + n * interval '1 s' AS placed,
    (n::bigint * 7919) % 100000 AS cents, (ARRAY['paid', 'open', 'shipped', 'returned'])[1 + n % 4] AS status,
    'Order number ' || n AS note, n % 10 = 0 AS gift FROM generate_series(1, 1500000) n;
  CREATE TABLE event AS SELECT n AS id, 'user' || n % 1000 AS who, jsonb_build_object('page', '/products/' || n % 500,
    'ms', n % 3000, 'agent', 'Mozilla/5.0 (X11; Linux x86_64)') AS detail FROM generate_series(1, 750000) n;
  CREATE TABLE document AS SELECT n AS id, (SELECT string_agg(substr(md5((n * 31 + k)::text), 1, 3 + n * k % 6), ' ')
    FROM generate_series(1, 150) k) AS body FROM generate_series(1, 30000) n;`;
const ROWS = 2_280_000;

/** An archive to be read by both sides. */
interface BigArchive {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The pace of both sides. */
interface Pace {
  readonly bytes: number;
  readonly verifySeconds: number;
  readonly restoreSeconds: number;
  readonly peakMb: number;
}

class ArchiveVerifyBench {
  private readonly folder = once(() => makeBenchFolder(this.teardown, 'archives-'));
  private readonly server = once(async () =>
    startPostgres({ teardown: this.teardown, folder: await this.folder(), major: MAJOR }),
  );
  private readonly filledServer = once(async () => {
    const server = await this.server();
    await runProgram(
      join(server.binDirectory, 'psql'),
      ['-q', '-v', 'ON_ERROR_STOP=1', '-c', CONTENTS],
      server.environment(),
    );
    return server;
  });

  constructor(private readonly teardown: Teardown) {}

  async againstPgRestore(compression: Compression): Promise<Figure> {
    const pace = await this.pace(await this.filledServer(), compression);
    return { value: pace.restoreSeconds / pace.verifySeconds, detail: paceDetail(compression, pace) };
  }

  async found(): Promise<Figure> {
    const { binDirectory } = await this.server();
    const outcomes = await findDamage(join(binDirectory, 'pg_restore'), await this.folder());
    const cases = outcomes.reduce((sum, outcome) => sum + outcome.cases, 0);
    const found = outcomes.reduce((sum, outcome) => sum + outcome.verify, 0);
    return { value: found / cases, detail: damageTable(outcomes) };
  }

  private async pace(server: PostgresServer, compression: Compression): Promise<Pace> {
    const archive = await this.dump(server, compression);
    const runs = await alternate({
      verify: () => verifySeconds(archive),
      restore: () => restoreSeconds(server, archive),
    });
    await rm(archive.file);
    return {
      bytes: archive.bytes,
      verifySeconds: median(runs.verify.map(({ seconds }) => seconds)),
      restoreSeconds: median(runs.restore),
      peakMb: median(runs.verify.map(({ peakMb }) => peakMb)),
    };
  }

  private async dump(server: PostgresServer, compression: Compression): Promise<BigArchive> {
    const file = join(await this.folder(), `${compression}.dump`);
    const args = ['-Fc', `--compress=${compression}`, '-f', file];
    await runProgram(join(server.binDirectory, 'pg_dump'), args, server.environment());
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    return { file, bytes: (await stat(file)).size, sha256: hash.digest('hex') };
  }
}

/** A verification in a process of its own. */
async function verifySeconds({ file, sha256 }: BigArchive): Promise<VerificationReport> {
  const { stdout } = await runProgram(process.execPath, [join(__dirname, 'archive-verify-run.js'), file, sha256]);
  const report: VerificationReport = JSON.parse(stdout);
  if (report.rows !== ROWS) {
    throw new Error(`The verification of ${ROWS} rows ended with ${stdout}`);
  }
  return report;
}

async function restoreSeconds({ binDirectory }: PostgresServer, { file }: BigArchive): Promise<number> {
  return (await runProgram(join(binDirectory, 'pg_restore'), ['-f', '/dev/null', file])).seconds;
}

function paceDetail(compression: Compression, { bytes, verifySeconds, restoreSeconds, peakMb }: Pace): string {
  const pace = (seconds: number) => `${rounded(bytes / 1e6 / seconds)} MB/s`;
  return (
    `${compression}${compression === USUAL ? ', which pg_dump -Fc writes by itself' : ''}: ` +
    `verify with digest ${pace(verifySeconds)} and ${rounded(peakMb)} MB of memory, ` +
    `pg_restore -f /dev/null ${pace(restoreSeconds)} of ${rounded(bytes / 1e6)} MB; ` +
    `Node ${process.versions.node}, pg_restore ${MAJOR}, ${RUNS} runs each`
  );
}

import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Teardown } from '../../local/teardown';
import { makeBenchFolder } from './bench-folder';
import { alternate, median, RUNS, runProgram } from './measure';
import type { RdbVerificationReport } from './rdb-verify-run';
import { type RedisData, saveRedisData } from './redis-data';
import { type Benchmark, type Figure, rounded } from './results';

/** The verification of RDB files: its pace beside the check that comes with the server. */
export function rdbVerifyBenchmarks(teardown: Teardown): Benchmark[] {
  return [
    {
      name: 'rdb.verify.vs_redis_check_rdb',
      unit: 'times',
      aim: { atLeast: 2 },
      measure: () => againstServersCheck(teardown),
    },
  ];
}

async function againstServersCheck(teardown: Teardown): Promise<Figure> {
  const folder = await makeBenchFolder(teardown, 'rdb-');
  const data = await saveRedisData(teardown, folder);
  const { size } = await stat(data.file);
  const runs = await alternate({
    verify: () => verifyOnce(data),
    check: async () => (await runProgram(data.server.checkRdb, [data.file])).seconds,
  });
  await data.server.stop();
  await rm(data.file);
  const verifySeconds = median(runs.verify.map(({ seconds }) => seconds));
  const checkSeconds = median(runs.check);
  const peakMb = median(runs.verify.map((report) => report.peakMb));
  const pace = (seconds: number) => `${rounded(size / 1e6 / seconds)} MB/s`;
  return {
    value: checkSeconds / verifySeconds,
    detail:
      `verify ${pace(verifySeconds)} and ${rounded(peakMb)} MB of memory, ` +
      `${data.server.flavour}-check-rdb ${data.server.version} ${pace(checkSeconds)} of ${rounded(size / 1e6)} MB with ` +
      `${data.keys} keys; Node ${process.versions.node}, ${RUNS} runs each`,
  };
}

/** A verification in a process of its own. */
async function verifyOnce({ file, keys }: RedisData): Promise<RdbVerificationReport> {
  const { stdout } = await runProgram(process.execPath, [join(__dirname, 'rdb-verify-run.js'), file]);
  const report: RdbVerificationReport = JSON.parse(stdout);
  if (report.keys !== keys) {
    throw new Error(`The verification of ${keys} keys ended with ${stdout}`);
  }
  return report;
}

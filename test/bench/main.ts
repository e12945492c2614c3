/**
 * `npm run bench [-- --json] [-- --only <prefix>]`: measures this software beside its rivals, in alternating runs, and prints a
 * table, or with `--json` only `{ "results": [...] }`. Progress goes to stderr. Exit code 0 also when an aim is missed: the
 * result says so.
 */
import { Command } from 'commander';
import { Teardown } from '../../local/teardown';
import { archiveVerifyBenchmarks } from './archive-verify';
import { bundleBenchmarks } from './bundle';
import { verifyFilesBenchmarks } from './files-verify';
import { rdbVerifyBenchmarks } from './rdb-verify';
import { judge, resultsJson, resultsTable, select } from './results';
import { statusBenchmarks } from './status';
import { synthBenchmarks } from './synth';
import { tenantDumpsBenchmarks } from './tenant-dumps';
import { verifyTenantsBenchmarks } from './tenants-verify';

async function main(options: { readonly json?: true; readonly only?: string }): Promise<void> {
  const teardown = new Teardown();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => teardown.run().finally(() => process.exit(code)));
  }
  try {
    const all = [
      ...synthBenchmarks(),
      ...bundleBenchmarks(),
      ...verifyFilesBenchmarks(teardown),
      ...archiveVerifyBenchmarks(teardown),
      ...tenantDumpsBenchmarks(teardown),
      ...verifyTenantsBenchmarks(teardown),
      ...rdbVerifyBenchmarks(teardown),
      ...statusBenchmarks(teardown),
    ];
    const benchmarks = select(all, options.only);
    if (benchmarks.length === 0) {
      const names = all.map(({ name }) => name).join(', ');
      throw new Error(`No benchmark begins with "${options.only}". HINT: there are ${names}.`);
    }
    const rows = [];
    for (const benchmark of benchmarks) {
      console.error(`measuring ${benchmark.name} ...`);
      const figure = await benchmark.measure();
      rows.push({ figure, result: judge(benchmark, figure) });
    }
    console.log(options.json ? resultsJson(rows.map(({ result }) => result)) : resultsTable(rows));
  } finally {
    await teardown.run();
  }
}

new Command('bench')
  .option('--json', 'print only JSON')
  .option('--only <prefix>', 'only the benchmarks whose name begins so')
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });

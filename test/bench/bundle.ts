import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { LOCAL_STATE } from '../../local/local-state';
import { median, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';

/** Size and cold import of the bundled functions, beside a function that uses S3's client and nothing else. */
export function bundleBenchmarks(): Benchmark[] {
  return [
    { name: 'bundle.max_bytes', unit: 'bytes', aim: { atMost: 1_000_000 }, measure: measureSize },
    { name: 'bundle.max_import_ms', unit: 'ms', aim: { atMost: 150 }, measure: measureImport },
  ];
}

interface Bundle {
  readonly name: string;
  readonly file: string;
}

const IMPORTS = 7;
/** Prints the milliseconds that the import of a file takes in a process that has imported nothing else. */
const TIMED_IMPORT =
  'const started = performance.now(); require(process.argv[1]); console.log(performance.now() - started)';

async function measureSize(): Promise<Figure> {
  const rival = await rivalBundle();
  const bundles = ownBundles();
  const value = Math.max(...bundles.map(({ file }) => statSync(file).size));
  const sizes = [...bundles, rival].map(({ name, file }) => `${name} ${rounded(statSync(file).size)}`);
  return { value, detail: `${sizes.join(', ')} bytes` };
}

async function measureImport(): Promise<Figure> {
  const rival = await rivalBundle();
  const bundles = ownBundles();
  const milliseconds = await importTimes([...bundles, rival]);
  const medianOf = ({ name }: Bundle): number => median(milliseconds.get(name) ?? []);
  const value = Math.max(...bundles.map(medianOf));
  const times = [...bundles, rival].map((bundle) => `${bundle.name} ${rounded(medianOf(bundle))}`);
  return { value, detail: `${times.join(', ')} ms; ${IMPORTS} processes each` };
}

/** Every bundle in turn, each time in a fresh process. */
async function importTimes(bundles: readonly Bundle[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (let run = 0; run < IMPORTS; run += 1) {
    for (const { name, file } of bundles) {
      const { stdout } = await runProgram(process.execPath, ['-e', TIMED_IMPORT, file], { AWS_REGION: 'eu-west-1' });
      times.get(name)?.push(Number(stdout));
    }
  }
  return times;
}

function ownBundles(): Bundle[] {
  const folder = join(PACKAGE_ROOT, 'dist', 'lambda');
  return readdirSync(folder).map((name) => ({ name, file: join(folder, name, 'index.js') }));
}

/** Bundled by the same build with the same options. */
async function rivalBundle(): Promise<Bundle> {
  const folder = join(LOCAL_STATE, 'bench', 'rival-function');
  await runProgram(process.execPath, ['build.mjs', 'test/bench/rival-function', folder]);
  return { name: 'rival with client-s3 only', file: join(folder, 's3-only', 'index.js') };
}

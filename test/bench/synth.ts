import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { alternate, median, RUNS, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';

const { app, context } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'cdk.json'), 'utf8'));
/** The command that cdk.json has for the shipped app: `node`, options of V8, the program. */
const [, ...APP_FLAGS]: string[] = app.split(' ').slice(0, -1);
/** What bin/app.ts sets for itself and cdk.json for it; given to the empty app too, to show what is left without it. */
const V8_FLAGS = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', ...APP_FLAGS];

/** Synthesis of the shipped app beside that of an empty one, each a process of its own with the context of cdk.json. */
export function synthBenchmarks(): Benchmark[] {
  return [{ name: 'synth.ratio_to_empty_app', unit: 'times', aim: { atMost: 1.5 }, measure: measureSynth }];
}

async function measureSynth(): Promise<Figure> {
  const seconds = await alternate({
    holdfast: () => synthesize('dist/bin/app.js', APP_FLAGS),
    empty: () => synthesize('dist/test/bench/empty-app.js'),
    tunedEmpty: () => synthesize('dist/test/bench/empty-app.js', V8_FLAGS),
  });
  const holdfast = median(seconds.holdfast);
  const empty = median(seconds.empty);
  return {
    value: holdfast / empty,
    detail:
      `holdfast ${rounded(holdfast)} s, empty app ${rounded(empty)} s, empty app with the V8 flags that holdfast sets ` +
      `${rounded(median(seconds.tunedEmpty))} s; ${RUNS} alternating runs`,
  };
}

/** Seconds from starting the app to its end. */
async function synthesize(program: string, flags: readonly string[] = []): Promise<number> {
  const outdir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const environment = { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
    const { seconds } = await runProgram(process.execPath, [...flags, join(PACKAGE_ROOT, program)], environment);
    return seconds;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

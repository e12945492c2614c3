import { join } from 'node:path';
import type { RunPlan } from '../../engine/contract/verify-tenants';
import type { Teardown } from '../../local/teardown';
import { type BenchServer, CREDENTIALS, forkServer } from './bench-server';
import { median, once, RUNS, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';
import type { StepReport } from './tenants-verify-run';

const TENANTS = 10_000;
const BACKUPS = 30;

/** The verification of dumps at scale: what planning costs, and looking through all listings. */
export function verifyTenantsBenchmarks(teardown: Teardown): Benchmark[] {
  const server = once(() => forkServer('dumps-server.js', [String(TENANTS), String(BACKUPS)], teardown));
  return [
    {
      name: `tenants.verify.plan_${TENANTS}x${BACKUPS}`,
      unit: 's',
      aim: { atMost: 3 },
      measure: async () => planFigure(await server()),
    },
    {
      name: `tenants.verify.survey_mb_${TENANTS}x${BACKUPS}`,
      unit: 'MB',
      aim: { atMost: 256 },
      measure: async () => surveyFigure(await server()),
    },
  ];
}

/** Runs of a step, each in a process of its own, and the requests of each. */
async function runs(server: BenchServer, step: 'plan' | 'survey') {
  const script = join(__dirname, 'tenants-verify-run.js');
  const all: (StepReport & { readonly requests: number })[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { result, requests } = await server.countRequests(() =>
      runProgram(process.execPath, [script, server.endpoint, step], CREDENTIALS),
    );
    all.push({ ...(JSON.parse(result.stdout) as StepReport), requests });
  }
  const of = (value: (report: (typeof all)[number]) => number): number => median(all.map(value));
  const figures = { seconds: of(({ seconds }) => seconds), peakMb: of(({ peakMb }) => peakMb) };
  return { ...figures, requests: of(({ requests }) => requests), answers: all.map(({ answer }) => answer) };
}

/** Nothing was ever read, so one backup of all is due: the newest. */
async function planFigure(server: BenchServer): Promise<Figure> {
  const { seconds, peakMb, requests, answers } = await runs(server, 'plan');
  const planned = (answers as RunPlan[]).map(({ backups }) => backups.length);
  if (planned.some((backups) => backups !== 1)) {
    throw new Error(`Of ${BACKUPS} backups that were never read a run planned ${planned.join(', ')}, must be 1.`);
  }
  return {
    value: seconds,
    detail: `1 of ${BACKUPS} backups of ${rounded(TENANTS)} tenants planned with ${rounded(requests)} requests and ${rounded(peakMb)} MB; ${RUNS} runs`,
  };
}

async function surveyFigure(server: BenchServer): Promise<Figure> {
  const { seconds, peakMb, requests } = await runs(server, 'survey');
  return {
    value: peakMb,
    detail: `${rounded(TENANTS * BACKUPS)} archives looked for on both sides in ${rounded(seconds)} s with ${rounded(requests)} requests; ${RUNS} runs`,
  };
}

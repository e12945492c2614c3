import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProofOutcome, type ProofRecord, ProofSystem, proofsPrefix } from '../../engine/contract/proofs';
import { ProofLevel } from '../../engine/contract/signals';
import { createStoreClient } from '../../engine/objects/s3-client';
import { writeProofRecord } from '../../engine/proofs/write-record';
import type { Teardown } from '../../local/teardown';
import { makeBenchFolder } from './bench-folder';
import { type BenchServer, CREDENTIALS, forkServer } from './bench-server';
import { median, once, RUNS, runProgram } from './measure';
import { type Benchmark, type Figure, rounded } from './results';
import { PROOFS, REGION, RESOURCE } from './synthetic-dumps';

const TENANTS = 10_000;
const BACKUPS = 30;

/** `holdfast status --tenants` as a process, from its start to its end. */
export function statusBenchmarks(teardown: Teardown): Benchmark[] {
  const runs = once(() => measure(teardown));
  return [
    {
      name: `status.seconds_${TENANTS}x${BACKUPS}`,
      unit: 's',
      aim: { atMost: 3 },
      measure: async () => figureOf(await runs(), ({ seconds }) => seconds),
    },
    {
      name: 'status.peak_mb',
      unit: 'MB',
      aim: { atMost: 200 },
      measure: async () => figureOf(await runs(), ({ peakMb }) => peakMb),
    },
  ];
}

interface StatusRun {
  readonly seconds: number;
  readonly peakMb: number;
  readonly requests: number;
}

async function measure(teardown: Teardown): Promise<StatusRun[]> {
  const server = await forkServer('dumps-server.js', [String(TENANTS), String(BACKUPS)], teardown);
  await proveAll(server);
  const peakFile = join(await makeBenchFolder(teardown, 'status-'), 'peak');
  const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: server.endpoint, BENCH_PEAK_FILE: peakFile };
  const command = ['--require', join(__dirname, 'peak-memory.js'), join(__dirname, '../../bin/holdfast.js')];
  const runs: StatusRun[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { result, requests } = await server.countRequests(() =>
      runProgram(process.execPath, [...command, 'status', '--tenants'], environment),
    );
    if (!result.stdout.includes(`${rounded(TENANTS)} of ${rounded(TENANTS)} tenants are healthy`)) {
      throw new Error(`The status of ${TENANTS} healthy tenants was:\n${result.stdout}`);
    }
    runs.push({ seconds: result.seconds, peakMb: Number(await readFile(peakFile, 'utf8')), requests });
  }
  return runs;
}

/** Everything must be healthy: the command ends with another code otherwise. */
async function proveAll({ endpoint }: BenchServer): Promise<void> {
  const s3 = createStoreClient({
    endpoint,
    region: REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const startedAt = new Date(Date.now() - 3_600_000).toISOString();
  for (const level of [ProofLevel.PRESENT, ProofLevel.INTACT]) {
    const record: ProofRecord = {
      format: 1,
      system: ProofSystem.TENANTS,
      resource: RESOURCE,
      level,
      outcome: ProofOutcome.PROVED,
      startedAt,
      finishedAt: startedAt,
      software: '0.1.0',
      findingCount: 0,
      findings: [],
    };
    await writeProofRecord(s3, PROOFS, proofsPrefix(ProofSystem.TENANTS, RESOURCE, level), record);
  }
}

function figureOf(runs: readonly StatusRun[], value: (run: StatusRun) => number): Figure {
  const of = (each: (run: StatusRun) => number) => rounded(median(runs.map(each)));
  return {
    value: median(runs.map(value)),
    detail: `${rounded(TENANTS)} tenants and ${BACKUPS} backups looked at in ${of(({ seconds }) => seconds)} s with ${of(({ requests }) => requests)} requests and ${of(({ peakMb }) => peakMb)} MB, Node's start included; ${RUNS} runs`,
  };
}

import { join } from 'node:path';
import type { Teardown } from '../../local/teardown';
import { type BenchServer, CREDENTIALS, startServer, walkListing } from './bench-server';
import { alternate, median, once, RUNS, runProgram } from './measure';
import type { ProofReport } from './proof-run';
import { type Benchmark, type Figure, rounded } from './results';
import { FEWEST_REQUESTS, RCLONE_VARIANTS, type RcloneRun, Rivals } from './rivals';
import { SyntheticBucket } from './synthetic-bucket';

const VERSIONS_AT_SCALE = 1_000_000;
/** Enough that starting the processes does not matter, few enough that the runs of rclone are short. */
const COMPARED_OBJECTS = 200_000;
/** Objects that the AWS CLI is asked for, one call each; more would take long and say the same. */
const HEAD_CALLS = 5;

/** The proof of files: its first listing of both sides at scale, and its pace beside what else one would use. */
export function verifyFilesBenchmarks(teardown: Teardown): Benchmark[] {
  const bench = new VerifyFilesBench(teardown);
  return [
    {
      name: 'files.verify.requests_per_version',
      unit: 'requests',
      aim: { atMost: 0.0021 },
      measure: () => bench.requestsPerVersion(),
    },
    { name: 'files.verify.peak_mb', unit: 'MB', aim: { atMost: 256 }, measure: () => bench.peakMemory() },
    { name: 'files.verify.vs_rclone_check', unit: 'times', aim: { atLeast: 1 }, measure: () => bench.againstRclone() },
    { name: 'files.verify.vs_head_loop', unit: 'times', aim: { atLeast: 100 }, measure: () => bench.againstHeadLoop() },
  ];
}

/** A run of the proof in a process of its own. */
interface ProofRun extends ProofReport {
  readonly seconds: number;
  readonly requests: number;
}

/** All runs at scale: the proof, and rclone when it could be installed. */
interface RunsAtScale {
  readonly proof: readonly ProofRun[];
  readonly rclone: readonly RcloneRun[];
}

class VerifyFilesBench {
  private readonly rivals = once(() => Rivals.install(this.teardown).catch((error: Error) => error));
  private readonly runsAtScale = once(() => this.measureAtScale());
  private readonly server = once(() => this.warmServer());

  constructor(private readonly teardown: Teardown) {}

  async requestsPerVersion(): Promise<Figure> {
    const { proof, rclone } = await this.runsAtScale();
    const requests = median(proof.map((run) => run.requests));
    return {
      value: requests / VERSIONS_AT_SCALE,
      detail:
        `${rounded(requests)} requests for ${rounded(VERSIONS_AT_SCALE)} versions, both sides` +
        `${beside(rclone, (run) => run.requests, 'requests')}; ${RUNS} runs`,
    };
  }

  async peakMemory(): Promise<Figure> {
    const { proof, rclone } = await this.runsAtScale();
    const value = median(proof.map((run) => run.peakMb));
    return {
      value,
      detail:
        `proof ${rounded(value)} MB for ${rounded(VERSIONS_AT_SCALE)} versions` +
        `${beside(rclone, (run) => run.peakMb, 'MB')}; ${RUNS} runs`,
    };
  }

  async againstRclone(): Promise<Figure> {
    const rivals = await this.rivals();
    if (rivals instanceof Error) {
      return notMeasured(rivals);
    }
    const server = await this.server();
    const flags = await fastestFlags(rivals, server);
    const runs = await alternate({
      proof: () => prove(server, COMPARED_OBJECTS),
      rclone: () => rivals.rcloneCheck(server, flags),
    });
    const proof = objectsPerSecond(runs.proof);
    const rclone = objectsPerSecond(runs.rclone);
    return {
      value: proof / rclone,
      detail:
        `proof ${rounded(proof)}, rclone check ${flags.join(' ')} ${rounded(rclone)} objects/s, ` +
        `${rounded(COMPARED_OBJECTS)} objects, ${RUNS} runs; the server alone: ${await serverPace(server)}`,
    };
  }

  async againstHeadLoop(): Promise<Figure> {
    const rivals = await this.rivals();
    if (rivals instanceof Error) {
      return notMeasured(rivals);
    }
    const server = await this.server();
    const runs = await alternate({
      proof: () => prove(server, COMPARED_OBJECTS),
      head: () => headObjects(rivals, server),
    });
    const proof = objectsPerSecond(runs.proof);
    const head = 1 / median(runs.head);
    return {
      value: proof / head,
      detail:
        `proof ${rounded(proof)}, aws s3api head-object ${rounded(head)} objects/s of one side ` +
        `(${HEAD_CALLS} objects a run, extrapolated); ${RUNS} runs`,
    };
  }

  private async measureAtScale(): Promise<RunsAtScale> {
    const server = await startServer(VERSIONS_AT_SCALE, this.teardown);
    const rivals = await this.rivals();
    await serverPace(server);
    const proof = () => prove(server, VERSIONS_AT_SCALE);
    if (rivals instanceof Error) {
      return { ...(await alternate({ proof })), rclone: [] };
    }
    return alternate({ proof, rclone: () => rivals.rcloneCheck(server, FEWEST_REQUESTS) });
  }

  /** A server that has rendered its pages already. */
  private async warmServer(): Promise<BenchServer> {
    const server = await startServer(COMPARED_OBJECTS, this.teardown);
    await serverPace(server);
    return server;
  }
}

/** The proof of the server's replica against its source, in a process of its own. */
async function prove(server: BenchServer, versions: number): Promise<ProofRun> {
  const script = join(__dirname, 'proof-run.js');
  const { result, requests } = await server.countRequests(() =>
    runProgram(process.execPath, [script, server.endpoint], CREDENTIALS),
  );
  const report: ProofReport = JSON.parse(result.stdout);
  if (report.outcome !== 'proved' || report.versions !== versions) {
    throw new Error(`The proof of ${versions} equal versions ended with ${result.stdout}`);
  }
  return { ...report, seconds: result.seconds, requests };
}

/** Seconds an object, one call of the AWS CLI each. */
async function headObjects(rivals: Rivals, server: BenchServer): Promise<number> {
  const { keys } = new SyntheticBucket(HEAD_CALLS);
  let seconds = 0;
  for (const key of keys) {
    seconds += await rivals.headObject(server, key);
  }
  return seconds / keys.length;
}

/** The flags that make rclone fastest here. The first round only lets the server render its pages. */
async function fastestFlags(rivals: Rivals, server: BenchServer): Promise<readonly string[]> {
  let fastest: { readonly flags: readonly string[]; readonly seconds: number } | undefined;
  for (const flags of RCLONE_VARIANTS) {
    await rivals.rcloneCheck(server, flags);
    const { seconds } = await rivals.rcloneCheck(server, flags);
    if (fastest === undefined || seconds < fastest.seconds) {
      fastest = { flags, seconds };
    }
  }
  return fastest?.flags ?? [];
}

async function serverPace(server: BenchServer): Promise<string> {
  const { milliseconds, pages } = await walkListing(server);
  return `${rounded(milliseconds / pages)} ms a page`;
}

const objectsPerSecond = (runs: readonly { readonly seconds: number }[]): number =>
  COMPARED_OBJECTS / median(runs.map(({ seconds }) => seconds));

const beside = (runs: readonly RcloneRun[], figure: (run: RcloneRun) => number, unit: string): string =>
  runs.length === 0 ? '; rclone could not be installed' : `, rclone check ${rounded(median(runs.map(figure)))} ${unit}`;

const notMeasured = ({ message }: Error): Figure => ({ detail: `the rival could not be installed: ${message}` });

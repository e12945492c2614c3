import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Teardown } from '../../local/teardown';
import type { ServerReady } from './s3-server';

/** The bench's S3, running. */
export interface BenchServer {
  readonly endpoint: string;
  /** What the work comes to, and the number of requests it makes. */
  countRequests<Result>(work: () => Promise<Result>): Promise<{ result: Result; requests: number }>;
}

/** What every client of the bench's S3 needs in its environment; the server checks no signature. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
};

/** Starts the bench's S3 as a process of its own, with this many objects in every bucket. */
export const startServer = (objects: number, teardown: Teardown): Promise<BenchServer> =>
  forkServer('s3-server.js', [String(objects)], teardown);

/** Starts a server of the bench as a process of its own: it sends a {@link ServerReady} once it listens. */
export async function forkServer(script: string, args: readonly string[], teardown: Teardown): Promise<BenchServer> {
  const child = fork(join(__dirname, script), [...args]);
  teardown.defer(() => {
    child.kill();
  });
  const { port } = await new Promise<ServerReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as ServerReady));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The S3 of the bench ended with code ${code} before it listened.`)));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const requests = async (): Promise<number> => Number(await (await fetch(`${endpoint}/-/requests`)).text());
  return {
    endpoint,
    countRequests: async (work) => {
      const before = await requests();
      const result = await work();
      return { result, requests: (await requests()) - before };
    },
  };
}

/** Fetches every page of a version listing and looks only at where the next one begins: what the server can do by itself. */
export async function walkListing({ endpoint }: BenchServer): Promise<{ milliseconds: number; pages: number }> {
  const started = performance.now();
  let pages = 0;
  for (let after: string | undefined = ''; after !== undefined; pages += 1) {
    const query = new URLSearchParams({ versions: '', 'encoding-type': 'url', 'key-marker': after });
    const page = await (await fetch(`${endpoint}/source?${query}`)).text();
    after = /<NextKeyMarker>(.*?)<\/NextKeyMarker>/.exec(page.slice(0, 1_000))?.[1];
  }
  return { milliseconds: performance.now() - started, pages };
}

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What reached the place where CloudFormation expects answers. */
export interface ReceivedResponse {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A local stand-in for the pre-signed address of CloudFormation. */
export interface ResponseReceiver {
  readonly url: string;
  readonly received: ReceivedResponse[];
  /** HTTP statuses of the next answers; 200 when there is none left. */
  readonly statuses: number[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of this machine. */
export async function startResponseReceiver(): Promise<ResponseReceiver> {
  const received: ReceivedResponse[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 200, { connection: 'close' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/answer?X-Amz-Signature=secret`,
    received,
    statuses,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of the fake S3. */
export interface FakeAnswer {
  readonly status: number;
  readonly body: string;
}

/** A server that speaks as much of S3 as the replication of a bucket needs, from answers that a test lays out. */
export interface FakeS3Server {
  readonly endpoint: string;
  /** Answer by method and path, such as `GET /uploads?versioning`; anything else is answered with 200. */
  readonly answers: Map<string, FakeAnswer>;
  /** Requests by method and path, with the body of a PUT. */
  readonly requests: { readonly line: string; readonly body: string }[];
  close(): Promise<void>;
}

/** Starts the server on a free port of this machine. */
export async function startFakeS3Server(): Promise<FakeS3Server> {
  const answers: FakeS3Server['answers'] = new Map();
  const requests: FakeS3Server['requests'] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const subresource = [...searchParams.keys()].find((name) => name !== 'x-id');
    const line = `${request.method} ${pathname.replace(/\/$/, '')}?${subresource ?? ''}`;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ line, body });
      const answer = answers.get(line) ?? { status: 200, body: '' };
      response.writeHead(answer.status, { 'content-type': 'application/xml', connection: 'close' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    answers,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const versioning = (status: string): FakeAnswer => ({
  status: 200,
  body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
});

export const errorAnswer = (status: number, code: string): FakeAnswer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${code} happened</Message></Error>`,
});

export const replication = (role: string, ruleId: string): FakeAnswer => ({
  status: 200,
  body: `<ReplicationConfiguration><Role>${role}</Role><Rule><ID>${ruleId}</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::replica</Bucket></Destination></Rule></ReplicationConfiguration>`,
});

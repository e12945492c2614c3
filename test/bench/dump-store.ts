import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server sends to the process that forked it, once it listens. */
export interface StoreReady {
  readonly port: number;
}

/** What a store was given since it was last asked. */
export interface Received {
  readonly requests: number;
  readonly bytes: number;
  readonly manifests: number;
}

/** Path that answers with {@link Received}, and begins to count anew. */
export const RECEIVED_PATH = '/-/received';

/**
 * An S3 for the bench of dumps, and a CloudWatch: takes everything, keeps nothing but counts, believes each checksum that
 * comes with an upload, and has no objects. So what is measured is the job, not a server beside it.
 */
export function createDumpStore(): Server {
  let received: Received = NOTHING;
  return createServer((request, response) => {
    if (request.url === RECEIVED_PATH) {
      response.end(JSON.stringify(received));
      received = NOTHING;
      return;
    }
    drain(request).then(
      (bytes) => {
        const isManifest = request.method === 'PUT' && request.url?.split('?')[0]?.endsWith('/manifest.json');
        received = {
          requests: received.requests + 1,
          bytes: received.bytes + bytes,
          manifests: received.manifests + (isManifest ? 1 : 0),
        };
        answer(request, response);
      },
      (error: Error) => response.destroy(error),
    );
  });
}

const NOTHING: Received = { requests: 0, bytes: 0, manifests: 0 };
const CHECKSUM = 'x-amz-checksum-crc64nvme';

async function drain(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
  }
  return bytes;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method = '', headers } = request;
  const { searchParams } = new URL(request.url ?? '/', 'http://store');
  const checksum = String(headers[CHECKSUM] ?? '');
  if (headers['x-amz-target'] !== undefined) {
    // CloudWatch's answer to PutMetricData.
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end('{}');
  } else if (method === 'PUT') {
    response.writeHead(200, { etag: '"0"', 'x-amz-version-id': 'bench', ...(checksum && { [CHECKSUM]: checksum }) });
    response.end();
  } else if (method === 'POST' && searchParams.has('uploads')) {
    sendXml(response, '<InitiateMultipartUploadResult><UploadId>bench</UploadId></InitiateMultipartUploadResult>');
  } else if (method === 'POST') {
    response.setHeader('x-amz-version-id', 'bench');
    sendXml(
      response,
      `<CompleteMultipartUploadResult><ETag>"0-1"</ETag><ChecksumCRC64NVME>${checksum}</ChecksumCRC64NVME></CompleteMultipartUploadResult>`,
    );
  } else if (method === 'GET' && (searchParams.has('list-type') || searchParams.has('uploads'))) {
    const root = searchParams.has('uploads') ? 'ListMultipartUploadsResult' : 'ListBucketResult';
    sendXml(response, `<${root}><IsTruncated>false</IsTruncated></${root}>`);
  } else {
    response.writeHead(method === 'DELETE' ? 204 : 404);
    response.end();
  }
}

function sendXml(response: ServerResponse, xml: string): void {
  response.setHeader('content-type', 'application/xml');
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}

/** Serves on a free port of this machine only, until the process that forked this one ends it or dies. */
function serve(): void {
  const server = createDumpStore();
  server.listen(0, '127.0.0.1', () => {
    const ready: StoreReady = { port: (server.address() as AddressInfo).port };
    process.send?.(ready);
  });
  process.once('disconnect', () => process.exit());
}

if (require.main === module) {
  serve();
}

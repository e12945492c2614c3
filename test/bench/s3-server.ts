import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectsListingV1, objectsListingV2, type PageRequest, versionsListing } from './s3-listing';
import { etagOf, lastModifiedOf, SyntheticBucket, sizeOf, versionIdOf } from './synthetic-bucket';

/** The bucket that stores what it is given. */
export const PROOFS_BUCKET = 'proofs';

/** Key of the encryption of every synthetic object. */
export const REPLICA_KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555';

/** What the server sends to the process that forked it, once it listens. */
export interface ServerReady {
  readonly port: number;
}

/**
 * An S3 for the bench. Every bucket holds the same synthetic objects, except {@link PROOFS_BUCKET}. A page is rendered once and
 * then only sent, so that the client is what gets measured. `GET /-/requests` answers the number of requests so far.
 */
export function createS3Server(objects: number): Server {
  const s3 = new SyntheticS3(objects);
  return createServer((incoming, response) => {
    s3.answer(incoming, response).catch((error: unknown) => response.destroy(asError(error)));
  });
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const ADMIN_PATH = '/-/requests';

/** A request, taken apart. */
interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly incoming: IncomingMessage;
}

class SyntheticS3 {
  private readonly bucket: SyntheticBucket;
  private readonly renderedPages = new Map<string, Buffer>();
  private readonly stored = new Map<string, Buffer>();
  private requests = 0;

  constructor(objects: number) {
    this.bucket = new SyntheticBucket(objects);
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.url === ADMIN_PATH) {
      response.end(String(this.requests));
      return;
    }
    this.requests += 1;
    const request = takeApart(incoming);
    if (request.bucket === PROOFS_BUCKET && request.key !== '') {
      await this.answerStored(request, response);
    } else if (request.key !== '') {
      this.answerSynthetic(request, response);
    } else {
      this.answerBucket(request, response);
    }
  }

  private answerBucket({ method, bucket, query }: S3Request, response: ServerResponse): void {
    if (method === 'HEAD') {
      response.end();
    } else if (query.has('location')) {
      sendXml(response, `<LocationConstraint ${NAMESPACE}>eu-west-1</LocationConstraint>`);
    } else {
      const page = this.page(query);
      const root = query.has('versions') ? 'ListVersionsResult' : 'ListBucketResult';
      sendXml(response, `<${root} ${NAMESPACE}><Name>${bucket}</Name>`, page);
    }
  }

  private page(query: URLSearchParams): Buffer {
    const request = listingRequest(query);
    const identity = JSON.stringify(request);
    const page = this.renderedPages.get(identity) ?? Buffer.from(LISTINGS[request.operation](this.bucket, request));
    this.renderedPages.set(identity, page);
    return page;
  }

  private answerSynthetic({ method, key, bucket }: S3Request, response: ServerResponse): void {
    const index = this.bucket.indexOf(key);
    if (method !== 'HEAD') {
      sendError(response, 501, 'NotImplemented', `${method} of a synthetic object`);
    } else if (index === undefined) {
      sendError(response, 404, 'NoSuchKey', `${bucket}/${key}`);
    } else {
      response.writeHead(200, {
        'Content-Length': sizeOf(index),
        'Content-Type': 'application/pdf',
        ETag: etagOf(index),
        'Last-Modified': lastModifiedOf(index).toUTCString(),
        'x-amz-version-id': versionIdOf(index),
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': REPLICA_KEY_ARN,
      });
      response.end();
    }
  }

  private async answerStored({ method, key, incoming }: S3Request, response: ServerResponse): Promise<void> {
    if (method === 'PUT') {
      await this.store(key, incoming, response);
      return;
    }
    const body = this.stored.get(key);
    if (body === undefined) {
      sendError(response, 404, 'NoSuchKey', key);
      return;
    }
    response.writeHead(200, { 'Content-Length': body.length, ETag: storedEtag(body) });
    response.end(method === 'HEAD' ? undefined : body);
  }

  private async store(key: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const present = this.stored.get(key);
    const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = incoming.headers;
    const unexpected =
      ifNoneMatch === '*' ? present !== undefined : ifMatch !== undefined && !matches(present, ifMatch);
    if (unexpected) {
      sendError(response, 412, 'PreconditionFailed', key);
      return;
    }
    const body = Buffer.concat(chunks);
    this.stored.set(key, body);
    response.writeHead(200, { ETag: storedEtag(body) });
    response.end();
  }
}

function takeApart(incoming: IncomingMessage): S3Request {
  const url = new URL(incoming.url ?? '/', 'http://bench');
  const [bucket = '', ...key] = url.pathname.slice(1).split('/');
  return {
    method: incoming.method ?? 'GET',
    bucket,
    key: decodeURIComponent(key.join('/')),
    query: url.searchParams,
    incoming,
  };
}

const LISTINGS = { versions: versionsListing, objectsV1: objectsListingV1, objectsV2: objectsListingV2 };

/** The same for all queries that ask for the same page, however they are written. */
function listingRequest(query: URLSearchParams): PageRequest & { readonly operation: keyof typeof LISTINGS } {
  const [operation, after] = listingOperation(query);
  return {
    operation,
    after,
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Number(query.get('max-keys') ?? 1_000),
    urlEncoded: query.get('encoding-type') === 'url',
  };
}

/** Which listing a query asks for, and the key that it begins after. */
function listingOperation(query: URLSearchParams): [operation: keyof typeof LISTINGS, after: string] {
  if (query.has('versions')) {
    return ['versions', query.get('key-marker') ?? ''];
  }
  return query.get('list-type') === '2'
    ? ['objectsV2', query.get('continuation-token') ?? query.get('start-after') ?? '']
    : ['objectsV1', query.get('marker') ?? ''];
}

function sendXml(response: ServerResponse, head: string, rest: Buffer = Buffer.alloc(0)): void {
  const start = Buffer.from(XML_HEAD + head);
  response.writeHead(200, { 'Content-Type': 'application/xml', 'Content-Length': start.length + rest.length });
  response.write(start);
  response.end(rest);
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`${XML_HEAD}<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

const storedEtag = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

const matches = (body: Buffer | undefined, etag: string): boolean => body !== undefined && storedEtag(body) === etag;

/** Serves on a free port of this machine only, until the process that forked this one ends it or dies. */
function serve(objects: number): void {
  const server = createS3Server(objects);
  server.listen(0, '127.0.0.1', () => {
    const ready: ServerReady = { port: (server.address() as AddressInfo).port };
    process.send?.(ready);
  });
  process.once('disconnect', () => process.exit());
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

if (require.main === module) {
  serve(Number(process.argv[2]));
}

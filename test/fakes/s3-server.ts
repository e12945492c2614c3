import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { createStoreClient } from '../../engine/objects/s3-client';
import { objectListing, sendRefusal, sendXml, uploadListing, versionListing } from './s3-answers';
import { crc64, FakeBucket, type FakeUpload, type FakeVersion, Refusal } from './s3-bucket';

/** A request as tests look at it. */
export interface S3Call {
  /** Name of the operation, as S3's API reference has it. */
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly key: string;
  /** How many requests of this operation came before. */
  readonly before: number;
  readonly headers: IncomingMessage['headers'];
  readonly query: URLSearchParams;
}

export type S3Operation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'HeadBucket';

/** What goes wrong with a request. */
export type S3Fault =
  /** It is refused, and nothing done. */
  | { readonly status: number; readonly code: string }
  /** The connection breaks before anything is done. */
  | 'cut'
  /** It is done, and the connection breaks before it is answered. */
  | 'lose'
  /** The connection breaks in the middle of the body of the answer. */
  | 'cutBody'
  /** It is done after so many milliseconds. */
  | { readonly delayMs: number };

/**
 * S3 over real HTTP, in memory, on a free port of this machine: versioned buckets, path style, checksums and digests
 * compared, writes on condition, uploads in parts, listings, and faults on demand. A bucket exists once it is used.
 */
export class FakeS3Server {
  /** All requests, in order of arrival. */
  public readonly calls: S3Call[] = [];
  /** Decides what goes wrong with a request. */
  public fault: (call: S3Call) => S3Fault | undefined = () => undefined;
  /** How much of a body is sent before its connection breaks, as a share. */
  public breakAt = 0.5;
  /** The checksum with which a write is confirmed; undefined for an answer without any. */
  public confirm: (call: S3Call, crc64nvme: string) => string | undefined = (_, crc64nvme) => crc64nvme;
  /** Names in a page of a listing. */
  public pageSize = 1000;
  private readonly buckets = new Map<string, FakeBucket>();

  public static async start(): Promise<FakeS3Server> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeS3Server(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        if (error instanceof Refusal) {
          sendRefusal(response, error);
        } else {
          response.destroy(error as Error);
        }
      });
    });
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client of this server. */
  public client(): S3Client {
    return createStoreClient({
      endpoint: this.endpoint,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 3,
    });
  }

  /** Looks inside a bucket. */
  public bucket(name: string): FakeBucket {
    const bucket = this.buckets.get(name) ?? new FakeBucket();
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** The current objects of a bucket, by key. */
  public objects(name: string): Map<string, FakeVersion> {
    const bucket = this.bucket(name);
    return new Map(
      bucket.keys().flatMap((key) => {
        const current = bucket.current(key);
        return current === undefined ? [] : [[key, current] as const];
      }),
    );
  }

  /** Number of requests of an operation. */
  public count(operation: S3Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** Forgets all buckets and requests, and answers again as it should. */
  public reset(): void {
    this.buckets.clear();
    this.calls.length = 0;
    this.fault = () => undefined;
    this.confirm = (_, crc64nvme) => crc64nvme;
    this.breakAt = 0.5;
    this.pageSize = 1000;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const [bucket = '', ...key] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const operation = operationOf(request.method ?? 'GET', key.join('/'), url.searchParams);
    const { headers } = request;
    const call = {
      operation,
      bucket,
      key: key.join('/'),
      before: this.count(operation),
      headers,
      query: url.searchParams,
    };
    this.calls.push(call);
    const body = await bodyOf(request);
    const fault = this.fault(call);
    if (fault === 'cut') {
      response.destroy();
      return;
    }
    if (typeof fault === 'object' && 'status' in fault) {
      throw new Refusal(fault.status, fault.code);
    }
    if (typeof fault === 'object') {
      await sleep(fault.delayMs, undefined, { ref: false });
    }
    await this.carryOut(
      call,
      body,
      fault === 'lose' ? lost(response) : response,
      fault === 'cutBody' ? this.breakAt : 1,
    );
  }

  private async carryOut(call: S3Call, body: Buffer, response: ServerResponse, share: number): Promise<void> {
    const bucket = this.bucket(call.bucket);
    switch (call.operation) {
      case 'PutObject':
        return this.putObject(call, bucket, body, response);
      case 'GetObject':
      case 'HeadObject':
        return sendObject(call, bucket, response, share);
      case 'DeleteObject':
        response.writeHead(204, versionHeader(bucket, bucket.deleteCurrent(call.key))).end();
        return;
      case 'CreateMultipartUpload': {
        const { uploadId } = bucket.createUpload(call.key, storedHeaders(call.headers));
        const headers = { 'x-amz-checksum-type': bucket.checksumOf === 'object' ? 'FULL_OBJECT' : 'COMPOSITE' };
        return sendXml(response, 'InitiateMultipartUploadResult', `<UploadId>${uploadId}</UploadId>`, headers);
      }
      case 'UploadPart':
        return this.uploadPart(call, bucket, body, response);
      case 'CompleteMultipartUpload':
        return this.completeUpload(call, bucket, body, response);
      case 'AbortMultipartUpload':
        bucket.uploads.delete(uploadOf(call, bucket).uploadId);
        response.writeHead(204).end();
        return;
      case 'ListMultipartUploads':
        return sendXml(response, 'ListMultipartUploadsResult', uploadListing(bucket, call.query, this.pageSize));
      case 'ListObjectsV2':
        return sendXml(response, 'ListBucketResult', objectListing(bucket, call.query, this.pageSize));
      case 'ListObjectVersions':
        return sendXml(response, 'ListVersionsResult', versionListing(bucket, call.query, this.pageSize));
      case 'HeadBucket':
        response.end();
        return;
    }
  }

  private async putObject(call: S3Call, bucket: FakeBucket, body: Buffer, response: ServerResponse): Promise<void> {
    await compareDigests(call.headers, body);
    const isNew = call.headers['if-none-match'] === '*';
    const version = await bucket.put(call.key, body, storedHeaders(call.headers), isNew, call.headers['if-match']);
    const checksum = this.confirm(call, version.crc64nvme);
    const headers = { ...versionHeader(bucket, version), ...checksumHeaders(checksum), etag: version.etag };
    response.writeHead(200, headers).end();
  }

  private async uploadPart(call: S3Call, bucket: FakeBucket, body: Buffer, response: ServerResponse): Promise<void> {
    await compareDigests(call.headers, body);
    const part = { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, crc64nvme: await crc64(body) };
    uploadOf(call, bucket).parts.set(Number(call.query.get('partNumber')), part);
    const headers = { etag: part.etag, ...checksumHeaders(this.confirm(call, part.crc64nvme)) };
    response.writeHead(200, headers).end();
  }

  private async completeUpload(
    call: S3Call,
    bucket: FakeBucket,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const version = await bucket.complete(uploadOf(call, bucket), listedParts(body), {
      crc64nvme: call.headers['x-amz-checksum-crc64nvme'] as string | undefined,
      bytes: call.headers['x-amz-mp-object-size'] as string | undefined,
      isNew: call.headers['if-none-match'] === '*',
    });
    const crc64nvme = this.confirm(call, version.crc64nvme);
    const checksum = crc64nvme === undefined ? '' : `<ChecksumCRC64NVME>${crc64nvme}</ChecksumCRC64NVME>`;
    sendXml(response, 'CompleteMultipartUploadResult', checksum, versionHeader(bucket, version));
  }
}

/** The fault for one request of an operation, counted from 0. */
export const only =
  (operation: S3Operation, index: number, fault: S3Fault) =>
  (call: S3Call): S3Fault | undefined =>
    call.operation === operation && call.before === index ? fault : undefined;

function operationOf(method: string, key: string, query: URLSearchParams): S3Operation {
  const name = key === '' ? bucketOperation(method, query) : objectOperation(method, query);
  if (name === undefined) {
    throw new Refusal(501, 'NotImplemented', `${method} ${[...query.keys()].join('&')}`);
  }
  return name;
}

function bucketOperation(method: string, query: URLSearchParams): S3Operation | undefined {
  if (method === 'HEAD') {
    return 'HeadBucket';
  }
  if (query.has('uploads')) {
    return 'ListMultipartUploads';
  }
  if (query.has('versions')) {
    return 'ListObjectVersions';
  }
  return query.get('list-type') === '2' ? 'ListObjectsV2' : undefined;
}

function objectOperation(method: string, query: URLSearchParams): S3Operation | undefined {
  const isUpload = query.has('uploadId');
  switch (method) {
    case 'PUT':
      return isUpload ? 'UploadPart' : 'PutObject';
    case 'POST':
      return isUpload ? 'CompleteMultipartUpload' : query.has('uploads') ? 'CreateMultipartUpload' : undefined;
    case 'DELETE':
      return isUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'HEAD':
      return 'HeadObject';
    default:
      return 'GetObject';
  }
}

const uploadOf = ({ query }: S3Call, bucket: FakeBucket): FakeUpload => bucket.upload(query.get('uploadId') ?? '');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** A response whose connection breaks when it is to be sent. */
function lost(response: ServerResponse): ServerResponse {
  response.writeHead = () => response;
  response.end = () => response.destroy();
  return response;
}

/** Refuses a body that is not the one its headers announce. */
async function compareDigests(headers: IncomingMessage['headers'], body: Buffer): Promise<void> {
  const announced: [string, string | undefined, () => string | Promise<string>][] = [
    ['x-amz-checksum-crc64nvme', undefined, () => crc64(body)],
    ['x-amz-checksum-crc32', undefined, () => base64Of(crc32(body))],
    ['x-amz-checksum-sha256', undefined, () => createHash('sha256').update(body).digest('base64')],
    ['content-md5', undefined, () => createHash('md5').update(body).digest('base64')],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD', () => createHash('sha256').update(body).digest('hex')],
  ];
  for (const [name, exempt, digest] of announced) {
    const value = headers[name];
    if (value !== undefined && value !== exempt && value !== (await digest())) {
      throw new Refusal(400, name === 'x-amz-content-sha256' ? 'XAmzContentSHA256Mismatch' : 'BadDigest', name);
    }
  }
}

function base64Of(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

const KEPT_HEADERS = /^x-amz-(server-side-encryption|object-lock-|meta-)|^content-type$/;

function storedHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (KEPT_HEADERS.test(name) ? [[name, String(value)]] : [])),
  );
}

const versionHeader = (bucket: FakeBucket, { versionId }: FakeVersion): Record<string, string> =>
  bucket.isVersioned ? { 'x-amz-version-id': versionId } : {};

const checksumHeaders = (crc64nvme: string | undefined): Record<string, string> =>
  crc64nvme ? { 'x-amz-checksum-crc64nvme': crc64nvme } : {};

/** @param share of the body that is sent before the connection breaks; 1 for all of it. */
function sendObject(call: S3Call, bucket: FakeBucket, response: ServerResponse, share: number): void {
  const version = bucket.version(call.key, call.query.get('versionId'));
  const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(call.headers.range ?? '') ?? [];
  const start = Number(from);
  const body = version.body.subarray(start, to ? Number(to) + 1 : undefined);
  response.writeHead(start === 0 && !to ? 200 : 206, {
    ...version.headers,
    ...versionHeader(bucket, version),
    ...(call.headers['x-amz-checksum-mode'] === 'ENABLED' && start === 0 ? checksumHeaders(version.crc64nvme) : {}),
    ...(start === 0 && !to
      ? {}
      : { 'content-range': `bytes ${start}-${start + body.length - 1}/${version.body.length}` }),
    etag: version.etag,
    'content-length': body.length,
    'last-modified': version.lastModified.toUTCString(),
  });
  if (share < 1) {
    response.flushHeaders();
    response.write(body.subarray(0, Math.floor(body.length * share)), () => response.destroy());
  } else {
    response.end(call.operation === 'HeadObject' ? undefined : body);
  }
}

function listedParts(body: Buffer): { partNumber: number; etag: string }[] {
  return [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    partNumber: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
  }));
}

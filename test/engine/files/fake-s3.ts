import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/** A version in the fake. Histories are kept newest first. */
export interface FakeVersion {
  versionId: string;
  isDeleteMarker: boolean;
  lastModified: number;
  body: Buffer;
  etag: string;
  keyArn?: string;
  storageClass: string;
  replicationStatus?: string;
  checksums: Record<string, string>;
  checksumType: string;
  /** What listings say instead of the true number of bytes. */
  listedSize?: number;
}

/** A request as tests look at it. */
export interface FakeRequest {
  operation: 'list' | 'head' | 'get' | 'put';
  bucket: string;
  key: string;
  withChecksum: boolean;
}

interface Fault {
  status: number;
  code: string;
}

/** S3 over real HTTP, in memory: what a proof needs of it, with faults on demand. */
export class FakeS3 {
  public readonly requests: FakeRequest[] = [];
  public pageSize = 1000;
  public echoesEncoding = true;
  /** Decides which requests fail. */
  public fault: (request: FakeRequest) => Fault | undefined = () => undefined;
  /** What a GET sends instead of the stored bytes. */
  public tamper: (request: FakeRequest, body: Buffer) => Buffer = (_, body) => body;
  /** Decides which connections break in the middle of a body. */
  public breaks: (request: FakeRequest) => boolean = () => false;
  /** Decides which requests are carried out, but break before they are answered. */
  public loses: (request: FakeRequest) => boolean = () => false;
  /** How listings order keys. */
  public order: (left: string, right: string) => number = (left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right));
  public readonly client: S3Client;
  private readonly buckets = new Map<string, Map<string, FakeVersion[]>>();
  private versionNumber = 0;

  public static async start(): Promise<FakeS3> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeS3(server);
  }

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.answer(request, response));
    this.client = new S3Client({
      endpoint: this.endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 2,
    });
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was asked, and answers again as it should. */
  public reset(): void {
    this.requests.length = 0;
    this.pageSize = 1000;
    this.echoesEncoding = true;
    this.fault = () => undefined;
    this.tamper = (_, body) => body;
    this.breaks = () => false;
    this.loses = () => false;
  }

  public async stop(): Promise<void> {
    this.client.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  public createBucket(name: string): void {
    this.buckets.set(name, new Map());
  }

  public history(bucket: string, key: string): FakeVersion[] {
    const objects = this.buckets.get(bucket);
    const versions = objects?.get(key) ?? [];
    objects?.set(key, versions);
    return versions;
  }

  public keys(bucket: string): string[] {
    return [...(this.buckets.get(bucket)?.keys() ?? [])];
  }

  /** Adds a newest version. */
  public put(bucket: string, key: string, body: string, more: Partial<FakeVersion> = {}): FakeVersion {
    this.versionNumber += 1;
    const bytes = Buffer.from(body);
    const version: FakeVersion = {
      versionId: `v${this.versionNumber}`,
      isDeleteMarker: false,
      lastModified: 0,
      body: bytes,
      etag: createHash('md5').update(bytes).digest('hex'),
      storageClass: 'STANDARD',
      checksums: { SHA256: createHash('sha256').update(bytes).digest('base64') },
      checksumType: 'FULL_OBJECT',
      ...more,
    };
    this.history(bucket, key).unshift(version);
    return version;
  }

  public text(bucket: string, key: string): string | undefined {
    return this.buckets.get(bucket)?.get(key)?.[0]?.body.toString();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.dispatch(request, Buffer.concat(chunks), response));
  }

  private dispatch(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, bucket = '', ...rest] = path.split('/');
    const parameters = new URLSearchParams(query);
    const operations = { GET: parameters.has('versions') ? 'list' : 'get', HEAD: 'head', PUT: 'put' } as const;
    const seen: FakeRequest = {
      operation: operations[request.method as 'GET' | 'HEAD' | 'PUT'],
      bucket: decodeURIComponent(bucket),
      key: decodeURIComponent(rest.join('/')),
      withChecksum: request.headers['x-amz-checksum-mode'] !== undefined,
    };
    this.requests.push(seen);
    const fault = this.buckets.has(seen.bucket) ? this.fault(seen) : { status: 404, code: 'NoSuchBucket' };
    if (fault !== undefined) {
      fail(response, fault);
    } else if (seen.operation === 'list') {
      this.list(seen.bucket, parameters, response);
    } else if (seen.operation === 'put') {
      this.store(seen, request, body, response);
    } else {
      this.read(seen, parameters, response);
    }
  }

  private list(bucket: string, parameters: URLSearchParams, response: ServerResponse): void {
    const afterKey = parameters.get('key-marker');
    const afterVersion = parameters.get('version-id-marker');
    const all = this.keys(bucket)
      .sort(this.order)
      .flatMap((key) => this.history(bucket, key).map((version, place) => ({ key, version, isLatest: place === 0 })));
    const isAfter = ({ key }: { key: string }) =>
      afterKey === null || Buffer.compare(Buffer.from(key), Buffer.from(afterKey)) > 0;
    const start = afterVersion
      ? all.findIndex(({ key, version }) => key === afterKey && version.versionId === afterVersion) + 1
      : all.filter((entry) => !isAfter(entry)).length;
    const page = all.slice(start, start + this.pageSize);
    const last = page.at(-1);
    const isTruncated = start + page.length < all.length;
    const isEncoded = this.echoesEncoding && parameters.get('encoding-type') === 'url';
    const write = (key: string) =>
      isEncoded ? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') : escapeXml(key);
    const entries = page.map(({ key, version, isLatest }) => {
      const tag = version.isDeleteMarker ? 'DeleteMarker' : 'Version';
      const object = version.isDeleteMarker
        ? ''
        : `<ETag>&quot;${version.etag}&quot;</ETag><Size>${version.listedSize ?? version.body.length}</Size><StorageClass>${version.storageClass}</StorageClass>`;
      return `<${tag}><Key>${write(key)}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${new Date(version.lastModified).toISOString()}</LastModified>${object}<Owner><ID>owner</ID></Owner></${tag}>`;
    });
    const next =
      isTruncated && last
        ? `<NextKeyMarker>${write(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.version.versionId}</NextVersionIdMarker>`
        : '';
    const encoding = isEncoded ? '<EncodingType>url</EncodingType>' : '';
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${encoding}<IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListVersionsResult>`,
    );
  }

  private read(seen: FakeRequest, parameters: URLSearchParams, response: ServerResponse): void {
    const versions = this.buckets.get(seen.bucket)?.get(seen.key) ?? [];
    const id = parameters.get('versionId');
    const version = id === null ? versions[0] : versions.find(({ versionId }) => versionId === id);
    if (version === undefined) {
      fail(response, { status: 404, code: id === null ? 'NoSuchKey' : 'NoSuchVersion' });
      return;
    }
    if (version.isDeleteMarker) {
      fail(response, { status: 405, code: 'MethodNotAllowed' });
      return;
    }
    const checksums = Object.entries(seen.withChecksum ? version.checksums : {});
    response.writeHead(200, {
      etag: `"${version.etag}"`,
      'content-length': version.body.length,
      ...(version.keyArn && { 'x-amz-server-side-encryption-aws-kms-key-id': version.keyArn }),
      ...(version.replicationStatus && { 'x-amz-replication-status': version.replicationStatus }),
      ...Object.fromEntries(checksums.map(([name, value]) => [`x-amz-checksum-${name.toLowerCase()}`, value])),
      ...(checksums.length > 0 && { 'x-amz-checksum-type': version.checksumType }),
    });
    if (this.breaks(seen)) {
      response.write(version.body.subarray(0, 1), () => response.destroy());
      return;
    }
    response.end(seen.operation === 'head' ? undefined : this.tamper(seen, version.body));
  }

  private store(seen: FakeRequest, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const [current] = this.history(seen.bucket, seen.key);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const isRefused = ifMatch ? ifMatch !== `"${current?.etag}"` : ifNoneMatch !== undefined && current !== undefined;
    if (isRefused) {
      fail(response, { status: 412, code: 'PreconditionFailed' });
      return;
    }
    const crc64nvme = request.headers['x-amz-checksum-crc64nvme'];
    const checksums = typeof crc64nvme === 'string' ? { CRC64NVME: crc64nvme } : undefined;
    const { etag, versionId } = this.put(seen.bucket, seen.key, body.toString(), checksums && { checksums });
    if (this.loses(seen)) {
      response.destroy();
      return;
    }
    response.writeHead(200, {
      etag: `"${etag}"`,
      'x-amz-version-id': versionId,
      ...(checksums && { 'x-amz-checksum-crc64nvme': crc64nvme }),
    });
    response.end();
  }
}

function fail(response: ServerResponse, { status, code }: Fault): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlPlaneAnswer } from './control-plane';
import type { ServerReady } from './s3-server';
import { DUMPS, REPLICA, SyntheticBackup, versionIdOf } from './synthetic-dumps';

const PAGE = 1_000;
const CHECKSUM = 'x-amz-checksum-crc64nvme';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An S3 with synthetic backups in two buckets, which stores what it is given besides. */
class DumpsServer {
  private readonly stored = new Map<string, Buffer>();
  private readonly pages = new Map<string, string>();
  private requests = 0;

  public constructor(private readonly backups: readonly SyntheticBackup[]) {}

  public async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://bench');
    if (url.pathname === '/-/requests') {
      response.end(String(this.requests));
      return;
    }
    this.requests += 1;
    const { 'x-amz-target': target } = request.headers;
    if (target !== undefined) {
      response.end(controlPlaneAnswer(String(target)));
      return;
    }
    const [bucket = '', ...parts] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const key = parts.join('/');
    if (key === '') {
      const xml = url.searchParams.has('versions')
        ? this.versions(url.searchParams)
        : this.keys(bucket, url.searchParams);
      response.writeHead(200, { 'content-type': 'application/xml' }).end(HEAD + xml);
    } else if (request.method === 'PUT') {
      await this.put(bucket, key, request, response);
    } else {
      this.get(bucket, key, request.method === 'HEAD', response);
    }
  }

  private keys(bucket: string, query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('start-after') ?? '';
    const folders =
      bucket === DUMPS && query.has('delimiter') ? this.backups.filter((each) => each.prefix.startsWith(prefix)) : [];
    const keys = [...this.stored.keys()]
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => this.stored.has(`${bucket}/${key}`) && key.startsWith(prefix) && key > after)
      .sort();
    const entries = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`);
    const groups = folders.map((each) => `<CommonPrefixes><Prefix>${each.prefix}</Prefix></CommonPrefixes>`);
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join('')}${groups.join('')}</ListBucketResult>`;
  }

  /** A page is rendered once and then only sent, so that the client is what gets measured. */
  private versions(query: URLSearchParams): string {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('key-marker') ?? '';
    const page = this.pages.get(`${prefix} ${after}`) ?? this.render(prefix, after);
    this.pages.set(`${prefix} ${after}`, page);
    return page;
  }

  private render(prefix: string, after: string): string {
    const objects = this.backups.find((each) => each.prefix === prefix)?.objects ?? [];
    const start = after === '' ? 0 : objects.findIndex(({ name }) => `${prefix}${name}` === after) + 1;
    const page = objects.slice(start, start + PAGE);
    const isTruncated = start + PAGE < objects.length;
    const next = isTruncated ? `<NextKeyMarker>${prefix}${page.at(-1)?.name}</NextKeyMarker>` : '';
    const entries = page.map(({ name, bytes }) => {
      const key = `${prefix}${name}`;
      return `<Version><Key>${key}</Key><VersionId>${versionIdOf(key)}</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-23T02:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag><Size>${bytes}</Size><StorageClass>STANDARD</StorageClass></Version>`;
    });
    return `<ListVersionsResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListVersionsResult>`;
  }

  private get(bucket: string, key: string, isHead: boolean, response: ServerResponse): void {
    const body = this.bodyOf(bucket, key);
    if (body === undefined) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end(isHead ? undefined : `${HEAD}<Error><Code>NoSuchKey</Code></Error>`);
      return;
    }
    response.writeHead(200, {
      'content-length': body.length,
      etag: etagOf(body),
      'x-amz-version-id': versionIdOf(key),
    });
    response.end(isHead ? undefined : body);
  }

  private bodyOf(bucket: string, key: string): Buffer | undefined {
    const backup =
      bucket === DUMPS || bucket === REPLICA ? this.backups.find(({ prefix }) => key.startsWith(prefix)) : undefined;
    const name = key.slice(backup?.prefix.length ?? 0);
    const synthetic =
      name === 'manifest.json' ? backup?.manifest : name === 'tenants.jsonl' ? backup?.tenantsFile : undefined;
    return synthetic ?? this.stored.get(`${bucket}/${key}`);
  }

  private async put(bucket: string, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) {
      pieces.push(piece);
    }
    const body = Buffer.concat(pieces);
    this.stored.set(`${bucket}/${key}`, body);
    const { [CHECKSUM]: checksum = '' } = request.headers;
    response.writeHead(200, { etag: etagOf(body), 'x-amz-version-id': versionIdOf(key), [CHECKSUM]: checksum }).end();
  }
}

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** Serves on a free port of this machine only, until the process that forked this one ends it or dies. */
function serve(tenants: number, backups: number): void {
  const now = Date.now();
  const made = Array.from({ length: backups }, (_, daysAgo) => new SyntheticBackup(tenants, daysAgo, now));
  const dumps = new DumpsServer(made);
  const server = createServer((request, response) => {
    dumps.answer(request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1', () => {
    const ready: ServerReady = { port: (server.address() as AddressInfo).port };
    process.send?.(ready);
  });
  process.once('disconnect', () => process.exit());
}

serve(Number(process.argv[2]), Number(process.argv[3]));

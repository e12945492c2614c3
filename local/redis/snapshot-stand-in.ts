import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenHere } from '../http-listener';
import type { Teardown } from '../teardown';

/** A snapshot that was taken. */
interface TakenSnapshot {
  readonly name: string;
  /** Id of the node that it was taken of. */
  readonly node: string;
  readonly at: Date;
  readonly engineVersion: string;
  /** Tags, of which the service answers for. */
  readonly tags: readonly Tag[];
  /** The whole RDB file. */
  readonly file: Buffer;
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The server that snapshots are taken of. */
export interface SavingServer {
  /** Saves its data. @returns the whole RDB file */
  save(): Promise<Buffer>;
  readonly version: string;
}

/** The emulated AWS around it. */
export interface Surroundings {
  /** Where all other requests are answered. */
  readonly endpoint: string;
  /** Puts an exported file into a bucket. */
  store(bucket: string, key: string, file: Buffer): Promise<unknown>;
}

/**
 * Plays the part of ElastiCache that the emulator lacks: it answers for snapshots, which a real server saves, and exports them. All else
 * is passed on to the emulator. The emulator's own snapshots hold no data, have dates that the SDK refuses, and cannot be exported.
 */
export class SnapshotStandIn {
  private readonly snapshots = new Map<string, TakenSnapshot>();
  private aws: Surroundings | undefined;

  private constructor(
    /** URL that clients take for ElastiCache's. */
    readonly endpoint: string,
    private readonly server: SavingServer,
  ) {}

  /** Starts listening on a free port of this machine. */
  static async start(saving: SavingServer, teardown: Teardown): Promise<SnapshotStandIn> {
    const server = createServer();
    const url = await listenHere(server, teardown);
    const standIn = new SnapshotStandIn(url, saving);
    server.on('request', (request, response) => {
      standIn
        .answer(request, response)
        .catch((error: Error) => refuse(response, 500, 'InternalFailure', error.message));
    });
    return standIn;
  }

  /** Passes on from now on what is none of its business, and can export. */
  connect(aws: Surroundings): void {
    this.aws = aws;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const form = new URLSearchParams(body.toString());
    switch (form.get('Action')) {
      case 'CreateSnapshot':
        return this.create(form, response);
      case 'DescribeSnapshots':
        return this.describe(form, response);
      case 'DeleteSnapshot':
        return this.remove(form, response);
      case 'CopySnapshot':
        return this.export(form, response);
      case 'ListTagsForResource':
        return this.listTags(form, response);
      default:
        return this.passOn(request, body, response);
    }
  }

  private async create(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const name = form.get('SnapshotName') ?? '';
    if (this.snapshots.has(name))
      return refuse(response, 400, 'SnapshotAlreadyExistsFault', `${name} is there already.`);
    const snapshot: TakenSnapshot = {
      name,
      node: form.get('CacheClusterId') ?? '',
      at: new Date(),
      engineVersion: this.server.version,
      tags: tagsOf(form),
      file: await this.server.save(),
    };
    this.snapshots.set(name, snapshot);
    send(response, 'CreateSnapshot', snapshotXml(snapshot));
  }

  private describe(form: URLSearchParams, response: ServerResponse): void {
    const [name, node] = [form.get('SnapshotName'), form.get('CacheClusterId')];
    const found = [...this.snapshots.values()].filter(
      (snapshot) => (name === null || snapshot.name === name) && (node === null || snapshot.node === node),
    );
    send(response, 'DescribeSnapshots', `<Snapshots>${found.map(snapshotXml).join('')}</Snapshots>`);
  }

  private remove(form: URLSearchParams, response: ServerResponse): void {
    const snapshot = this.snapshots.get(form.get('SnapshotName') ?? '');
    if (snapshot === undefined) {
      refuse(response, 404, 'SnapshotNotFoundFault', 'There is no such snapshot.');
    } else {
      this.snapshots.delete(snapshot.name);
      send(response, 'DeleteSnapshot', snapshotXml(snapshot));
    }
  }

  /** ElastiCache calls the file of the only shard `<name>-0001.rdb`. */
  private async export(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const snapshot = this.snapshots.get(form.get('SourceSnapshotName') ?? '');
    if (snapshot === undefined) return refuse(response, 404, 'SnapshotNotFoundFault', 'There is no such snapshot.');
    const name = form.get('TargetSnapshotName') ?? '';
    await this.surroundings.store(form.get('TargetBucket') ?? '', `${name}-0001.rdb`, snapshot.file);
    send(response, 'CopySnapshot', snapshotXml({ ...snapshot, name }));
  }

  private listTags(form: URLSearchParams, response: ServerResponse): void {
    const name = form.get('ResourceName')?.split(':').at(-1) ?? '';
    const tags = this.snapshots.get(name)?.tags ?? [];
    const xml = tags.map(({ key, value }) => `<Tag><Key>${escaped(key)}</Key><Value>${escaped(value)}</Value></Tag>`);
    send(response, 'ListTagsForResource', `<TagList>${xml.join('')}</TagList>`);
  }

  private get surroundings(): Surroundings {
    if (this.aws === undefined) throw new Error('The emulated AWS is not started yet.');
    return this.aws;
  }

  private async passOn(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { host, 'content-length': length, connection, ...headers } = request.headers;
    const answer = await fetch(`${this.surroundings.endpoint}${request.url ?? '/'}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const type = answer.headers.get('content-type') ?? 'text/xml';
    response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
  }
}

/** As of a group that is not in cluster mode. https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html */
function snapshotXml({ name, node: source, at, engineVersion, file }: TakenSnapshot): string {
  const node =
    `<NodeSnapshot><CacheNodeId>0001</CacheNodeId><CacheSize>${file.length} B</CacheSize>` +
    `<SnapshotCreateTime>${at.toISOString()}</SnapshotCreateTime></NodeSnapshot>`;
  return (
    `<Snapshot><SnapshotName>${escaped(name)}</SnapshotName><CacheClusterId>${escaped(source)}</CacheClusterId>` +
    `<SnapshotStatus>available</SnapshotStatus><SnapshotSource>manual</SnapshotSource><Engine>valkey</Engine>` +
    `<EngineVersion>${engineVersion}</EngineVersion><NodeSnapshots>${node}</NodeSnapshots>` +
    `<ARN>arn:aws:elasticache:eu-west-1:111122223333:snapshot:${escaped(name)}</ARN></Snapshot>`
  );
}

function tagsOf(form: URLSearchParams): Tag[] {
  const tags: Tag[] = [];
  for (let index = 1; form.has(`Tags.Tag.${index}.Key`); index++) {
    tags.push({
      key: form.get(`Tags.Tag.${index}.Key`) ?? '',
      value: form.get(`Tags.Tag.${index}.Value`) ?? '',
    });
  }
  return tags;
}

function send(response: ServerResponse, action: string, result: string): void {
  const xml = `<${action}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><${action}Result>${result}</${action}Result></${action}Response>`;
  response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`;
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

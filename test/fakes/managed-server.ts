import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answers } from './sdk-client';

/** Services that answer over HTTP. */
export interface ManagedServices {
  readonly rds: Answers;
  readonly elastiCache: Answers;
  readonly backup: Answers;
}

/** A server that speaks the protocols of RDS and ElastiCache (query, XML) and of AWS Backup (REST, JSON), on a free port of this machine. */
export class ManagedServer {
  public static async start(services: ManagedServices): Promise<ManagedServer> {
    const server = createServer((request, response) => {
      answer(request, response, services).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new ManagedServer(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    });
  }

  private constructor(
    public readonly endpoint: string,
    public readonly stop: () => Promise<void>,
  ) {}
}

async function answer(request: IncomingMessage, response: ServerResponse, services: ManagedServices): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  const body = Buffer.concat(pieces).toString();
  const form = new URLSearchParams(body);
  const action = form.get('Action');
  if (action === null) {
    sendJson(response, outcome(services.backup, ...backupCall(request, body)));
  } else {
    const answers = form.get('Version') === '2014-10-31' ? services.rds : services.elastiCache;
    sendXml(response, action, outcome(answers, action, formInput(form)));
  }
}

function outcome(answers: Answers, operation: string, input: object): unknown {
  const give = answers[operation];
  try {
    return give ? give(input as never) : new Error(`There is no answer to ${operation}.`);
  } catch (error) {
    return error;
  }
}

/** Operation and input of a request of AWS Backup. */
function backupCall(request: IncomingMessage, body: string): [operation: string, input: object] {
  const { pathname } = new URL(request.url ?? '/', 'http://fake');
  const [, kind, name = '', part, arn = '', last] = pathname.split('/').map(decodeURIComponent);
  const input = body === '' ? {} : JSON.parse(body);
  const isStart = request.method === 'PUT';
  switch (kind) {
    case 'copy-jobs':
      return isStart ? ['StartCopyJob', input] : ['DescribeCopyJob', { CopyJobId: name }];
    case 'restore-jobs':
      if (name === '') {
        return isStart ? ['StartRestoreJob', input] : ['ListRestoreJobs', {}];
      }
      return [part === 'metadata' ? 'GetRestoreJobMetadata' : 'DescribeRestoreJob', { RestoreJobId: name }];
    default:
      if (part !== 'recovery-points') {
        return ['DescribeBackupVault', { BackupVaultName: name }];
      }
      return [
        last === 'restore-metadata' ? 'GetRecoveryPointRestoreMetadata' : 'DescribeRecoveryPoint',
        { BackupVaultName: name, RecoveryPointArn: arn },
      ];
  }
}

/** `A.Tag.1.Key=x` as `{ A: [{ Key: 'x' }] }`. */
function formInput(form: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const [field = '', , index, member] = name.split('.');
    if (index === undefined) {
      input[field] = value;
      continue;
    }
    const list = (input[field] as unknown[] | undefined) ?? [];
    input[field] = list;
    const at = Number(index) - 1;
    list[at] = member === undefined ? value : { ...(list[at] as object | undefined), [member]: value };
  }
  return input;
}

function sendJson(response: ServerResponse, given: unknown): void {
  const isError = given instanceof Error;
  const body = isError ? { Code: given.name, Message: given.message } : given;
  response
    .writeHead(isError ? 400 : 200, {
      'content-type': 'application/json',
      ...(isError && { 'x-amzn-errortype': given.name }),
    })
    .end(JSON.stringify(body, (_, value) => (ISO.test(String(value)) ? Date.parse(value) / 1000 : value)));
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function sendXml(response: ServerResponse, action: string, given: unknown): void {
  const isError = given instanceof Error;
  const body = isError
    ? `<ErrorResponse><Error><Type>Sender</Type><Code>${given.name}</Code><Message>${given.message}</Message></Error></ErrorResponse>`
    : `<${action}Response><${action}Result>${fields(given as object)}</${action}Result></${action}Response>`;
  response.writeHead(isError ? 400 : 200, { 'content-type': 'text/xml' }).end(body);
}

function fields(value: object): string {
  return Object.entries(value)
    .map(([name, field]) => (field === undefined ? '' : `<${name}>${content(name, field)}</${name}>`))
    .join('');
}

function content(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    const member = MEMBERS[name] ?? name.replace(/s$/, '');
    return value.map((each) => `<${member}>${content(member, each)}</${member}>`).join('');
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  return typeof value === 'object' && value !== null ? fields(value) : String(value);
}

/** Names of the members of lists, where they are not the singular of the list's. */
const MEMBERS: Readonly<Record<string, string>> = {
  DBClusters: 'DBCluster',
  DBClusterMembers: 'DBClusterMember',
  EnabledCloudwatchLogsExports: 'member',
  SecurityGroups: 'member',
  TagList: 'Tag',
  VpcSecurityGroups: 'VpcSecurityGroupMembership',
  MemberClusters: 'ClusterId',
  UserGroupIds: 'member',
};

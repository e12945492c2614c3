import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { handler } from '../../lambda/opt-in-backup';
import { type ResponseReceiver, startResponseReceiver } from '../engine/cloudformation/response-receiver';

const PROPERTIES = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:acme-opt-in-backup',
  mode: 'check',
  resourceTypes: ['RDS', 'Aurora'],
};

/** What AWS Backup has, and what it was asked. */
let preferences: Record<string, boolean>;
const asked: string[] = [];

let backup: Server;
let receiver: ResponseReceiver;
let log: jest.SpyInstance;
const environment = process.env;

beforeAll(async () => {
  backup = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'PUT') {
        preferences = JSON.parse(Buffer.concat(chunks).toString()).ResourceTypeOptInPreference;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ResourceTypeOptInPreference: preferences }));
    });
  });
  await new Promise<void>((resolve) => backup.listen(0, '127.0.0.1', resolve));
  // The client of the function reads its environment at the first request, and keeps what it read.
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(backup.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});
afterAll(async () => {
  process.env = environment;
  backup.closeAllConnections();
  await new Promise((resolve) => backup.close(resolve));
});

beforeEach(async () => {
  preferences = { RDS: true, Aurora: false };
  asked.length = 0;
  receiver = await startResponseReceiver();
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(async () => {
  log.mockRestore();
  await receiver.close();
});

/** Runs the function on an event; gives what CloudFormation was answered. */
async function run(
  RequestType: 'Create' | 'Update' | 'Delete',
  properties: object | undefined = PROPERTIES,
  remainingMs = 120_000,
) {
  const event = {
    ...{ StackId: 'stack-1', RequestId: 'request-1', LogicalResourceId: 'OptIn' },
    ResponseURL: receiver.url,
    ResourceProperties: properties,
    RequestType,
    ...(RequestType !== 'Create' && { PhysicalResourceId: 'BACKUP_OPT_IN' }),
  } as unknown as CloudFormationCustomResourceEvent;
  await handler(event, { getRemainingTimeInMillis: () => remainingMs } as Context, () => undefined);
  expect(receiver.received).toHaveLength(1);
  return JSON.parse(receiver.received[0]?.body ?? '');
}

test('succeeds where the account has opted in', async () => {
  preferences.Aurora = true;
  expect(await run('Create')).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'BACKUP_OPT_IN',
    StackId: 'stack-1',
    RequestId: 'request-1',
    LogicalResourceId: 'OptIn',
  });
  expect(asked).toEqual(['GET /account-settings']);
});

test.each(['Create', 'Update'] as const)('fails a %s where it has not', async (type) => {
  expect(await run(type)).toMatchObject({
    Status: 'FAILED',
    PhysicalResourceId: 'BACKUP_OPT_IN',
    Reason: expect.stringMatching(/^AWS Backup is not opted in for Aurora in this Region.*HINT: /),
  });
});

test('opts in where that is wished', async () => {
  expect(await run('Create', { ...PROPERTIES, mode: 'set' })).toMatchObject({ Status: 'SUCCESS' });
  expect(asked).toEqual(['GET /account-settings', 'PUT /account-settings', 'GET /account-settings']);
  expect(preferences).toEqual({ RDS: true, Aurora: true });
});

test('a Delete leaves everything as it is', async () => {
  expect(await run('Delete')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'BACKUP_OPT_IN' });
  expect(asked).toEqual([]);
});

test.each([
  [{ mode: 'off' }, 'The property mode must be check or set, got: "off". HINT: '],
  [{ mode: undefined }, 'The property mode must be check or set, got: undefined. HINT: '],
  [{ resourceTypes: 'RDS' }, 'The property resourceTypes must be a list of RDS and Aurora, got: "RDS". HINT: '],
  [{ resourceTypes: [] }, 'The property resourceTypes must be a list of RDS and Aurora, got: []. HINT: '],
  [{ resourceTypes: ['S3'] }, 'The property resourceTypes must be a list of RDS and Aurora, got: ["S3"]. HINT: '],
])('answers that %j cannot be', async (wrong, reason) => {
  expect(await run('Create', { ...PROPERTIES, ...wrong })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining(reason),
  });
  expect(asked).toEqual([]);
});

test('answers before its time is over, whatever keeps AWS Backup', async () => {
  expect(await run('Create', PROPERTIES, 20_000)).toMatchObject({
    Status: 'FAILED',
    Reason: 'AWS Backup did not answer within 0 ms. HINT: deploy again.',
  });
});

test('logs the outcome, and not the address of the answer', async () => {
  await run('Create');
  const logged = log.mock.calls.flat().join('\n');
  expect(JSON.parse(logged)).toMatchObject({ request: 'Create', resource: 'OptIn', status: 'FAILED' });
  expect(logged).not.toContain('secret');
});

import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { handler } from '../../lambda/protect-bucket';
import { type ResponseReceiver, startResponseReceiver } from '../engine/cloudformation/response-receiver';
import { errorAnswer, type FakeS3Server, replication, startFakeS3Server, versioning } from './fake-s3-server';

const ROLE = 'arn:aws:iam::111122223333:role/acme-uploads-replication';
const PROPERTIES = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:acme-protect-bucket',
  bucketName: 'uploads',
  roleArn: ROLE,
  ruleId: 'holdfast-uploads',
  replicaBucketArn: 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1',
  replicaKeyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
};
const NOT_REPLICATING = errorAnswer(404, 'ReplicationConfigurationNotFoundError');

let s3: FakeS3Server;
let receiver: ResponseReceiver;
let log: jest.SpyInstance;
const environment = process.env;

beforeAll(async () => {
  s3 = await startFakeS3Server();
  // The client of the function reads its environment at the first request, and keeps what it read.
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});
afterAll(async () => {
  process.env = environment;
  await s3.close();
});

beforeEach(async () => {
  s3.answers.clear();
  s3.requests.length = 0;
  receiver = await startResponseReceiver();
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(async () => {
  log.mockRestore();
  await receiver.close();
});

/** Runs the function on an event; gives what CloudFormation was answered. */
async function run(
  event: { RequestType: 'Create' | 'Update' | 'Delete'; PhysicalResourceId?: string; ResourceProperties?: object },
  remainingMs = 120_000,
) {
  const complete = {
    ...{ StackId: 'stack-1', RequestId: 'request-1', LogicalResourceId: 'Replication' },
    ResponseURL: receiver.url,
    ResourceProperties: PROPERTIES,
    ...event,
  } as CloudFormationCustomResourceEvent;
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  await handler(complete, context, () => undefined);
  expect(receiver.received).toHaveLength(1);
  return JSON.parse(receiver.received[0]?.body ?? '');
}

const lines = () => s3.requests.map(({ line }) => line);

test('protects a bucket and calls the resource by the name of the bucket', async () => {
  s3.answers.set('GET /uploads?versioning', versioning('Enabled'));
  s3.answers.set('GET /uploads?replication', NOT_REPLICATING);
  expect(await run({ RequestType: 'Create' })).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'uploads',
    StackId: 'stack-1',
    RequestId: 'request-1',
    LogicalResourceId: 'Replication',
  });
  const put = s3.requests.at(-1);
  expect(put?.line).toBe('PUT /uploads?replication');
  expect(put?.body).toContain('<ID>holdfast-uploads</ID>');
  expect(put?.body).toContain(`<ReplicaKmsKeyID>${PROPERTIES.replicaKeyArn}</ReplicaKmsKeyID>`);
});

test('hands the account of the replica on', async () => {
  s3.answers.set('GET /uploads?versioning', versioning('Enabled'));
  s3.answers.set('GET /uploads?replication', NOT_REPLICATING);
  await run({ RequestType: 'Create', ResourceProperties: { ...PROPERTIES, replicaAccount: '444455556666' } });
  expect(s3.requests.at(-1)?.body).toContain('<Account>444455556666</Account>');
});

test('a change of the bucket replaces the resource', async () => {
  s3.answers.set('GET /uploads?versioning', versioning('Enabled'));
  s3.answers.set('GET /uploads?replication', NOT_REPLICATING);
  const answer = await run({ RequestType: 'Update', PhysicalResourceId: 'former-uploads' });
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'uploads' });
});

test('a failed Create is answered with an id that no bucket has', async () => {
  s3.answers.set('GET /uploads?versioning', versioning('Suspended'));
  expect(await run({ RequestType: 'Create' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/^The versioning of bucket uploads must be Enabled, got: Suspended\. HINT: /),
    PhysicalResourceId: 'NOT_PROTECTED',
  });
});

test('a failed Update keeps the resource that there is', async () => {
  s3.answers.set('GET /uploads?versioning', errorAnswer(404, 'NoSuchBucket'));
  expect(await run({ RequestType: 'Update', PhysicalResourceId: 'former-uploads' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('NoSuchBucket'),
    PhysicalResourceId: 'former-uploads',
  });
});

test('a Delete ends the replication', async () => {
  s3.answers.set('GET /uploads?replication', replication(ROLE, 'holdfast-uploads'));
  const answer = await run({ RequestType: 'Delete', PhysicalResourceId: 'uploads' });
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'uploads' });
  expect(lines()).toEqual(['GET /uploads?replication', 'DELETE /uploads?replication']);
});

test('a Delete after a failed Create touches nothing', async () => {
  const answer = await run({ RequestType: 'Delete', PhysicalResourceId: 'NOT_PROTECTED' });
  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'NOT_PROTECTED' });
  expect(lines()).toEqual([]);
});

test('a failed Delete says why', async () => {
  s3.answers.set('GET /uploads?replication', errorAnswer(403, 'AccessDenied'));
  expect(await run({ RequestType: 'Delete', PhysicalResourceId: 'uploads' })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('AccessDenied'),
    PhysicalResourceId: 'uploads',
  });
});

test.each(Object.keys(PROPERTIES).filter((name) => name !== 'ServiceToken'))(
  'answers that the property %s is missing',
  async (name) => {
    const answer = await run({ RequestType: 'Create', ResourceProperties: { ...PROPERTIES, [name]: undefined } });
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(new RegExp(`^The property ${name} must be a text, got: undefined\\. HINT: `)),
    });
    expect(lines()).toEqual([]);
  },
);

test('answers an event that nobody could expect', async () => {
  const answer = await run({ RequestType: 'Create', ResourceProperties: undefined });
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('undefined') });
});

test('answers before its time is over, whatever keeps S3', async () => {
  s3.answers.set('GET /uploads?versioning', errorAnswer(403, 'AccessDenied'));
  const answer = await run({ RequestType: 'Create' }, 20_050);
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'S3 did not answer within 50 ms. HINT: deploy again.' });
});

test('logs the outcome, and not the address of the answer', async () => {
  s3.answers.set('GET /uploads?versioning', versioning('Suspended'));
  await run({ RequestType: 'Create' });
  const logged = log.mock.calls.flat().join('\n');
  expect(JSON.parse(logged)).toMatchObject({ request: 'Create', resource: 'Replication', status: 'FAILED' });
  expect(logged).not.toContain('secret');
});

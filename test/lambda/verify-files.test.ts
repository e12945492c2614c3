import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { Context } from 'aws-lambda';
import { handler } from '../../lambda/verify-files';
import { FakeS3 } from '../engine/files/fake-s3';
import { REPLICA_KEY, Rehearsal } from '../engine/files/rehearsal';

const context = { getRemainingTimeInMillis: () => 900_000 } as Context;
const environment = { ...process.env };

let s3: FakeS3;
let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => {
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

const eventOf = ({ source, replica, proofs }: Rehearsal) => ({
  targets: [
    {
      resource: 'uploads',
      source: { bucket: source, region: 'eu-west-1' },
      replica: { bucket: replica, region: 'eu-central-1', keyArn: REPLICA_KEY },
    },
  ],
  proofs: { bucket: proofs, region: 'eu-west-1' },
  alarmName: 'alarm',
  readCycleDays: 30,
});

test('proves, publishes metrics and answers; another store is matched by content', async () => {
  const rehearsal = new Rehearsal(s3);
  rehearsal.write('a', 'bytes');
  rehearsal.replicate();
  const result = await handler(eventOf(rehearsal), context);
  expect(result.targets).toEqual([expect.objectContaining({ outcome: 'proved', matching: 'content', versions: 1 })]);
  expect(toCloudWatch.mock.calls.map(([command]) => command.constructor)).toEqual([PutMetricDataCommand]);
  const records = s3.keys(rehearsal.proofs).filter((key) => key.includes('/proofs/'));
  expect(records).toEqual([expect.stringMatching(/^files\/uploads\/proofs\/present\/\d{8}T\d{9}Z-proved.json$/)]);
});

test('returns normally when something is wrong, raises the alarm, and logs no object key', async () => {
  const rehearsal = new Rehearsal(s3);
  rehearsal.write('secret-key.txt', 'bytes', { lastModified: Date.now() - 7_200_000 });
  const result = await handler(eventOf(rehearsal), context);
  expect(result.targets).toEqual([expect.objectContaining({ outcome: 'damaged', findings: { beforeReplication: 1 } })]);
  expect(toCloudWatch.mock.calls.map(([command]) => command.constructor)).toEqual([
    SetAlarmStateCommand,
    PutMetricDataCommand,
  ]);
  const [[line]] = log.mock.calls;
  expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', resource: 'uploads', outcome: 'damaged' });
  expect(line).not.toContain('secret-key');
});

test('stops early enough to write its checkpoint', async () => {
  const rehearsal = new Rehearsal(s3);
  for (const key of ['a', 'b']) {
    rehearsal.write(key, 'bytes');
  }
  rehearsal.replicate();
  const result = await handler(eventOf(rehearsal), { ...context, getRemainingTimeInMillis: () => 0 });
  expect(result.targets).toEqual([expect.objectContaining({ outcome: 'unfinished', versions: 1 })]);
});

test('fails when the event is wrong', async () => {
  await expect(handler({}, context)).rejects.toThrow('The event of verify-files is wrong');
});

test('fails when metrics cannot be published, after it has recorded what was proved', async () => {
  toCloudWatch.mockRejectedValue(new Error('no'));
  const rehearsal = new Rehearsal(s3);
  await expect(handler(eventOf(rehearsal), context)).rejects.toThrow('Cannot publish');
  expect(s3.keys(rehearsal.proofs).some((key) => key.endsWith('-proved.json'))).toBe(true);
});

test('fails when what was proved cannot be recorded, after it has published metrics', async () => {
  s3.fault = ({ operation, key }) =>
    operation === 'put' && key.includes('/proofs/') ? { status: 403, code: 'AccessDenied' } : undefined;
  await expect(handler(eventOf(new Rehearsal(s3)), context)).rejects.toThrow(
    /Cannot write an object to bucket proofs-/,
  );
  expect(toCloudWatch).toHaveBeenCalledTimes(1);
  s3.reset();
});

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { handler } from '../../lambda/verify-keys';
import { EVENT, FakeKeys, FILES, FILES_KEY, type Inventory, NOW, REPLICAS } from '../engine/keys/fake-keys';
import { type Answers, FakeSdkClient } from '../fakes/sdk-client';

const environment = { ...process.env };
let log: jest.SpyInstance;

beforeEach(() => {
  process.env = {
    ...environment,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'own',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

/** Lets the clients of the function ask made-up keys, a bucket and CloudWatch. */
function inAccount(inventory: Inventory = {}, answers: Answers = {}) {
  const { kms, s3 } = new FakeKeys(inventory);
  const cloudWatch = new FakeSdkClient({ SetAlarmState: () => ({}), PutMetricData: () => ({}), ...answers });
  const fakes = [
    [KMSClient, kms],
    [S3Client, s3],
    [CloudWatchClient, cloudWatch],
  ] as const;
  for (const [{ prototype }, fake] of fakes) {
    jest
      .spyOn(prototype as unknown as FakeSdkClient, 'send')
      .mockImplementation((command: { readonly input: object }) => fake.send(command));
  }
  return { s3, cloudWatch };
}

const lines = () => log.mock.calls.map(([line]) => JSON.parse(line));
const levels = () => lines().map(({ level, name }) => [level, name]);

test('verifies, remembers, writes a report, publishes metrics and answers', async () => {
  const { s3, cloudWatch } = inAccount();
  const result = await handler({ ...EVENT, keys: [FILES, REPLICAS] });
  const reportKey = 'keys/reports/20261123T150000000Z.json';
  expect(result).toMatchObject({
    keys: [
      { name: 'files', state: 'Enabled', findings: [] },
      { name: 'replicas', state: 'Enabled', findings: [] },
    ],
    common: [],
    reportKey,
  });
  expect(s3.inputsOf('PutObject')).toMatchObject([
    { Bucket: 'acme-proofs', Key: 'keys/state.json' },
    { Bucket: 'acme-proofs', Key: reportKey },
  ]);
  expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual(['PutMetricData']);
  expect(levels()).toEqual([
    ['INFO', 'files'],
    ['INFO', 'replicas'],
    ['INFO', 'all keys'],
  ]);
  expect(lines()[0]).toMatchObject({ region: 'eu-west-1', reportKey });
});

test('asks KMS in the Regions of the keys, and S3 in that of the bucket', async () => {
  inAccount();
  await handler({ ...EVENT, keys: [FILES, REPLICAS], proofs: { bucket: 'acme-proofs', region: 'eu-north-1' } });
  const regionsOf = async ({ prototype }: { readonly prototype: object }) => {
    const { contexts } = (prototype as { send: jest.Mock }).send.mock;
    const clients = contexts as { config: { region: () => Promise<string> } }[];
    return [...new Set(await Promise.all(clients.map(({ config }) => config.region())))].sort();
  };
  expect(await regionsOf(KMSClient)).toEqual(['eu-central-1', 'eu-west-1']);
  expect(await regionsOf(S3Client)).toEqual(['eu-north-1']);
});

test('returns normally when something is wrong, and raises the alarms with the reason', async () => {
  const { cloudWatch } = inAccount({
    keys: { [FILES_KEY]: { KeyState: 'Disabled' } },
    answers: { GetObject: () => new Error('no') },
  });
  await handler(EVENT);
  expect(cloudWatch.inputsOf('SetAlarmState')).toMatchObject([
    { AlarmName: 'acme-platform-keysUnusable', StateReason: expect.stringContaining('is in state Disabled') },
    { AlarmName: 'acme-platform-keyDrift', StateReason: expect.stringContaining('Could not remember the keys') },
  ]);
  expect(levels()).toEqual([
    ['ERROR', 'files'],
    ['WARN', 'all keys'],
  ]);
});

test('tells of a report that cannot be written', async () => {
  const { cloudWatch } = inAccount({ answers: { PutObject: () => new Error('no') } });
  const result = await handler(EVENT);
  expect(result).not.toHaveProperty('reportKey');
  expect(result.common).toMatchObject([{ kind: 'unknown', isCritical: false }]);
  expect(cloudWatch.inputsOf('SetAlarmState')).toMatchObject([
    { AlarmName: 'acme-platform-keyDrift', StateReason: expect.stringContaining('(no report)') },
  ]);
});

test('fails when the event is wrong, or the outcome cannot be published', async () => {
  inAccount({}, { PutMetricData: () => new Error('no') });
  await expect(handler({})).rejects.toThrow('The event of verify-keys is wrong');
  await expect(handler(EVENT)).rejects.toThrow('Cannot publish 2 metrics');
});

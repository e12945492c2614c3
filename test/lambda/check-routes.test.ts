import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { handler } from '../../lambda/check-routes';
import { type Account, EVENT, FakeRoutes, SLACK } from '../engine/paging/fake-routes';
import { FakeChatServer } from '../fakes/chat-server';

const environment = { ...process.env };
let chat: FakeChatServer;
let log: jest.SpyInstance;

beforeAll(async () => {
  chat = await FakeChatServer.start();
});
beforeEach(() => {
  chat.reset();
  process.env = {
    ...environment,
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: chat.endpoint,
    AWS_ACCESS_KEY_ID: 'own',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  log = jest.spyOn(console, 'log').mockImplementation();
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});
afterAll(() => chat.stop());

/** Lets the clients of the function ask a made-up account. */
function inAccount(account: Account = {}): FakeRoutes {
  const routes = new FakeRoutes({
    ...account,
    answers: { SetAlarmState: () => ({}), PutMetricData: () => ({}), ...account.answers },
  });
  for (const { prototype } of [SNSClient, KMSClient, CloudWatchClient, S3Client]) {
    jest
      .spyOn(prototype as unknown as { send: (command: { readonly input: object }) => Promise<unknown> }, 'send')
      .mockImplementation((command) => routes.sdk.send(command));
  }
  return routes;
}

test('answers and publishes that nothing is wrong', async () => {
  const { sdk } = inAccount();
  expect(await handler(EVENT)).toEqual({ findings: [], heartbeats: 0 });
  expect(sdk.inputsOf('PutMetricData')).toMatchObject([{ MetricData: [{ MetricName: 'routeProblems', Value: 0 }] }]);
  expect(sdk.inputsOf('SetAlarmState')).toEqual([]);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({ level: 'INFO', findings: [] });
});

test('raises the alarm with what is wrong, in the log too', async () => {
  const { sdk } = inAccount({ keyState: 'Disabled' });
  await handler(EVENT);
  expect(sdk.inputsOf('SetAlarmState')).toEqual([
    {
      AlarmName: 'acme-platform-routeProblems',
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('is in state Disabled'),
    },
  ]);
  expect(JSON.parse(log.mock.calls[0][0])).toMatchObject({
    level: 'WARN',
    findings: [expect.any(String), expect.any(String)],
  });
});

test('asks chat applications in a Region that serves them, with the credentials of the function', async () => {
  inAccount();
  chat.answer = ({ path }) =>
    path === '/describe-slack-workspaces' ? { body: { SlackWorkspaces: [] } } : { status: 403, body: 'no' };
  const { findings } = await handler({ ...EVENT, receivers: { ...EVENT.receivers, slack: SLACK } });
  expect(findings).toContainEqual(expect.stringContaining('how Slack is connected'));
  expect(chat.requests[0]?.headers.authorization).toMatch(/Credential=own\/\d{8}\/eu-west-1\/chatbot\//);
});

test('sends the heartbeat when it is asked to', async () => {
  const { sdk } = inAccount({
    answers: {
      GetObject: () => Object.assign(new Error('none'), { name: 'NoSuchKey' }),
      PutObject: () => ({ ETag: '"1"' }),
    },
  });
  const proofs = { bucket: 'acme-proofs', region: 'eu-west-1' };
  expect(await handler({ ...EVENT, proofs, heartbeat: true })).toEqual({ findings: [], heartbeats: 2 });
  expect(sdk.inputsOf('Publish')).toHaveLength(2);
  expect(sdk.inputsOf('PutObject')).toMatchObject([{ Bucket: 'acme-proofs', Key: 'platform/routes/state.json' }]);
});

test('refuses an event that is none', async () => {
  inAccount();
  await expect(handler({})).rejects.toThrow(/^The event of check-routes is wrong \(topics/);
});

test('fails when the outcome cannot be published', async () => {
  inAccount({ answers: { PutMetricData: () => Object.assign(new Error('no'), { name: 'AccessDenied' }) } });
  await expect(handler(EVENT)).rejects.toThrow('Cannot publish 1 metrics');
});

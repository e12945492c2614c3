import { createHash } from 'node:crypto';
import { SNSClient } from '@aws-sdk/client-sns';
import { ChatApplications, chatRegion } from '../../../engine/paging/chat-applications';
import { FakeChatServer } from '../../fakes/chat-server';

let server: FakeChatServer;
beforeAll(async () => {
  server = await FakeChatServer.start();
});
beforeEach(() => server.reset());
afterAll(() => server.stop());

const { sha256 } = new SNSClient({ region: 'eu-west-1' }).config;
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
const chat = (endpoint = server.endpoint) =>
  new ChatApplications({ region: 'eu-west-1', credentials, sha256, endpoint, pauseMs: 0 });

const workspace = (id: string) => ({ SlackTeamId: id, SlackTeamName: 'example', State: 'ENABLED' });

test('asks as the API wants to be asked, signed', async () => {
  server.answer = () => ({ body: { SlackWorkspaces: [workspace('T1')] } });
  expect(await chat().slackWorkspaces()).toEqual([{ SlackTeamId: 'T1', State: 'ENABLED' }]);
  const [request] = server.requests;
  expect(request).toMatchObject({ path: '/describe-slack-workspaces', input: {} });
  expect(request?.headers).toMatchObject({
    host: new URL(server.endpoint).host,
    'content-type': 'application/json',
    'x-amz-security-token': 'session',
    'x-amz-content-sha256': createHash('sha256').update('{}').digest('hex'),
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/chatbot\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    ),
  });
});

test('reads every page', async () => {
  const channel = (id: string) => ({ SlackTeamId: 'T1', SlackChannelId: id, SnsTopicArns: [], IamRoleArn: 'arn' });
  server.answer = ({ input }) =>
    (input as { NextToken?: string }).NextToken === 'more'
      ? { body: { SlackChannelConfigurations: [channel('C2')] } }
      : { body: { SlackChannelConfigurations: [channel('C1')], NextToken: 'more' } };
  expect((await chat().slackChannels()).map(({ SlackChannelId }) => SlackChannelId)).toEqual(['C1', 'C2']);
  expect(server.requests.map(({ path }) => path)).toEqual(Array(2).fill('/describe-slack-channel-configurations'));
});

test('takes an answer without a list for an empty one', async () => {
  expect(await chat().slackWorkspaces()).toEqual([]);
});

test.each([429, 500, 503])('tries again after status %d', async (status) => {
  server.answer = () =>
    server.requests.length < 3 ? { status, body: '' } : { body: { SlackWorkspaces: [workspace('T1')] } };
  expect(await chat().slackWorkspaces()).toHaveLength(1);
  expect(server.requests).toHaveLength(3);
});

test('gives up in the end, and says why', async () => {
  server.answer = () => ({ status: 500, body: 'disturbed' });
  await expect(chat().slackWorkspaces()).rejects.toThrow(
    'describe-slack-workspaces was refused: status 500: disturbed',
  );
  expect(server.requests).toHaveLength(3);
});

test('does not ask again after a refusal, and tells its name', async () => {
  const headers = { 'x-amzn-errortype': 'AccessDeniedException:http://internal.example.com/' };
  server.answer = () => ({ status: 403, headers, body: 'x'.repeat(1_000) });
  await expect(chat().slackChannels()).rejects.toThrow(
    new Error(`describe-slack-channel-configurations was refused: AccessDeniedException: ${'x'.repeat(200)}`),
  );
  expect(server.requests).toHaveLength(1);
});

test('says that nobody answers', async () => {
  const other = await FakeChatServer.start();
  const { endpoint } = other;
  await other.stop();
  await expect(chat(endpoint).slackWorkspaces()).rejects.toThrow(/^describe-slack-workspaces was not answered: /);
});

test('refuses an answer of another form', async () => {
  server.answer = () => ({ body: { SlackWorkspaces: [{ SlackTeamId: 7 }] } });
  await expect(chat().slackWorkspaces()).rejects.toThrow('(wrong: SlackWorkspaces.0.SlackTeamId)');
});

test.each([
  ['eu-west-1', 'eu-west-1'],
  ['eu-central-1', 'eu-west-1'],
  ['ap-northeast-1', 'ap-southeast-1'],
  ['us-east-1', 'us-east-2'],
  ['us-west-2', 'us-west-2'],
  ['sa-east-1', 'us-east-2'],
  ['', 'us-east-2'],
])('from %p, %s is asked', (region, asked) => {
  expect(chatRegion(region)).toBe(asked);
});

import { sendTestPages, type TopicReport, testPageOutcome } from '../../../engine/paging/test-page';
import type { PagingTopic } from '../../../engine/paging/topics';
import { type FakeSubscription, fakeSns, snsError } from './fake-sns';

const TOPIC: PagingTopic = {
  severity: 'critical',
  region: 'eu-west-1',
  account: '111122223333',
  arn: 'arn:aws:sns:eu-west-1:111122223333:acme-critical',
  endpoints: ['oncall@example.com', 'https://pager.example.com/integration/SECRET/enqueue'],
};
const EMAIL: FakeSubscription = { arn: 'arn:1', protocol: 'email', endpoint: 'oncall@example.com' };
const PAGER: FakeSubscription = {
  arn: 'arn:2',
  protocol: 'https',
  endpoint: 'https://pager.example.com/integration/SECRET/enqueue',
};
const SLACK: FakeSubscription = { arn: 'arn:3', protocol: 'https', endpoint: 'https://slack.example.com/' };
const NOW = new Date('2026-11-23T14:40:00.000Z');

async function reportFor(subscriptions: FakeSubscription[], topic = TOPIC): Promise<TopicReport> {
  const [report] = await sendTestPages([topic], () => fakeSns(subscriptions).client, NOW);
  if (report === undefined) {
    throw new Error('no report');
  }
  return report;
}

test('publishes what a CloudWatch alarm publishes, marked as a test', async () => {
  const { client, published } = fakeSns([EMAIL, PAGER]);
  await sendTestPages([TOPIC], () => client, NOW);
  expect(published).toHaveLength(1);
  expect(published[0]).toMatchObject({
    TopicArn: TOPIC.arn,
    Subject: 'ALARM: "acme-critical-testPage" in eu-west-1',
  });
  expect(JSON.parse(published[0]?.Message ?? '')).toMatchObject({
    AlarmName: 'acme-critical-testPage',
    AlarmDescription: expect.stringMatching(/^This is a test page/),
    AWSAccountId: '111122223333',
    NewStateValue: 'ALARM',
    OldStateValue: 'OK',
    Region: 'eu-west-1',
    StateChangeTime: '2026-11-23T14:40:00.000+0000',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-critical-testPage',
  });
});

test('has nothing to report when everybody configured is subscribed and confirmed', async () => {
  const report = await reportFor([EMAIL, SLACK, PAGER]);
  expect(report.findings).toEqual([]);
  expect(report.messageId).toBe('message-1');
  expect(testPageOutcome([report])).toBe('confirmed');
});

test('reads every page of a long list of subscriptions', async () => {
  const many = Array.from({ length: 5 }, (_, n) => ({ ...EMAIL, arn: `arn:${n}`, endpoint: `${n}@example.com` }));
  expect((await reportFor(many)).subscriptions).toHaveLength(5);
});

test('finds an email address that has not confirmed', async () => {
  const report = await reportFor([{ ...EMAIL, arn: 'PendingConfirmation' }, PAGER]);
  expect(report.findings).toEqual([
    expect.stringMatching(/^oncall@example.com \(email\) has not confirmed .* HINT: open the message/),
  ]);
  expect(report.subscriptions[0]?.confirmed).toBe(false);
  expect(testPageOutcome([report])).toBe('findings');
});

test('finds an endpoint that only its attributes show as pending', async () => {
  const report = await reportFor([EMAIL, { ...PAGER, pending: true }]);
  expect(report.findings).toEqual([
    expect.stringMatching(/^https:\/\/pager\.example\.com\/… \(https\) .* HINT: .*SubscribeURL/),
  ]);
});

test('finds what is configured but no longer subscribed', async () => {
  const report = await reportFor([EMAIL, { ...PAGER, arn: 'Deleted' }]);
  expect(report.findings).toEqual([expect.stringContaining('is configured, but not subscribed')]);
  expect(report.subscriptions).toHaveLength(1);
});

test('finds a topic that nobody receives', async () => {
  const report = await reportFor([], { ...TOPIC, endpoints: [] });
  expect(report.findings).toEqual([expect.stringMatching(/^Nobody receives .* critical topic in eu-west-1.*HINT/)]);
});

test('never shows the path of a URL, which may be a secret', async () => {
  const pending = await reportFor([
    { ...EMAIL, endpoint: 'other@example.com' },
    { ...PAGER, pending: true },
  ]);
  const absent = await reportFor([EMAIL]);
  expect(JSON.stringify([pending, absent])).not.toContain('SECRET');
});

test('knows a URL whose password SNS has hidden', async () => {
  const topic = { ...TOPIC, endpoints: ['https://user:secret@pager.example.com/page'] };
  const report = await reportFor([{ ...PAGER, endpoint: 'https://user:****@pager.example.com/page' }], topic);
  expect(report.findings).toEqual([]);
});

test('reports a refused topic and goes on with the others', async () => {
  const other = { ...TOPIC, region: 'eu-central-1', account: '444455556666' };
  const denied = snsError('AuthorizationErrorException', 'not authorized to perform: SNS:Publish');
  const reports = await sendTestPages(
    [other, TOPIC],
    (region) => fakeSns([EMAIL, PAGER], region === other.region ? { publish: denied } : {}).client,
    NOW,
  );
  expect(reports[0]?.messageId).toBeUndefined();
  expect(reports[0]?.error).toMatch(/was not sent .*not authorized.* HINT: use credentials of account 444455556666/);
  expect(reports[1]?.messageId).toBe('message-1');
  expect(testPageOutcome(reports)).toBe('unreached');
});

test('says that the page went out when only the subscriptions cannot be read', async () => {
  const { client } = fakeSns([], { list: snsError('AuthorizationErrorException', 'no') });
  const [report] = await sendTestPages([TOPIC], () => client, NOW);
  expect(report).toMatchObject({ messageId: 'message-1', error: expect.stringContaining('could not be read') });
});

test.each([
  ['NotFoundException', 'Topic does not exist', /HINT: deploy the stack of eu-west-1 first/],
  ['CredentialsProviderError', 'Could not load credentials', /HINT: sign in to account 111122223333/],
  ['KMSAccessDeniedException', 'no', /HINT: the topic's key/],
  ['Error', 'connect ECONNREFUSED', /: connect ECONNREFUSED HINT: check that this machine reaches SNS/],
])('hints at what helps against %s', async (name, message, hint) => {
  const { client } = fakeSns([], { publish: snsError(name, message) });
  const [report] = await sendTestPages([TOPIC], () => client, NOW);
  expect(report?.error).toMatch(hint);
});

import type { ExpectedReceivers } from '../../../engine/contract/check-routes';
import { type CheckedRoute, checkTopic } from '../../../engine/paging/topic-check';
import { sdkError } from '../../fakes/sdk-client';
import {
  type Account,
  ATTRIBUTES,
  CRITICAL,
  EMAIL,
  EVENT,
  FakeRoutes,
  IN_SLACK,
  PAGER,
  SLACK,
  WARNING,
} from './fake-routes';

const check = (account: Account = {}, expected: ExpectedReceivers = EVENT.receivers): Promise<CheckedRoute> =>
  checkTopic(CRITICAL, expected, new FakeRoutes(account));

const subscribed = (...subscriptions: (typeof EMAIL)[]): Account => ({
  subscriptions: { [CRITICAL.arn]: subscriptions },
});

test('has nothing to say of a topic that is in order, and counts who hears it', async () => {
  expect(await check()).toEqual({ receivers: 2, findings: [] });
});

test('finds that a topic is gone, and asks no further', async () => {
  const answers = { GetTopicAttributes: () => sdkError('NotFoundException', 'Topic does not exist', 404) };
  expect(await check({ answers })).toEqual({
    findings: [expect.stringMatching(/^There is no topic arn:.*acme-critical, so nobody.* HINT: deploy .*eu-west-1/)],
  });
});

test.each([
  [
    'GetTopicAttributes',
    /^It could not be looked up how the critical topic in eu-west-1 is set \(AuthorizationError: no\)/,
  ],
  [
    'ListSubscriptionsByTopic',
    /up who hears the critical topic .* HINT: give the role .* sns:ListSubscriptionsByTopic/,
  ],
  ['DescribeKey', /up which key the critical topic in eu-west-1 has .* HINT: give the role .* kms:DescribeKey/],
])('takes it for a finding that %s is refused', async (operation, finding) => {
  const { findings } = await check({ answers: { [operation]: () => sdkError('AuthorizationError', 'no', 403) } });
  expect(findings).toEqual([expect.stringMatching(finding)]);
});

test('does not know how many hear a topic whose subscriptions it may not list', async () => {
  const { receivers } = await check({ answers: { ListSubscriptionsByTopic: () => sdkError('AuthorizationError') } });
  expect(receivers).toBeUndefined();
});

describe('encryption', () => {
  test.each([
    ['its ARN', ATTRIBUTES.KmsMasterKeyId],
    ['its id', '00000000-0000-0000-0000-000000000000'],
    ['its alias', 'alias/acme-paging'],
    ['the ARN of its alias', CRITICAL.keyArn],
  ])('may name the key by %s', async (_, KmsMasterKeyId) => {
    expect((await check({ attributes: { KmsMasterKeyId } })).findings).toEqual([]);
  });

  test.each([
    [undefined, 'no key'],
    ['alias/aws/sns', 'alias/aws/sns'],
  ])('finds %s', async (KmsMasterKeyId, named) => {
    expect((await check({ attributes: { KmsMasterKeyId } })).findings).toEqual([
      expect.stringContaining(`The critical topic in eu-west-1 is encrypted with ${named}, must be with arn:aws:kms:`),
    ]);
  });

  test('finds a key that cannot be used', async () => {
    expect((await check({ keyState: 'PendingDeletion' })).findings).toEqual([
      expect.stringMatching(
        /^The key of the critical topic .* is in state PendingDeletion, .* HINT: cancel its deletion/,
      ),
    ]);
  });
});

describe('the policy of the topic', () => {
  const service = { Service: 'cloudwatch.amazonaws.com' };
  const policy = (statement: object) => ({ attributes: { Policy: JSON.stringify({ Statement: statement }) } });

  test.each([
    ['one statement', { Effect: 'Allow', Principal: service, Action: 'SNS:Publish' }],
    ['all actions', [{ Effect: 'Allow', Principal: service, Action: ['sns:*'] }]],
  ])('may let alarms publish by %s', async (_, statement) => {
    expect((await check(policy(statement))).findings).toEqual([]);
  });

  test.each([
    ['nobody', []],
    ['another service', { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sns:Publish' }],
    ['an account', { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sns:Publish' }],
    ['another action', { Effect: 'Allow', Principal: service, Action: 'sns:Subscribe' }],
    ['a denial', { Effect: 'Deny', Principal: service, Action: 'sns:Publish' }],
  ])('does not let alarms publish by %s', async (_, statement) => {
    expect((await check(policy(statement))).findings).toEqual([
      expect.stringMatching(/^The critical topic in eu-west-1 does not let cloudwatch\.amazonaws\.com publish/),
    ]);
  });

  test.each([undefined, 'no JSON'])('lets nobody publish when it is %s', async (Policy) => {
    expect((await check({ attributes: { Policy } })).findings).toHaveLength(1);
  });
});

describe('receivers', () => {
  test.each([
    ['email', { ...EMAIL, pending: true }, PAGER, /^1 email subscription .* HINT: open the message/],
    ['pager', EMAIL, { ...PAGER, arn: 'PendingConfirmation' }, /^1 pager subscription .* SubscribeURL/],
  ])('finds an unconfirmed %s', async (channel, first, second, finding) => {
    const { findings, receivers } = await check(subscribed(first, second));
    expect(findings).toEqual([expect.stringMatching(finding)]);
    expect(findings[0]).toContain(`1 ${channel} subscription of the critical topic in eu-west-1 is not confirmed`);
    expect(receivers).toBe(1);
  });

  test('finds what is configured and not there', async () => {
    const expected = { emails: 3, hasPager: true, slack: SLACK };
    expect((await check(subscribed(EMAIL), expected)).findings).toEqual([
      expect.stringContaining('2 email subscriptions of the critical topic in eu-west-1 are not there, out of 3'),
      expect.stringContaining('1 Slack subscription of the critical topic in eu-west-1 is not there, out of 1'),
      expect.stringContaining('1 pager subscription of the critical topic in eu-west-1 is not there, out of 1'),
    ]);
  });

  test('never takes Slack for the pager', async () => {
    const { findings } = await check(subscribed(EMAIL, IN_SLACK));
    expect(findings).toEqual([expect.stringContaining('1 pager subscription')]);
    const both = await check(subscribed(EMAIL, IN_SLACK, PAGER), { ...EVENT.receivers, slack: SLACK });
    expect(both).toEqual({ receivers: 3, findings: [] });
  });

  test('takes an endpoint that only looks like that of Slack for a pager', async () => {
    const endpoint = 'https://example.com/?x=https://global.sns-api.chatbot.amazonaws.com';
    expect((await check(subscribed(EMAIL, { ...PAGER, endpoint }))).findings).toEqual([]);
  });

  test('expects no pager to hear warnings', async () => {
    expect((await checkTopic(WARNING, EVENT.receivers, new FakeRoutes())).findings).toEqual([]);
  });

  test('lets others hear too, over whichever protocol', async () => {
    const queue = { arn: 'arn:queue', protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-west-1:111122223333:audit' };
    expect(await check(subscribed(EMAIL, PAGER, queue))).toEqual({ receivers: 3, findings: [] });
  });

  test('finds a topic that nobody hears, although nobody was to', async () => {
    expect((await check(subscribed(), { emails: 0, hasPager: false })).findings).toEqual([
      'Nobody hears the critical topic in eu-west-1: it has no confirmed subscription. HINT: configure a receiver, or confirm one.',
    ]);
  });

  test('tells neither an address nor the secret in a URL', async () => {
    const { findings } = await check(subscribed({ ...EMAIL, pending: true }, { ...PAGER, pending: true }));
    expect(findings).toHaveLength(3);
    expect(findings.join(' ')).not.toMatch(/SECRET|oncall@/);
  });
});

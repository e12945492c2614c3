import { type PageChannel, PageReceiver } from '../../local/page-receiver';
import { Teardown } from '../../local/teardown';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:local-critical';
const ALARM = {
  AlarmName: 'local-storage-backupFailed',
  NewStateValue: 'ALARM',
  NewStateReason: 'documents: 1 finding',
};

let teardown: Teardown;
let confirmations: string[];
let receiver: PageReceiver;

beforeEach(async () => {
  teardown = new Teardown();
  confirmations = [];
  receiver = await PageReceiver.start(async (topicArn, token) => {
    if (token === 'stale') throw new Error('Invalid token');
    confirmations.push(`${topicArn} ${token}`);
  }, teardown);
});

afterEach(() => teardown.run());

const post = async (body: unknown, channel: PageChannel = 'pager'): Promise<number> =>
  (await fetch(receiver.url(channel), { method: 'POST', body: JSON.stringify(body) })).status;

test.each(['pager', 'email'] as const)('keeps a page that reaches the %s with its text', async (channel) => {
  expect(await post({ Type: 'Notification', TopicArn: TOPIC, Message: JSON.stringify(ALARM) }, channel)).toBe(204);
  expect(receiver.pages).toEqual([
    { channel, topicArn: TOPIC, alarmName: ALARM.AlarmName, state: 'ALARM', reason: 'documents: 1 finding' },
  ]);
});

test('confirms a subscription with the token that it was sent', async () => {
  const message = { Type: 'SubscriptionConfirmation', TopicArn: TOPIC, Message: 'please confirm', Token: 't1' };
  expect(await post(message)).toBe(204);
  expect(confirmations).toEqual([`${TOPIC} t1`]);
  expect(receiver.isConfirmed('pager', TOPIC)).toBe(true);
  expect(receiver.isConfirmed('email', TOPIC)).toBe(false);
});

test('does not take a subscription for confirmed when SNS refuses', async () => {
  const message = { Type: 'SubscriptionConfirmation', TopicArn: TOPIC, Message: 'please confirm', Token: 'stale' };
  expect(await post(message)).toBe(400);
  expect(receiver.isConfirmed('pager', TOPIC)).toBe(false);
  expect(receiver.problems).toEqual(['Invalid token']);
});

test.each([
  ['is no message of SNS', { hello: 'world' }],
  ['carries no alarm', { Type: 'Notification', TopicArn: TOPIC, Message: '{}' }],
  ['carries no JSON', { Type: 'Notification', TopicArn: TOPIC, Message: 'plain text' }],
])('refuses what %s, and remembers it', async (_, message) => {
  expect(await post(message)).toBe(400);
  expect(receiver.pages).toEqual([]);
  expect(receiver.problems).toHaveLength(1);
});

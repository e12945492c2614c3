import type { CheckedTopic, ExpectedReceivers } from '../contract/check-routes';
import { CHANNELS, type Channel } from '../contract/paging';
import { topicTitle } from './route-findings';
import type { Subscription } from './subscriptions';

/**
 * Who of those that must hear a topic does not. Tells numbers and channels only: an address is personal, and a pager's URL holds a
 * secret. `holdfast page --test` names them to the operator.
 */
export function receiverFindings(
  topic: CheckedTopic,
  { emails, hasPager, slack }: ExpectedReceivers,
  subscriptions: readonly Subscription[],
): string[] {
  const wanted: Readonly<Record<Channel, number>> = {
    email: emails,
    pager: hasPager ? 1 : 0,
    slack: slack === undefined ? 0 : 1,
  };
  const findings = CHANNELS[topic.severity].flatMap((channel) =>
    channelFindings(
      topic,
      channel,
      wanted[channel],
      subscriptions.filter((each) => channelOf(each) === channel),
    ),
  );
  return subscriptions.some(({ confirmed }) => confirmed)
    ? findings
    : [
        `Nobody hears ${topicTitle(topic)}: it has no confirmed subscription. HINT: configure a receiver, or confirm one.`,
        ...findings,
      ];
}

/** Where chat applications have what is published delivered to; they subscribe it by themselves. */
const SLACK_ENDPOINT = /^https:\/\/[\w.-]*\.chatbot\.amazonaws\.com(\/|$)/;

/** Which channel a subscription belongs to; what is neither email nor Slack, and is delivered over HTTP, is a pager. */
function channelOf({ protocol, endpoint }: Subscription): Channel | undefined {
  if (protocol.startsWith('email')) {
    return 'email';
  }
  if (!protocol.startsWith('http')) {
    return undefined;
  }
  return SLACK_ENDPOINT.test(endpoint) ? 'slack' : 'pager';
}

function channelFindings(
  topic: CheckedTopic,
  channel: Channel,
  wanted: number,
  subscriptions: readonly Subscription[],
): string[] {
  const confirmed = subscriptions.filter((each) => each.confirmed).length;
  const pending = subscriptions.length - confirmed;
  const absent = wanted - subscriptions.length;
  const title = topicTitle(topic);
  return [
    ...(pending > 0
      ? [
          `${counted(pending, channel, title)} not confirmed, so no page arrives there. HINT: ${CONFIRM[channel]}; \`holdfast page --test\` tells which.`,
        ]
      : []),
    ...(absent > 0
      ? [
          `${counted(absent, channel, title)} not there, out of ${wanted} configured: unsubscribed, or never confirmed in time. HINT: ${RESTORE[channel]}.`,
        ]
      : []),
  ];
}

const NAMES: Readonly<Record<Channel, string>> = { email: 'email', pager: 'pager', slack: 'Slack' };

const counted = (count: number, channel: Channel, title: string): string =>
  count === 1
    ? `1 ${NAMES[channel]} subscription of ${title} is`
    : `${count} ${NAMES[channel]} subscriptions of ${title} are`;

/** How a subscription is confirmed. */
const CONFIRM: Readonly<Record<Channel, string>> = {
  email: 'open the message "AWS Notification - Subscription Confirmation" there and follow its link',
  pager: 'the endpoint must visit the SubscribeURL that SNS posted to it; ask for another with `aws sns subscribe`',
  slack: 'see whether the Slack workspace is authorised; chat applications confirm by themselves',
};

/** How one that is gone comes back; a deployment does not notice that it is gone. */
const RESTORE: Readonly<Record<Channel, string>> = {
  email: 'subscribe the address again with `aws sns subscribe`, and confirm',
  pager: 'subscribe the endpoint again with `aws sns subscribe`',
  slack: 'take the topic out of the configuration of the channel and put it back, in the console of chat applications',
};

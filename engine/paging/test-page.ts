import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Severity } from '../contract/paging';
import { testNotification } from './alarm-notification';
import { describeFailure } from './failure';
import { listSubscriptions, type Subscription, sameEndpoint, shownEndpoint } from './subscriptions';
import type { PagingTopic } from './topics';

/** What became of the test page of one topic. */
export interface TopicReport {
  readonly severity: Severity;
  readonly region: string;
  readonly topicArn: string;
  /** Id that SNS gave the page; absent when the page could not be sent. */
  readonly messageId?: string;
  /** Who is subscribed; secrets in endpoints are left out. */
  readonly subscriptions: readonly Pick<Subscription, 'protocol' | 'endpoint' | 'confirmed'>[];
  /** What stands between a page and a human, a sentence with a HINT each. */
  readonly findings: readonly string[];
  /** Why the page was not sent, or why the subscriptions could not be read. */
  readonly error?: string;
}

/** How the test of the whole route ended. */
export type TestPageOutcome =
  /** Every page was sent, and every subscription is there and confirmed. */
  | 'confirmed'
  /** Every page was sent, but some will not arrive. */
  | 'findings'
  /** At least one topic could not be reached, so the route is not known to work. */
  | 'unreached';

/**
 * Publishes a test page to each topic and looks at who is subscribed. A topic that cannot be reached is reported and never
 * stops the others.
 *
 * @param snsOf client of a Region
 * @param now moment that the page bears
 */
export function sendTestPages(
  topics: readonly PagingTopic[],
  snsOf: (region: string) => SNSClient,
  now: Date,
): Promise<TopicReport[]> {
  return Promise.all(topics.map((topic) => sendTestPage(topic, snsOf(topic.region), now)));
}

/** What the reports of all topics amount to. */
export function testPageOutcome(reports: readonly TopicReport[]): TestPageOutcome {
  if (reports.some((report) => report.error !== undefined)) {
    return 'unreached';
  }
  return reports.some((report) => report.findings.length > 0) ? 'findings' : 'confirmed';
}

async function sendTestPage(topic: PagingTopic, sns: SNSClient, now: Date): Promise<TopicReport> {
  const { severity, region, arn: topicArn } = topic;
  const report: TopicReport = { severity, region, topicArn, subscriptions: [], findings: [] };
  let messageId: string | undefined;
  try {
    messageId = (await sns.send(new PublishCommand({ TopicArn: topicArn, ...testNotification(topic, now) }))).MessageId;
  } catch (error) {
    return { ...report, error: `The test page was not sent to ${topicArn}: ${describeFailure(error, topic)}` };
  }
  const sent = messageId === undefined ? report : { ...report, messageId };
  try {
    const subscriptions = await listSubscriptions(sns, topicArn);
    return {
      ...sent,
      subscriptions: subscriptions.map((each) => ({ ...each, endpoint: shownEndpoint(each.endpoint) })),
      findings: findingsOf(topic, subscriptions),
    };
  } catch (error) {
    return { ...sent, error: `The subscriptions of ${topicArn} could not be read: ${describeFailure(error, topic)}` };
  }
}

function findingsOf(topic: PagingTopic, subscriptions: readonly Subscription[]): string[] {
  const where = `the ${topic.severity} topic in ${topic.region}`;
  const unconfirmed = subscriptions
    .filter((each) => !each.confirmed)
    .map(
      ({ protocol, endpoint }) =>
        `${shownEndpoint(endpoint)} (${protocol}) has not confirmed its subscription to ${where}, so no page reaches it. ` +
        `HINT: ${confirmationHint(protocol)}`,
    );
  const absent = topic.endpoints
    .filter((endpoint) => !subscriptions.some((each) => sameEndpoint(each.endpoint, endpoint)))
    .map(
      (endpoint) =>
        `${shownEndpoint(endpoint)} is configured, but not subscribed to ${where}: never deployed, unsubscribed, or left ` +
        `unconfirmed until SNS deleted it. HINT: subscribe it again with \`aws sns subscribe\`, and confirm.`,
    );
  const nobody = subscriptions.some((each) => each.confirmed)
    ? []
    : [
        `Nobody receives what is sent to ${where}: it has no confirmed subscription. HINT: confirm one, or configure one.`,
      ];
  return [...nobody, ...unconfirmed, ...absent];
}

function confirmationHint(protocol: string): string {
  return protocol === 'email'
    ? 'open the message "AWS Notification - Subscription Confirmation" there and follow its link.'
    : 'the endpoint must visit the SubscribeURL that SNS posted to it; ask SNS to post it again with `aws sns subscribe`.';
}

import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { CheckedTopic, CheckRoutesEvent, CheckRoutesResult } from '../contract/check-routes';
import { CHANNELS } from '../contract/paging';
import type { ChatApplications } from './chat-applications';
import { countDeliveries, Delivery } from './deliveries';
import { heartbeatFindings, rememberHeartbeat, sendHeartbeat } from './heartbeat';
import { notLookedUp, placeOfTopic, topicTitle } from './route-findings';
import { routesStateObject } from './routes-state';
import { slackFindings } from './slack-check';
import { type CheckedRoute, checkTopic } from './topic-check';

/** Clients and the moment of a check. */
export interface RouteCheckContext {
  /** Clients of a Region. */
  readonly sns: (region: string) => SNSClient;
  readonly kms: (region: string) => KMSClient;
  readonly cloudWatch: (region: string) => CloudWatchClient;
  readonly s3: (region: string) => S3Client;
  /** Asked only when a Slack channel is expected. */
  readonly chat: () => Pick<ChatApplications, 'slackWorkspaces' | 'slackChannels'>;
  readonly now: Date;
}

/**
 * Looks whether pages can reach whoever must be paged: the topics, their receivers, Slack, what SNS has delivered since the last look,
 * and the weekly heartbeat. What cannot be looked up is a finding of its own, and hides no other.
 */
export async function checkRoutes(event: CheckRoutesEvent, context: RouteCheckContext): Promise<CheckRoutesResult> {
  const { topics, receivers, proofs } = event;
  const checked = await Promise.all(
    topics.map((topic) => {
      const { region } = placeOfTopic(topic);
      return checkTopic(topic, receivers, { sns: context.sns(region), kms: context.kms(region) });
    }),
  );
  const [slack, lost, beat] = await Promise.all([
    receivers.slack === undefined ? [] : slackFindings(context.chat(), receivers.slack, slackTopics(topics)),
    Promise.all(topics.map((topic) => lostFindings(topic, context))),
    proofs === undefined ? { findings: [], sent: 0 } : checkHeartbeat(event, proofs, checked, context),
  ]);
  return {
    findings: [...checked.flatMap(({ findings }) => findings), ...slack, ...lost.flat(), ...beat.findings],
    heartbeats: beat.sent,
  };
}

const slackTopics = (topics: readonly CheckedTopic[]): string[] =>
  topics.filter(({ severity }) => CHANNELS[severity].includes('slack')).map(({ arn }) => arn);

/** A check runs each hour: two hours leave none out, even when SNS counts late. */
const LOOK_BACK_MS = 2 * 3_600_000;

/** What SNS has given up on, or kept back, since the last look. */
async function lostFindings(topic: CheckedTopic, { cloudWatch, now }: RouteCheckContext): Promise<string[]> {
  const { region, name } = placeOfTopic(topic);
  const span = { from: now.getTime() - LOOK_BACK_MS, until: now.getTime() };
  try {
    const counts = await countDeliveries(cloudWatch(region), name, [Delivery.FAILED, Delivery.FILTERED_OUT], span);
    const { [Delivery.FAILED]: failed, [Delivery.FILTERED_OUT]: filteredOut } = counts;
    return [
      ...(failed > 0
        ? [
            `SNS gave up on ${failed} deliveries of ${topicTitle(topic)} within two hours. HINT: run \`holdfast page --test\` and ask who got nothing; that endpoint is gone, or answers with an error.`,
          ]
        : []),
      ...(filteredOut > 0
        ? [
            `A filter kept back ${filteredOut} deliveries of ${topicTitle(topic)} within two hours, must be none. HINT: take the filter policy off its subscriptions (aws sns set-subscription-attributes --attribute-name FilterPolicy).`,
          ]
        : []),
    ];
  } catch (error) {
    return [notLookedUp(`what ${topicTitle(topic)} delivered`, error, METRICS_HINT)];
  }
}

const METRICS_HINT = 'give the role of the function cloudwatch:GetMetricData';

async function checkHeartbeat(
  { topics, heartbeat }: CheckRoutesEvent,
  { bucket, region }: NonNullable<CheckRoutesEvent['proofs']>,
  checked: readonly CheckedRoute[],
  { sns, s3, cloudWatch, now }: RouteCheckContext,
): Promise<{ findings: string[]; sent: number }> {
  const receivers = (topic: CheckedTopic) => checked[topics.indexOf(topic)]?.receivers;
  const sent = heartbeat === true ? await sendHeartbeat(topics, receivers, sns, now) : undefined;
  const heartbeats = sent?.filter(({ error }) => error === undefined).length ?? 0;
  const countDelivered = async (topic: CheckedTopic, span: { from: number; until: number }) => {
    const place = placeOfTopic(topic);
    const counts = await countDeliveries(cloudWatch(place.region), place.name, [Delivery.DELIVERED], span);
    return counts[Delivery.DELIVERED];
  };
  try {
    const state = await rememberHeartbeat(routesStateObject(s3(region), bucket), sent, now);
    return { findings: await heartbeatFindings(topics, state, countDelivered, now.getTime()), sent: heartbeats };
  } catch (error) {
    const hint = `give the role of the function s3:GetObject and s3:PutObject on the proofs bucket, and ${METRICS_HINT.replace(/^give the role of the function /, '')}`;
    return { findings: [notLookedUp('whether the heartbeat arrived', error, hint)], sent: heartbeats };
  }
}

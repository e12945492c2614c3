import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type CheckedTopic, HEARTBEAT, ROUTES_RUNBOOK } from '../contract/check-routes';
import { StateTakenError } from '../objects/state-object';
import { heartbeatNotification } from './alarm-notification';
import { placeOfTopic, topicTitle } from './route-findings';
import type { RoutesState, routesStateObject, SentHeartbeat } from './routes-state';

/** A heartbeat older than this is missed: a week, and a day for what may be slow. */
const MOST_DAYS = 8;
/** An HTTP endpoint has been tried for an hour at most, so that what has not arrived by then is late. */
const DUE_AFTER_MS = 3_600_000;
/** The mail system is tried for six hours. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const TRIED_FOR_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

/** Counts what a topic has delivered within a span of time; milliseconds since 1970. */
export type CountDelivered = (topic: CheckedTopic, span: { from: number; until: number }) => Promise<number>;

/**
 * Sends the heartbeat along each topic. One that it cannot be sent along keeps it from no other.
 *
 * @param receivers number of confirmed subscriptions of a topic, where it is known.
 */
export function sendHeartbeat(
  topics: readonly CheckedTopic[],
  receivers: (topic: CheckedTopic) => number | undefined,
  sns: (region: string) => SNSClient,
  now: Date,
): Promise<SentHeartbeat[]> {
  return Promise.all(
    topics.map(async (topic) => {
      const { arn, severity } = topic;
      const { region, account } = placeOfTopic(topic);
      const notification = heartbeatNotification({ severity, region, account, arn }, now);
      try {
        await sns(region).send(new PublishCommand({ TopicArn: arn, ...notification }));
      } catch (error) {
        return { arn, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
      }
      const count = receivers(topic);
      return { arn, ...(count !== undefined && { receivers: count }) };
    }),
  );
}

/**
 * Reads what is remembered of the routes, and remembers what is new: that they are watched, and the heartbeat that was sent.
 *
 * @throws Error when the state cannot be read or written.
 */
export async function rememberHeartbeat(
  object: ReturnType<typeof routesStateObject>,
  sent: readonly SentHeartbeat[] | undefined,
  now: Date,
): Promise<RoutesState> {
  const at = now.toISOString();
  for (let attempt = 1; ; attempt++) {
    const { state, etag } = await object.read();
    if (state !== undefined && sent === undefined) {
      return state;
    }
    const next: RoutesState = {
      format: 1,
      watchedSince: at,
      ...state,
      ...(sent && { heartbeat: { sentAt: at, topics: [...sent] } }),
    };
    try {
      await object.write(next, etag);
      return next;
    } catch (error) {
      // A check that began at the same moment has written first: what it wrote is read, and added to.
      if (!(error instanceof StateTakenError) || attempt === MOST_TRIES) {
        throw error;
      }
    }
  }
}

const MOST_TRIES = 3;

/** What the newest heartbeat tells: that it was not sent, or sent too long ago, or did not reach everybody. */
export async function heartbeatFindings(
  topics: readonly CheckedTopic[],
  { watchedSince, heartbeat }: RoutesState,
  countDelivered: CountDelivered,
  now: number,
): Promise<string[]> {
  const days = (now - Date.parse(heartbeat?.sentAt ?? watchedSince)) / DAY_MS;
  const missed =
    days > MOST_DAYS
      ? [
          `No heartbeat was sent for ${Math.floor(days)} days, must be ${HEARTBEAT.when}, so nobody knows whether pages arrive. HINT: see the schedule of the heartbeat and its dead-letter queue, and the log of the function check-routes.`,
        ]
      : [];
  if (heartbeat === undefined) {
    return missed;
  }
  const sentAt = Date.parse(heartbeat.sentAt);
  const perTopic = await Promise.all(
    topics.map(async (topic) => {
      const sent = heartbeat.topics.find(({ arn }) => arn === topic.arn);
      return sent === undefined ? [] : await arrivalFindings(topic, sent, { sentAt, now }, countDelivered);
    }),
  );
  return [...missed, ...perTopic.flat()];
}

async function arrivalFindings(
  topic: CheckedTopic,
  { receivers = 1, error }: SentHeartbeat,
  { sentAt, now }: { sentAt: number; now: number },
  countDelivered: CountDelivered,
): Promise<string[]> {
  const at = new Date(sentAt).toISOString();
  if (error !== undefined) {
    return [
      `The heartbeat of ${at} could not be sent along ${topicTitle(topic)} (${error}). HINT: give the role of the function sns:Publish on it, and kms:GenerateDataKey* and kms:Decrypt on its key; then send another: see ${ROUTES_RUNBOOK}.`,
    ];
  }
  if (now - sentAt < DUE_AFTER_MS) {
    return [];
  }
  const delivered = await countDelivered(topic, { from: sentAt, until: Math.min(now, sentAt + TRIED_FOR_MS) });
  return delivered >= receivers
    ? []
    : [
        `The heartbeat of ${at} reached ${delivered} of ${receivers} receivers of ${topicTitle(topic)}. HINT: ask the receivers who did not get it; mend that one, and send another: see ${ROUTES_RUNBOOK}.`,
      ];
}

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import type { CheckedTopic, CheckRoutesEvent } from '../../../engine/contract/check-routes';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import type { FakeSubscription } from './fake-sns';

export const NOW = new Date('2026-11-23T14:40:00.000Z');
export const SLACK = { workspaceId: 'T0000000000', channelId: 'C0000000000' };

/** A topic of the deployment `acme`, and its key. */
export function topicOf(severity: 'critical' | 'warning', region = 'eu-west-1'): CheckedTopic {
  return {
    arn: `arn:aws:sns:${region}:111122223333:acme-${severity}`,
    severity,
    keyArn: `arn:aws:kms:${region}:111122223333:alias/acme-paging`,
  };
}

export const CRITICAL = topicOf('critical');
export const WARNING = topicOf('warning');

export const EVENT: CheckRoutesEvent = {
  topics: [CRITICAL, WARNING],
  receivers: { emails: 1, hasPager: true },
  alarmName: 'acme-platform-routeProblems',
};

export const EMAIL: FakeSubscription = { arn: 'arn:email', protocol: 'email', endpoint: 'oncall@example.com' };
export const PAGER: FakeSubscription = {
  arn: 'arn:pager',
  protocol: 'https',
  endpoint: 'https://events.example.com/integration/SECRET/enqueue',
};
export const IN_SLACK: FakeSubscription = {
  arn: 'arn:slack',
  protocol: 'https',
  endpoint: 'https://global.sns-api.chatbot.amazonaws.com',
};

/** What is in the account; unless told otherwise, everything is as it should be. */
export interface Account {
  /** Attributes that differ from those of a topic that is in order. */
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly subscriptions?: Readonly<Record<string, readonly FakeSubscription[]>>;
  /** State of the key of the topics. */
  readonly keyState?: string;
  /** What SNS has counted, by topic and metric. */
  readonly counts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What is answered in another way. */
  readonly answers?: Answers;
}

/** Attributes of a topic that is in order. */
export const ATTRIBUTES = {
  KmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
  Policy: JSON.stringify({
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: 'sns:Publish' },
      {
        Effect: 'Allow',
        Principal: { Service: ['backup.amazonaws.com', 'cloudwatch.amazonaws.com'] },
        Action: 'sns:Publish',
      },
    ],
  }),
};

/** An account with topics, a key and figures, and what it was asked. */
export class FakeRoutes {
  readonly sdk: FakeSdkClient;
  readonly sns = new SNSClient({ region: 'eu-west-1' });
  readonly kms = new KMSClient({ region: 'eu-west-1' });
  readonly cloudWatch = new CloudWatchClient({ region: 'eu-west-1' });

  constructor({ attributes, subscriptions, keyState = 'Enabled', counts = {}, answers }: Account = {}) {
    const inOrder = { [CRITICAL.arn]: [EMAIL, PAGER], [WARNING.arn]: [EMAIL] };
    const byTopic: Readonly<Record<string, readonly FakeSubscription[]>> = { ...inOrder, ...subscriptions };
    this.sdk = new FakeSdkClient({
      GetTopicAttributes: () => ({ Attributes: { ...ATTRIBUTES, ...attributes } }),
      ListSubscriptionsByTopic: ({ TopicArn }: { TopicArn: string }) => ({
        Subscriptions: (byTopic[TopicArn] ?? []).map(({ arn, protocol, endpoint }) => ({
          SubscriptionArn: arn,
          Protocol: protocol,
          Endpoint: endpoint,
        })),
      }),
      GetSubscriptionAttributes: ({ SubscriptionArn }: { SubscriptionArn: string }) => {
        const found = Object.values(byTopic)
          .flat()
          .find(({ arn }) => arn === SubscriptionArn);
        return { Attributes: { PendingConfirmation: String(found?.pending ?? false) } };
      },
      Publish: () => ({ MessageId: 'message-1' }),
      DescribeKey: ({ KeyId }: { KeyId: string }) =>
        KeyId === CRITICAL.keyArn
          ? { KeyMetadata: { KeyId: KEY_ID, Arn: ATTRIBUTES.KmsMasterKeyId, KeyState: keyState } }
          : sdkError('NotFoundException'),
      GetMetricData: ({ MetricDataQueries }: { MetricDataQueries: readonly Query[] }) => ({
        MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
          const count = counts[Metric.Dimensions[0].Value]?.[Metric.MetricName];
          return { Id, StatusCode: 'Complete', Values: count === undefined ? [] : [count] };
        }),
      }),
      ...answers,
    });
    for (const client of [this.sns, this.kms, this.cloudWatch] as { send: unknown }[]) {
      client.send = (command: { readonly input: object }) => this.sdk.send(command);
    }
  }
}

const KEY_ID = '00000000-0000-0000-0000-000000000000';

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly [{ readonly Value: string }] };
  };
}

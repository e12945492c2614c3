import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from '@aws-sdk/client-sns';

/** A subscription as the fake holds it. */
export interface FakeSubscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** What the subscription's attributes say. */
  readonly pending?: boolean;
}

/** An SNS with one topic: lists two subscriptions a page, remembers what was published, and can refuse one operation. */
export function fakeSns(
  subscriptions: readonly FakeSubscription[],
  refuse: { publish?: Error; list?: Error } = {},
): { client: SNSClient; published: PublishCommandInput[] } {
  const published: PublishCommandInput[] = [];
  const client = new SNSClient({ region: 'eu-west-1' });
  const answer = (command: unknown): object => {
    if (command instanceof PublishCommand) {
      if (refuse.publish !== undefined) {
        throw refuse.publish;
      }
      published.push(command.input);
      return { MessageId: `message-${published.length}` };
    }
    if (command instanceof ListSubscriptionsByTopicCommand) {
      if (refuse.list !== undefined) {
        throw refuse.list;
      }
      const start = Number(command.input.NextToken ?? 0);
      const end = start + 2;
      return {
        Subscriptions: subscriptions.slice(start, end).map(({ arn, protocol, endpoint }) => ({
          SubscriptionArn: arn,
          Protocol: protocol,
          Endpoint: endpoint,
        })),
        ...(end < subscriptions.length ? { NextToken: String(end) } : {}),
      };
    }
    if (command instanceof GetSubscriptionAttributesCommand) {
      const found = subscriptions.find(({ arn }) => arn === command.input.SubscriptionArn);
      return { Attributes: { PendingConfirmation: String(found?.pending ?? false) } };
    }
    throw new Error(`The fake SNS does not know ${String(command)}`);
  };
  client.send = async (command: unknown) => answer(command);
  return { client, published };
}

/** An error with the name under which SNS reports it. */
export const snsError = (name: string, message: string): Error => Object.assign(new Error(message), { name });

import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { listenHere } from './http-listener';
import type { Teardown } from './teardown';

/**
 * What SNS posts to an HTTP endpoint.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
const delivery = z.object({
  Type: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Token: z.string().optional(),
});

/** The part of a CloudWatch alarm's notification that is looked at. */
const alarm = z.object({ AlarmName: z.string(), NewStateValue: z.string(), NewStateReason: z.string() });

/** Who a page reaches: the pager, or those who get emails, for whom a mailbox stands in. */
export type PageChannel = 'pager' | 'email';

/** A page as it arrived. */
export interface Page {
  readonly channel: PageChannel;
  readonly topicArn: string;
  readonly alarmName: string;
  /** `ALARM` or `OK`. */
  readonly state: string;
  /** Text of the page: why the alarm changed its state. */
  readonly reason: string;
}

const CONFIRMED_WITHIN_MS = 60_000;

/** Tells SNS that a subscription is wanted, with the token that SNS posted to the endpoint. */
export type ConfirmSubscription = (topicArn: string, token: string) => Promise<void>;

/** Plays the pager and the mailbox: HTTP endpoints that confirm subscriptions and collect the pages they are sent. */
export class PageReceiver {
  /** Pages in the order of their arrival. */
  readonly pages: Page[] = [];
  private readonly confirmed = new Set<string>();
  /** Deliveries that could not be understood or confirmed. */
  readonly problems: string[] = [];

  private constructor(
    private readonly baseUrl: string,
    private readonly confirm: ConfirmSubscription,
  ) {}

  /** URL to subscribe for a channel. */
  url(channel: PageChannel): string {
    return `${this.baseUrl}/${channel}`;
  }

  /** Waits until the subscription of a channel to a topic is confirmed once more. @throws when it is not within a minute */
  async confirmsAgain(channel: PageChannel, topicArn: string, subscribe: () => Promise<unknown>): Promise<void> {
    this.confirmed.delete(`${channel} ${topicArn}`);
    await subscribe();
    for (const deadline = Date.now() + CONFIRMED_WITHIN_MS; !this.isConfirmed(channel, topicArn); await sleep(50)) {
      if (Date.now() > deadline) throw new Error(`The ${channel} was not asked to confirm ${topicArn}.`);
    }
  }

  /** Whether the subscription of a channel to a topic was confirmed. */
  isConfirmed(channel: PageChannel, topicArn: string): boolean {
    return this.confirmed.has(`${channel} ${topicArn}`);
  }

  /**
   * Starts listening on a free port of this machine.
   *
   * @param confirm tells SNS that a subscription is wanted
   */
  static async start(confirm: ConfirmSubscription, teardown: Teardown): Promise<PageReceiver> {
    const server = createServer();
    const url = await listenHere(server, teardown);
    const receiver = new PageReceiver(url, confirm);
    server.on('request', (request, response) => {
      receiver.receive(request).then(
        () => response.writeHead(204).end(),
        (error: Error) => {
          receiver.problems.push(error.message);
          response.writeHead(400).end();
        },
      );
    });
    return receiver;
  }

  private async receive(request: IncomingMessage): Promise<void> {
    const channel = request.url === '/email' ? 'email' : 'pager';
    const { Type, TopicArn, Message, Token } = delivery.parse(JSON.parse(await text(request)));
    if (Type === 'SubscriptionConfirmation' && Token !== undefined) {
      await this.confirm(TopicArn, Token);
      this.confirmed.add(`${channel} ${TopicArn}`);
      return;
    }
    const { AlarmName, NewStateValue, NewStateReason } = alarm.parse(JSON.parse(Message));
    this.pages.push({
      channel,
      topicArn: TopicArn,
      alarmName: AlarmName,
      state: NewStateValue,
      reason: NewStateReason,
    });
  }
}

import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
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

/** A page as it arrived. */
export interface Page {
  readonly topicArn: string;
  readonly alarmName: string;
  /** `ALARM` or `OK`. */
  readonly state: string;
  /** Text of the page: why the alarm changed its state. */
  readonly reason: string;
}

/** Tells SNS that a subscription is wanted, with the token that SNS posted to the endpoint. */
export type ConfirmSubscription = (topicArn: string, token: string) => Promise<void>;

/** Plays the pager: an HTTP endpoint that confirms subscriptions and collects the pages it is sent. */
export class PageReceiver {
  /** Pages in the order of their arrival. */
  readonly pages: Page[] = [];
  /** ARNs of the topics whose subscription was confirmed. */
  readonly confirmed = new Set<string>();
  /** Deliveries that could not be understood or confirmed. */
  readonly problems: string[] = [];

  private constructor(
    /** URL to subscribe. */
    readonly url: string,
    private readonly confirm: ConfirmSubscription,
  ) {}

  /**
   * Starts listening on a free port of this machine.
   *
   * @param confirm tells SNS that a subscription is wanted
   */
  static async start(confirm: ConfirmSubscription, teardown: Teardown): Promise<PageReceiver> {
    const server = createServer();
    const url = await listenHere(server, teardown);
    const receiver = new PageReceiver(`${url}/page`, confirm);
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
    const { Type, TopicArn, Message, Token } = delivery.parse(JSON.parse(await text(request)));
    if (Type === 'SubscriptionConfirmation' && Token !== undefined) {
      await this.confirm(TopicArn, Token);
      this.confirmed.add(TopicArn);
      return;
    }
    const { AlarmName, NewStateValue, NewStateReason } = alarm.parse(JSON.parse(Message));
    this.pages.push({ topicArn: TopicArn, alarmName: AlarmName, state: NewStateValue, reason: NewStateReason });
  }
}

import {
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  type SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';

/** Somebody who is to receive what a topic is sent. */
export interface Subscription {
  /** `email`, `https`, … */
  readonly protocol: string;
  /** Address or URL, as it was subscribed. A pager's URL contains a secret: show it through {@link shownEndpoint}. */
  readonly endpoint: string;
  /** Whether the receiver agreed; SNS delivers nothing to it before. */
  readonly confirmed: boolean;
}

/** Stands in a listing in place of the ARN of a subscription nobody has confirmed yet. */
const PENDING = 'PendingConfirmation';
/** Stands there for a while after somebody unsubscribed. */
const DELETED = 'Deleted';

/**
 * All subscriptions of a topic, page by page.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 *
 * @throws what SNS answers, such as `NotFoundException` and `AuthorizationErrorException`
 */
export async function listSubscriptions(sns: SNSClient, topicArn: string): Promise<Subscription[]> {
  const subscriptions: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn })) {
    for (const listed of page.Subscriptions ?? []) {
      if (listed.SubscriptionArn !== DELETED) {
        subscriptions.push({
          protocol: listed.Protocol ?? 'unknown',
          endpoint: listed.Endpoint ?? '',
          confirmed: await isConfirmed(sns, listed),
        });
      }
    }
  }
  return subscriptions;
}

/** The endpoint without what must stay secret: of a URL, which may hold an integration key, only scheme and host remain. */
export function shownEndpoint(endpoint: string): string {
  const url = asUrl(endpoint);
  return url === undefined ? endpoint : `${url.protocol}//${url.host}/…`;
}

/** Whether two endpoints are the same one; SNS hides user and password of a URL when it lists it. */
export function sameEndpoint(listed: string, configured: string): boolean {
  return withoutCredentials(listed) === withoutCredentials(configured);
}

/** Some stores list a pending subscription under an ARN already, and only its attributes tell. */
async function isConfirmed(sns: SNSClient, { SubscriptionArn }: SnsSubscription): Promise<boolean> {
  if (SubscriptionArn === undefined || SubscriptionArn === PENDING) {
    return false;
  }
  const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  return Attributes?.PendingConfirmation !== 'true';
}

function withoutCredentials(endpoint: string): string {
  const url = asUrl(endpoint);
  return url === undefined ? endpoint : `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}

function asUrl(endpoint: string): URL | undefined {
  return /^https?:/i.test(endpoint) && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
}

/**
 * What CloudFormation in MiniStack 1.5.33 takes from a template and does not carry out, made up for through the APIs: it
 * makes buckets without encryption, Object Lock and lifecycle, and never asks HTTP subscribers to confirm.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import {
  ConfirmSubscriptionCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { encryptionConfiguration, lifecycleRules, objectLockConfiguration } from './bucket-configuration';
import type { DeployedStack } from './deployed-stack';
import type { LocalAws } from './local-aws';
import type { ConfirmSubscription, PageChannel, PageReceiver } from './page-receiver';

/**
 * Applies encryption, Object Lock and lifecycle of the stack's buckets as its template says. Replication is left out: see
 * `replication-stand-in.ts`.
 *
 * @returns number of buckets
 */
export async function configureBuckets(aws: LocalAws, stack: DeployedStack): Promise<number> {
  const s3 = aws.s3(stack.region);
  const buckets = stack.resources('AWS::S3::Bucket', [
    'BucketEncryption',
    'ObjectLockEnabled',
    'ObjectLockConfiguration',
    'LifecycleConfiguration',
  ]);
  for (const { physicalId: Bucket, properties } of buckets) {
    const { BucketEncryption, ObjectLockEnabled, ObjectLockConfiguration, LifecycleConfiguration } = properties;
    if (BucketEncryption !== undefined) {
      const ServerSideEncryptionConfiguration = encryptionConfiguration(BucketEncryption);
      await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    }
    if (ObjectLockEnabled === true) {
      const lock = objectLockConfiguration(ObjectLockConfiguration ?? { ObjectLockEnabled: 'Enabled' });
      await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: lock }));
    }
    if (LifecycleConfiguration !== undefined) {
      const Rules = lifecycleRules(LifecycleConfiguration);
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    }
  }
  return buckets.length;
}

/** Encrypts the stack's topics with their keys, as its template says. @returns number of topics */
export async function configureTopics(aws: LocalAws, stack: DeployedStack): Promise<number> {
  const sns = aws.sns(stack.region);
  const topics = stack.resources('AWS::SNS::Topic', ['KmsMasterKeyId']);
  for (const { physicalId: TopicArn, properties } of topics) {
    const AttributeValue = String(properties.KmsMasterKeyId);
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'KmsMasterKeyId', AttributeValue }));
  }
  return topics.length;
}

/**
 * Confirms subscriptions through the SNS API, in the Region of the topic. Pagers visit the `SubscribeURL` instead; in
 * MiniStack that URL finds topics of one Region only.
 */
export function confirmSubscription(aws: LocalAws): ConfirmSubscription {
  return async (TopicArn, Token) => {
    const region = TopicArn.split(':')[3] ?? '';
    await aws.sns(region).send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  };
}

/**
 * Subscribes the pager again through the SNS API, which asks it to confirm, and a mailbox to each topic that reaches people by email but no
 * pager, since MiniStack delivers no emails. Waits until all are confirmed.
 *
 * @returns ARNs of the topics that the pager is subscribed to now
 * @throws when a subscription is not confirmed within a minute
 */
export async function subscribeReceiver(
  aws: LocalAws,
  stack: DeployedStack,
  receiver: PageReceiver,
): Promise<string[]> {
  const sns = aws.sns(stack.region);
  const wanted: Record<PageChannel, Set<string>> = { pager: new Set(), email: new Set() };
  for (const subscription of stack.resources('AWS::SNS::Subscription', ['Protocol', 'Endpoint', 'TopicArn'])) {
    const { Protocol, Endpoint, TopicArn } = subscription.properties;
    if (typeof TopicArn !== 'string') continue;
    if (Protocol === 'email') wanted.email.add(TopicArn);
    if (Endpoint === receiver.url('pager')) {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription.physicalId }));
      wanted.pager.add(TopicArn);
    }
  }
  // Where there is a pager, the check of the routes would take a mailbox for one.
  for (const topicArn of wanted.pager) wanted.email.delete(topicArn);
  const subscriptions = (['pager', 'email'] as const).flatMap((channel) =>
    [...wanted[channel]].map((topicArn) => ({ channel, topicArn })),
  );
  for (const { channel, topicArn } of subscriptions) {
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: receiver.url(channel) }));
  }
  const waiting = () => subscriptions.filter(({ channel, topicArn }) => !receiver.isConfirmed(channel, topicArn));
  for (const deadline = Date.now() + CONFIRMED_WITHIN_MS; waiting().length > 0; await sleep(50)) {
    if (Date.now() > deadline) {
      const missing = waiting().map(({ channel, topicArn }) => `${channel} of ${topicArn}`);
      throw new Error(`Not all subscriptions were confirmed: ${missing.join(', ')}. ${receiver.problems.join(' ')}`);
    }
  }
  return [...wanted.pager];
}

const CONFIRMED_WITHIN_MS = 60_000;

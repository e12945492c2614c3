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
import { ConfirmSubscriptionCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { encryptionConfiguration, lifecycleRules, objectLockConfiguration } from './bucket-configuration';
import type { DeployedStack } from './deployed-stack';
import type { LocalAws } from './local-aws';
import type { ConfirmSubscription, PageReceiver } from './page-receiver';

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
 * Subscribes the pager again through the SNS API, which asks it to confirm, and waits until it has.
 *
 * @returns ARNs of the topics that it is subscribed to now
 * @throws when a subscription is not confirmed within a minute
 */
export async function resubscribePager(aws: LocalAws, stack: DeployedStack, receiver: PageReceiver): Promise<string[]> {
  const sns = aws.sns(stack.region);
  const topics: string[] = [];
  for (const subscription of stack.resources('AWS::SNS::Subscription', ['Protocol', 'Endpoint', 'TopicArn'])) {
    const { Protocol, Endpoint, TopicArn } = subscription.properties;
    if (typeof Protocol !== 'string' || typeof TopicArn !== 'string' || Endpoint !== receiver.url) continue;
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription.physicalId }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint: receiver.url }));
    topics.push(TopicArn);
  }
  for (const deadline = Date.now() + 60_000; topics.some((topic) => !receiver.confirmed.has(topic)); await sleep(50)) {
    if (Date.now() > deadline) {
      throw new Error(
        `The pager was not asked to confirm all its subscriptions (${topics.join(', ')}). ${receiver.problems.join(' ')}`,
      );
    }
  }
  return topics;
}

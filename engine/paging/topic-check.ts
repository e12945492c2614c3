import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { CheckedTopic, ExpectedReceivers } from '../contract/check-routes';
import { ALARM_SERVICE } from '../contract/paging';
import { errorName } from '../objects/store-error';
import { receiverFindings } from './receiver-findings';
import { notLookedUp, placeOfTopic, topicTitle } from './route-findings';
import { listSubscriptions } from './subscriptions';

/** Clients of the Region of a topic. */
export interface TopicClients {
  readonly sns: SNSClient;
  readonly kms: KMSClient;
}

/** What a look at a topic showed. */
export interface CheckedRoute {
  /** What stands between a page and a human. */
  readonly findings: readonly string[];
  /** Number of confirmed subscriptions. @default - not known */
  readonly receivers?: number;
}

/** Looks whether a topic is there, encrypted with its key, open to alarms, and heard by everybody who must hear it. */
export async function checkTopic(
  topic: CheckedTopic,
  expected: ExpectedReceivers,
  clients: TopicClients,
): Promise<CheckedRoute> {
  const attributes = await attributesOf(topic, clients.sns);
  if (typeof attributes === 'string') {
    return { findings: [attributes] };
  }
  const { KmsMasterKeyId, Policy } = attributes;
  const [encryption, heard] = await Promise.all([
    encryptionFindings(topic, KmsMasterKeyId, clients.kms),
    checkReceivers(topic, expected, clients.sns),
  ]);
  return { ...heard, findings: [...encryption, ...policyFindings(topic, Policy), ...heard.findings] };
}

/** Attributes of a topic, or the finding that there are none to be had. */
async function attributesOf(topic: CheckedTopic, sns: SNSClient): Promise<Readonly<Record<string, string>> | string> {
  const { region } = placeOfTopic(topic);
  try {
    return (await sns.send(new GetTopicAttributesCommand({ TopicArn: topic.arn }))).Attributes ?? {};
  } catch (error) {
    return /^NotFound/.test(errorName(error))
      ? `There is no topic ${topic.arn}, so nobody hears what is ${topic.severity} in ${region}. HINT: deploy the stack of ${region} again.`
      : notLookedUp(`how ${topicTitle(topic)} is set`, error, 'give the role of the function sns:GetTopicAttributes');
  }
}

async function encryptionFindings(topic: CheckedTopic, used: string | undefined, kms: KMSClient): Promise<string[]> {
  const named = capital(topicTitle(topic));
  const again = `deploy the stack of ${placeOfTopic(topic).region} again`;
  try {
    const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: topic.keyArn }));
    if (key?.KeyState !== 'Enabled') {
      return [
        `The key of ${topicTitle(topic)} (${topic.keyArn}) is in state ${key?.KeyState ?? 'unknown'}, must be Enabled: no page can be sent. HINT: cancel its deletion (kms:CancelKeyDeletion) and enable it (kms:EnableKey).`,
      ];
    }
    const names = [key.Arn, key.KeyId, topic.keyArn, topic.keyArn.split(':').at(-1)];
    return used !== undefined && names.includes(used)
      ? []
      : [
          `${named} is encrypted with ${used ?? 'no key'}, must be with ${topic.keyArn}: else whoever may read SNS reads the pages, or alarms cannot write them. HINT: ${again}.`,
        ];
  } catch (error) {
    return [
      notLookedUp(`which key ${topicTitle(topic)} has`, error, 'give the role of the function kms:DescribeKey on it'),
    ];
  }
}

/** A statement of a policy of IAM, as far as it is looked at. */
interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
  readonly Action?: string | readonly string[];
}

/** Without leave in the policy of the topic, CloudWatch raises an alarm and tells nobody. */
function policyFindings(topic: CheckedTopic, policy: string | undefined): string[] {
  const isOpen = statementsOf(policy).some(
    ({ Effect, Principal, Action }) =>
      Effect === 'Allow' &&
      [Action].flat().some((action) => /^sns:(publish|\*)$/i.test(action ?? '')) &&
      typeof Principal === 'object' &&
      [Principal.Service].flat().includes(ALARM_SERVICE),
  );
  return isOpen
    ? []
    : [
        `${capital(topicTitle(topic))} does not let ${ALARM_SERVICE} publish, so alarms reach nobody. HINT: deploy the stack of ${placeOfTopic(topic).region} again, which writes its policy.`,
      ];
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  try {
    const { Statement: statements = [] } = JSON.parse(policy ?? '{}') as { Statement?: Statement | Statement[] };
    return [statements].flat();
  } catch {
    return [];
  }
}

async function checkReceivers(topic: CheckedTopic, expected: ExpectedReceivers, sns: SNSClient): Promise<CheckedRoute> {
  try {
    const subscriptions = await listSubscriptions(sns, topic.arn);
    return {
      receivers: subscriptions.filter(({ confirmed }) => confirmed).length,
      findings: receiverFindings(topic, expected, subscriptions),
    };
  } catch (error) {
    return {
      findings: [
        notLookedUp(
          `who hears ${topicTitle(topic)}`,
          error,
          'give the role of the function sns:ListSubscriptionsByTopic and sns:GetSubscriptionAttributes',
        ),
      ],
    };
  }
}

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

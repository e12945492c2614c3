import { Match, Template } from 'aws-cdk-lib/assertions';
import { Paging, type PagingRoutes } from '../../../lib';
import { onlyResource, primaryStack, resources, statements } from '../deployment';

const SERVICES = [
  'backup.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'events.amazonaws.com',
  'events.rds.amazonaws.com',
  's3.amazonaws.com',
];
const ALL_ROUTES: PagingRoutes = {
  email: ['oncall@example.com', 'lead@example.com'],
  slack: { workspaceId: 'T0000000000', channelId: 'C0000000000' },
  pager: 'https://events.example.com/integration/cloudwatch',
};

describe('with the least that must be said', () => {
  const template = templateOf({});

  test('has a topic for each severity, under names that are known beforehand', () => {
    expect(resources(template, 'AWS::SNS::Topic').map(([, { Properties }]) => Properties.TopicName)).toEqual([
      'acme-critical',
      'acme-warning',
    ]);
  });

  test('encrypts the topics with a key of its own that rotates', () => {
    const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
    for (const [, topic] of resources(template, 'AWS::SNS::Topic')) {
      expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    }
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-paging' });
  });

  test('lets every service that raises alarms use the key, without a condition that EventBridge would fail', () => {
    const [, key] = onlyResource(template, 'AWS::KMS::Key');
    expect(statements(key, 'KeyPolicy')).toContainEqual({
      Sid: 'EncryptPages',
      Effect: 'Allow',
      Principal: { Service: SERVICES },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    });
  });

  test.each(['acme-critical', 'acme-warning'])('lets every service publish to %s, over TLS only', (topicName) => {
    const topicId = topicIdOf(template, topicName);
    const [, policy] =
      resources(template, 'AWS::SNS::TopicPolicy').find(([, { Properties }]) =>
        JSON.stringify(Properties.Topics).includes(topicId),
      ) ?? fail(topicName);
    expect(statements(policy)).toEqual([
      {
        Sid: 'AllowPublishThroughSSLOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topicId },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'PublishPages',
        Effect: 'Allow',
        Principal: { Service: SERVICES },
        Action: 'sns:Publish',
        Resource: { Ref: topicId },
      },
    ]);
  });

  test('tells nobody', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('with every route', () => {
  const template = templateOf(ALL_ROUTES);

  test('pages by email and pager', () => {
    expect(subscriptions(template, 'acme-critical')).toEqual([
      ['email', 'oncall@example.com'],
      ['email', 'lead@example.com'],
      ['https', 'https://events.example.com/integration/cloudwatch'],
    ]);
  });

  test('warns by email, and lets people sleep', () => {
    expect(subscriptions(template, 'acme-warning')).toEqual([
      ['email', 'oncall@example.com'],
      ['email', 'lead@example.com'],
    ]);
  });

  test('tells Slack of both severities', () => {
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      ConfigurationName: 'acme-paging',
      SlackWorkspaceId: 'T0000000000',
      SlackChannelId: 'C0000000000',
      SnsTopicArns: [{ Ref: topicIdOf(template, 'acme-critical') }, { Ref: topicIdOf(template, 'acme-warning') }],
    });
  });

  test('lets people in Slack read metrics and alarms, and do nothing', () => {
    const readOnly = Match.objectLike({
      'Fn::Join': ['', Match.arrayWith([':iam::aws:policy/CloudWatchReadOnlyAccess'])],
    });
    const [roleId] = onlyResource(template, 'AWS::IAM::Role');
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      GuardrailPolicies: [readOnly],
      IamRoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
    });
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: [readOnly], Policies: Match.absent() });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });
});

test('tells Slack of topics elsewhere too', () => {
  const elsewhere = 'arn:aws:sns:eu-central-1:111122223333:acme-critical';
  const template = templateOf(ALL_ROUTES, [elsewhere]);
  template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
    SnsTopicArns: [
      { Ref: topicIdOf(template, 'acme-critical') },
      { Ref: topicIdOf(template, 'acme-warning') },
      elsewhere,
    ],
  });
});

test('subscribes a pager of this machine over http', () => {
  expect(subscriptions(templateOf({ pager: 'http://127.0.0.1:8080/page' }), 'acme-critical')).toEqual([
    ['http', 'http://127.0.0.1:8080/page'],
  ]);
});

function templateOf(routes: PagingRoutes, otherTopicArns?: readonly string[]): Template {
  const stack = primaryStack();
  new Paging(stack, 'Paging', { prefix: 'acme', routes, ...(otherTopicArns && { otherTopicArns }) });
  return Template.fromStack(stack);
}

function topicIdOf(template: Template, topicName: string): string {
  const found = resources(template, 'AWS::SNS::Topic').find(([, { Properties }]) => Properties.TopicName === topicName);
  return found?.[0] ?? fail(topicName);
}

/** Protocol and endpoint of each subscription of a topic. */
function subscriptions(template: Template, topicName: string): unknown[] {
  const topicArn = JSON.stringify({ Ref: topicIdOf(template, topicName) });
  return resources(template, 'AWS::SNS::Subscription')
    .filter(([, { Properties }]) => JSON.stringify(Properties.TopicArn) === topicArn)
    .map(([, { Properties }]) => [Properties.Protocol, Properties.Endpoint]);
}

function fail(topicName: string): never {
  throw new Error(`no topic ${topicName}`);
}

import { aws_events as events } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventReader } from '../../../lib/functions/event-reader';
import { onlyResource, recoveryStack, resources, statements } from '../deployment';

const template = readerIn(['First', 'Second']);
const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
const queueArn = { 'Fn::GetAtt': [queueId, 'Arn'] };

test('without rules there is the function, and the queue of what it failed on', () => {
  const alone = readerIn([]);
  alone.resourceCountIs('AWS::Events::Rule', 0);
  alone.resourceCountIs('AWS::Lambda::Function', 1);
  alone.resourceCountIs('AWS::SQS::Queue', 1);
});

test('the function has a role of its own beside that of the other Region', () => {
  template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-example', Description: 'Reads' });
  template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-example-eu-central-1' });
});

test('each rule calls the function with what it is to read, and keeps what does not reach it', () => {
  const rules = resources(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  expect(rules).toHaveLength(2);
  for (const rule of rules) {
    expect(rule).toMatchObject({
      EventPattern: { source: ['aws.example'] },
      Targets: [
        {
          DeadLetterConfig: { Arn: queueArn },
          RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
          InputTransformer: {
            InputPathsMap: { region: '$.region' },
            InputTemplate: '{"prefix":"acme","where":<region>}',
          },
        },
      ],
    });
  }
});

test('keeps events that the function failed on, for two weeks', () => {
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    DestinationConfig: { OnFailure: { Destination: queueArn } },
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 3600,
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'acme-example-dead-letters',
    MessageRetentionPeriod: 14 * 24 * 3600,
    SqsManagedSseEnabled: true,
  });
});

test('lets the rules call the function, and write into the queue', () => {
  template.resourceCountIs('AWS::Lambda::Permission', 2);
  const [, policy] = onlyResource(template, 'AWS::SQS::QueuePolicy');
  const sends = statements(policy).filter(({ Action }) => Action === 'sqs:SendMessage');
  expect(sends).toHaveLength(2);
  for (const send of sends) {
    expect(send).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': expect.anything() } },
    });
  }
});

function readerIn(rules: readonly string[]): Template {
  const stack = recoveryStack();
  const reader = new EventReader(stack, 'Reader', {
    name: 'acme-example',
    bundle: 'deletion-attempts',
    description: 'Reads',
  });
  for (const rule of rules) {
    reader.read(rule, { source: ['aws.example'] }, { prefix: 'acme', where: events.EventField.region });
  }
  return Template.fromStack(stack);
}

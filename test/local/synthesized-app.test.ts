import { isUnknownToEmulator, without } from '../../local/synthesized-app';

const TEMPLATE = {
  Description: 'kept',
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic' },
    Slack: { Type: 'AWS::Chatbot::SlackChannelConfiguration', Properties: { SnsTopicArns: [{ Ref: 'Topic' }] } },
  },
};

test('takes resources of the given types out, and nothing else', () => {
  const { template } = without(TEMPLATE, isUnknownToEmulator);
  expect(template).toEqual({ Description: 'kept', Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
});

test('names what was taken out', () => {
  const { leftOut } = without(TEMPLATE, isUnknownToEmulator);
  expect(leftOut).toEqual([{ logicalId: 'Slack', type: 'AWS::Chatbot::SlackChannelConfiguration' }]);
});

test('refuses to take out what another part of the template refers to', () => {
  expect(() => without(TEMPLATE, ({ Type }) => Type === 'AWS::SNS::Topic')).toThrow(
    'Topic (AWS::SNS::Topic) cannot be left out: another part of the template refers to it.',
  );
});

test('what stays no longer waits for what was taken out', () => {
  const { template } = without(
    {
      Resources: {
        Gone: { Type: 'AWS::Backup::BackupSelection' },
        Waits: { Type: 'AWS::SNS::Topic', DependsOn: ['Gone', 'Kept'] },
        Waited: { Type: 'AWS::SNS::Topic', DependsOn: 'Gone' },
        Kept: { Type: 'AWS::SNS::Topic' },
      },
    },
    isUnknownToEmulator,
  );
  expect(template.Resources).toEqual({
    Waits: { Type: 'AWS::SNS::Topic', DependsOn: ['Kept'] },
    Waited: { Type: 'AWS::SNS::Topic' },
    Kept: { Type: 'AWS::SNS::Topic' },
  });
});

test('takes out alarms that compute with several metrics, and keeps those of one', () => {
  const Type = 'AWS::CloudWatch::Alarm';
  expect(isUnknownToEmulator({ Type, Properties: { Metrics: [{ Expression: 'a + b' }] } })).toBe(true);
  expect(isUnknownToEmulator({ Type, Properties: { MetricName: 'errors' } })).toBe(false);
  expect(isUnknownToEmulator({ Type })).toBe(false);
});

import { withoutTypes } from '../../local/synthesized-app';

const TEMPLATE = {
  Description: 'kept',
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic' },
    Slack: { Type: 'AWS::Chatbot::SlackChannelConfiguration', Properties: { SnsTopicArns: [{ Ref: 'Topic' }] } },
  },
};

test('takes resources of the given types out, and nothing else', () => {
  const { template } = withoutTypes(TEMPLATE, ['AWS::Chatbot::SlackChannelConfiguration']);
  expect(template).toEqual({ Description: 'kept', Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
});

test('names what was taken out', () => {
  const { leftOut } = withoutTypes(TEMPLATE, ['AWS::Chatbot::SlackChannelConfiguration']);
  expect(leftOut).toEqual([{ logicalId: 'Slack', type: 'AWS::Chatbot::SlackChannelConfiguration' }]);
});

test('refuses to take out what another part of the template refers to', () => {
  expect(() => withoutTypes(TEMPLATE, ['AWS::SNS::Topic'])).toThrow(
    'Topic (AWS::SNS::Topic) cannot be left out: another part of the template refers to it.',
  );
});

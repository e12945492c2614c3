import type { SlackChannelConfiguration, SlackWorkspace } from '../../../engine/paging/chat-applications';
import { slackFindings } from '../../../engine/paging/slack-check';
import { CRITICAL, SLACK, WARNING } from './fake-routes';

const WORKSPACE: SlackWorkspace = { SlackTeamId: SLACK.workspaceId, State: 'ENABLED' };
const CHANNEL: SlackChannelConfiguration = {
  SlackTeamId: SLACK.workspaceId,
  SlackChannelId: SLACK.channelId,
  SnsTopicArns: [WARNING.arn, CRITICAL.arn],
  GuardrailPolicyArns: ['arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess'],
  State: 'ENABLED',
};

const find = (workspaces: readonly SlackWorkspace[], channels: readonly SlackChannelConfiguration[]) =>
  slackFindings({ slackWorkspaces: async () => [...workspaces], slackChannels: async () => [...channels] }, SLACK, [
    CRITICAL.arn,
    WARNING.arn,
  ]);

test('has nothing to say of a channel that is in order, among others', async () => {
  const others = { ...CHANNEL, SlackChannelId: 'C1', GuardrailPolicyArns: [] };
  expect(await find([{ SlackTeamId: 'T1' }, WORKSPACE], [others, CHANNEL])).toEqual([]);
});

test('finds a workspace that nobody has authorised', async () => {
  expect(await find([{ SlackTeamId: 'T1' }], [CHANNEL])).toEqual([
    expect.stringMatching(/^The Slack workspace T0000000000 is not authorised, .* HINT: authorise it once/),
  ]);
});

test('finds that the channel is configured for another workspace, or not at all', async () => {
  const missing = [
    'The Slack channel C0000000000 is not configured, so no page reaches it. HINT: deploy the primary stack again.',
  ];
  expect(await find([WORKSPACE], [{ ...CHANNEL, SlackTeamId: 'T1' }])).toEqual(missing);
  expect(await find([WORKSPACE], [])).toEqual(missing);
});

test.each([
  ['AdministratorAccess, since none is set', undefined],
  ['AdministratorAccess, since none is set', []],
  [
    'arn:aws:iam::aws:policy/PowerUserAccess',
    ['arn:aws:iam::aws:policy/PowerUserAccess', ...(CHANNEL.GuardrailPolicyArns ?? [])],
  ],
])('finds the guardrail %s', async (named, GuardrailPolicyArns) => {
  const { GuardrailPolicyArns: _, ...unguarded } = CHANNEL;
  const channel = GuardrailPolicyArns === undefined ? unguarded : { ...CHANNEL, GuardrailPolicyArns };
  expect(await find([WORKSPACE], [channel])).toEqual([
    expect.stringContaining(`has the guardrail ${named}, must be CloudWatchReadOnlyAccess`),
  ]);
});

test('finds a topic that the channel does not hear', async () => {
  expect(await find([WORKSPACE], [{ ...CHANNEL, SnsTopicArns: [CRITICAL.arn] }])).toEqual([
    expect.stringContaining(`does not hear the topic ${WARNING.arn}`),
  ]);
});

test('finds what an organisation has disabled', async () => {
  const disabled = { State: 'DISABLED', StateReason: 'by policy' };
  expect(await find([{ ...WORKSPACE, ...disabled }], [{ ...CHANNEL, State: 'DISABLED' }])).toEqual([
    expect.stringMatching(/^The Slack workspace T0000000000 is disabled \(by policy\), so no page reaches it/),
    expect.stringMatching(/^The Slack channel C0000000000 is disabled, so no page reaches it/),
  ]);
});

test('takes it for a finding that it cannot look', async () => {
  const refused = async () => {
    throw new Error('describe-slack-workspaces was refused: AccessDeniedException');
  };
  expect(await slackFindings({ slackWorkspaces: refused, slackChannels: async () => [] }, SLACK, [])).toEqual([
    expect.stringMatching(
      /^It could not be looked up how Slack is connected \(describe-slack-workspaces was refused: AccessDeniedException\), so nobody knows\. HINT: give .*chatbot:DescribeSlackWorkspaces/,
    ),
  ]);
});

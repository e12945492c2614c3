import type { SlackPlace } from '../contract/check-routes';
import { SLACK_GUARDRAIL } from '../contract/paging';
import type { ChatApplications, SlackChannelConfiguration } from './chat-applications';
import { notLookedUp } from './route-findings';

/**
 * What keeps pages from a Slack channel, or lets people do more from it than look: the workspace, and how the channel is configured.
 *
 * @param topicArns topics that the channel must hear.
 */
export async function slackFindings(
  chat: Pick<ChatApplications, 'slackWorkspaces' | 'slackChannels'>,
  slack: SlackPlace,
  topicArns: readonly string[],
): Promise<string[]> {
  try {
    const [workspaces, channels] = await Promise.all([chat.slackWorkspaces(), chat.slackChannels()]);
    const workspace = workspaces.find(({ SlackTeamId: id }) => id === slack.workspaceId);
    const channel = channels.find(
      ({ SlackTeamId: team, SlackChannelId: id }) => team === slack.workspaceId && id === slack.channelId,
    );
    const named = `The Slack workspace ${slack.workspaceId}`;
    return [
      ...(workspace === undefined
        ? [
            `${named} is not authorised, so no page reaches it. HINT: authorise it once in the console of Amazon Q Developer in chat applications, and deploy again.`,
          ]
        : disabled(named, workspace)),
      ...channelFindings(channel, slack, topicArns),
    ];
  } catch (error) {
    return [
      notLookedUp(
        'how Slack is connected',
        error,
        'give the role of the function chatbot:DescribeSlackWorkspaces and chatbot:DescribeSlackChannelConfigurations',
      ),
    ];
  }
}

function channelFindings(
  channel: SlackChannelConfiguration | undefined,
  { channelId }: SlackPlace,
  topicArns: readonly string[],
): string[] {
  const named = `The Slack channel ${channelId}`;
  if (channel === undefined) {
    return [`${named} is not configured, so no page reaches it. HINT: deploy the primary stack again.`];
  }
  const unheard = topicArns.filter((arn) => !channel.SnsTopicArns.includes(arn));
  const others = (channel.GuardrailPolicyArns ?? []).filter((arn) => !arn.endsWith(`:policy/${SLACK_GUARDRAIL}`));
  const isBounded = others.length === 0 && (channel.GuardrailPolicyArns ?? []).length > 0;
  return [
    ...disabled(named, channel),
    ...unheard.map(
      (arn) =>
        `${named} does not hear the topic ${arn}. HINT: deploy the primary stack again, which subscribes it to all topics.`,
    ),
    ...(isBounded
      ? []
      : [
          `${named} has the guardrail ${others.join(', ') || 'AdministratorAccess, since none is set'}, must be ${SLACK_GUARDRAIL}: people could change the account from there. HINT: deploy the primary stack again.`,
        ]),
  ];
}

/** An organisation may switch chat applications off. */
function disabled(named: string, { State, StateReason }: { State?: string; StateReason?: string }): string[] {
  return State === 'DISABLED'
    ? [
        `${named} is disabled${StateReason === undefined ? '' : ` (${StateReason})`}, so no page reaches it. HINT: see the chat applications policy of the organisation.`,
      ]
    : [];
}

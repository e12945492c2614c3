import type { PagingTopic } from './topics';

/** Names under which SNS and the SDK report a failure, and what helps. */
const HINTS: readonly (readonly [pattern: RegExp, hint: (topic: PagingTopic) => string])[] = [
  [
    /^(AuthorizationError|AccessDenied)/,
    ({ account, region }) =>
      `use credentials of account ${account} that may sns:Publish, sns:ListSubscriptionsByTopic and ` +
      `sns:GetSubscriptionAttributes in ${region}; a recovery Region in a second account needs a run of its own.`,
  ],
  [/^NotFound/, ({ region }) => `deploy the stack of ${region} first, or correct \`prefix\` in the configuration.`],
  [
    /^(CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidToken|SignatureDoesNotMatch)/,
    ({ account }) => `sign in to account ${account}, for example with \`aws sso login\` and AWS_PROFILE.`,
  ],
  [/^KMS/, () => "the topic's key must allow the caller kms:GenerateDataKey* and kms:Decrypt."],
];
const UNREACHABLE = ({ region }: PagingTopic): string =>
  `check that this machine reaches SNS in ${region}, and AWS_ENDPOINT_URL if it is set.`;

/** One line about why a call for a topic failed, with a HINT. */
export function describeFailure(error: unknown, topic: PagingTopic): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const hint = HINTS.find(([pattern]) => pattern.test(name))?.[1] ?? UNREACHABLE;
  const text = [name, message].filter((part) => part !== '' && part !== 'Error').join(': ');
  return `${text.replace(/\s+/g, ' ')} HINT: ${hint(topic)}`;
}

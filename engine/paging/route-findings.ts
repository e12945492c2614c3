import type { CheckedTopic } from '../contract/check-routes';
import { errorName } from '../objects/store-error';

/** Characters of a service's message that are told. */
const MOST_MESSAGE_CHARACTERS = 200;

/**
 * What cannot be looked up is a finding: silence must not pass for good news.
 *
 * @param what could not be looked up: `how Slack is connected`.
 * @param hint what helps, as far as permissions go; an error of Holdfast carries its own.
 */
export function notLookedUp(what: string, error: unknown, hint: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes(' HINT: ')) {
    return `It could not be looked up ${what}, so nobody knows. ${message}`;
  }
  const why = `${errorName(error)}: ${message.slice(0, MOST_MESSAGE_CHARACTERS)}`.replace(/^Error: /, '');
  return `It could not be looked up ${what} (${why}), so nobody knows. HINT: ${hint}, or see whether the service is disturbed.`;
}

/** A topic as findings call it. */
export const topicTitle = (topic: CheckedTopic): string =>
  `the ${topic.severity} topic in ${placeOfTopic(topic).region}`;

/** Where a topic is, and its name: the parts of its ARN. */
export function placeOfTopic({ arn }: Pick<CheckedTopic, 'arn'>): { region: string; account: string; name: string } {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return { region, account, name };
}

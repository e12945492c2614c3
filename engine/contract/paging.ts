/** How loud an alarm is; decides the route. */
export const Severity = {
  /** Email, Slack and pager. */
  CRITICAL: 'critical',
  /** Email and Slack. */
  WARNING: 'warning',
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** All severities, loudest first. */
export const SEVERITIES: readonly Severity[] = [Severity.CRITICAL, Severity.WARNING];

/** Name of the topic of a severity; the same in each Region. */
export const topicName = (prefix: string, severity: Severity): string => `${prefix}-${severity}`;

/** A way a page goes out; also the name of the field of the configuration that says where to. */
export type Channel = 'email' | 'slack' | 'pager';

/** Which channels hear of a severity: the one place that says so. */
export const CHANNELS: Readonly<Record<Severity, readonly Channel[]>> = {
  [Severity.CRITICAL]: ['email', 'slack', 'pager'],
  [Severity.WARNING]: ['email', 'slack'],
};

/** Alias of the key that encrypts the topics; the same in each Region. */
export const pagingKeyAlias = (prefix: string): string => `alias/${prefix}-paging`;

/** Name of the policy of AWS that bounds what people may do from the Slack channel: without one, AWS lets them do anything. */
export const SLACK_GUARDRAIL = 'CloudWatchReadOnlyAccess';

/** Service that raises alarms, and publishes to the topics for them. */
export const ALARM_SERVICE = 'cloudwatch.amazonaws.com';

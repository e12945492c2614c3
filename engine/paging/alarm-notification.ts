import { HEARTBEAT, ROUTES_RUNBOOK } from '../contract/check-routes';
import { METRIC_NAMESPACE } from '../contract/signals';
import type { PagingTopic } from './topics';

/** What SNS is given to publish. */
export interface Notification {
  readonly Subject: string;
  readonly Message: string;
}

/** The topic that a notification goes along. */
type Route = Pick<PagingTopic, 'severity' | 'region' | 'account' | 'arn'>;

/** A test page: an alarm that has gone to ALARM, so that it pages. */
export function testNotification(route: Route, now: Date): Notification {
  return alarmNotification(route, now, {
    name: 'testPage',
    description:
      `This is a test page of severity ${route.severity}, sent by an operator with \`holdfast page --test\`. ` +
      'Nothing is wrong. If it reached you, the route works: acknowledge it and resolve it by hand.',
    reason: 'An operator asked for a test page.',
    states: { from: 'OK', to: 'ALARM' },
  });
}

/** A heartbeat: an alarm that has gone back to OK, so that it wakes nobody. PagerDuty opens no incident for it: see `docs/decisions/heartbeat.md`. */
export function heartbeatNotification(route: Route, now: Date): Notification {
  return alarmNotification(route, now, {
    name: 'heartbeat',
    description:
      `This is the heartbeat of the ${route.severity} pages of ${route.region}. Nothing is wrong and nothing is to be done. ` +
      `It comes ${HEARTBEAT.when}; when it stays away, pages do not arrive either. Runbook: ${ROUTES_RUNBOOK}`,
    reason: 'The weekly heartbeat was sent along the route of pages.',
    states: { from: 'INSUFFICIENT_DATA', to: 'OK' },
  });
}

interface Told {
  /** Last part of the alarm's name, and name of its metric. */
  readonly name: string;
  readonly description: string;
  readonly reason: string;
  readonly states: { readonly from: string; readonly to: 'ALARM' | 'OK' };
}

/**
 * A message in the form of a CloudWatch alarm that has changed its state, which is what pagers and Slack are set up to read.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
function alarmNotification({ region, account, arn }: Route, now: Date, told: Told): Notification {
  const { name, description, reason, states } = told;
  const alarmName = `${arn.slice(arn.lastIndexOf(':') + 1)}-${name}`;
  const alarm = {
    AlarmName: alarmName,
    AlarmDescription: description,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: timestamp(now),
    NewStateValue: states.to,
    NewStateReason: reason,
    StateChangeTime: timestamp(now),
    Region: region,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`,
    OldStateValue: states.from,
    OKActions: states.to === 'OK' ? [arn] : [],
    AlarmActions: states.to === 'ALARM' ? [arn] : [],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: name,
      Namespace: METRIC_NAMESPACE,
      StatisticType: 'Statistic',
      Statistic: 'MAXIMUM',
      Unit: null,
      Dimensions: [],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      EvaluateLowSampleCountPercentile: '',
    },
  };
  return { Subject: `${states.to}: "${alarmName}" in ${region}`, Message: JSON.stringify(alarm) };
}

/** CloudWatch writes `+0000` where ISO 8601 has `Z`. */
const timestamp = (moment: Date): string => moment.toISOString().replace('Z', '+0000');

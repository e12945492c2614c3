import { METRIC_NAMESPACE } from '../contract/signals';
import type { PagingTopic } from './topics';

/**
 * A test page in the form of a CloudWatch alarm that has gone to ALARM, which is what pagers and Slack are set up to read.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmNotification(topic: PagingTopic, now: Date): { Subject: string; Message: string } {
  const { severity, region, account, arn } = topic;
  const alarmName = `${arn.slice(arn.lastIndexOf(':') + 1)}-testPage`;
  const alarm = {
    AlarmName: alarmName,
    AlarmDescription:
      `This is a test page of severity ${severity}, sent by an operator with \`holdfast page --test\`. ` +
      'Nothing is wrong. If it reached you, the route works: acknowledge it and resolve it by hand.',
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: timestamp(now),
    NewStateValue: 'ALARM',
    NewStateReason: 'An operator asked for a test page.',
    StateChangeTime: timestamp(now),
    Region: region,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`,
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: [arn],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'testPage',
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
  return { Subject: `ALARM: "${alarmName}" in ${region}`, Message: JSON.stringify(alarm) };
}

/** CloudWatch writes `+0000` where ISO 8601 has `Z`. */
const timestamp = (moment: Date): string => moment.toISOString().replace('Z', '+0000');

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { onlyResource, type Resource, resources } from '../deployment';
import { alarmNamed, topicOf } from '../pages';
import { templateOf } from './dumps';

const template = templateOf();
const DIMENSIONS = [
  { Name: 'Resource', Value: 'orders' },
  { Name: 'System', Value: 'database' },
];

test('are these, and each goes its route with its return to OK', () => {
  const routes = resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
    Properties.AlarmName,
    topicOf(template, String(Properties.AlarmName)),
  ]);
  expect(routes).toEqual([
    ['acme-orders-backupFailed', 'acme-critical'],
    ['acme-orders-runFailed', 'acme-critical'],
    ['acme-orders-backupAge', 'acme-critical'],
    ['acme-orders-notStarted', 'acme-critical'],
    ['acme-orders-replicationFailed', 'acme-warning'],
    ['acme-orders-durationDrift', 'acme-warning'],
  ]);
});

test('say what they mean, what to do first, and which runbook there is', () => {
  for (const [, { Properties }] of resources(template, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmDescription).toMatch(
      /^orders: .+\. First: .+\. Runbook: docs\/runbooks\/\S+ Dashboard: https:\S+$/,
    );
    const [runbook = ''] = /docs\/runbooks\/\S+/.exec(String(Properties.AlarmDescription)) ?? [];
    expect(existsSync(resolve(__dirname, '../../..', runbook))).toBe(true);
  }
});

test('page when a dump has failed', () => {
  expect(alarm('backupFailed').Properties).toMatchObject({
    Namespace: 'Holdfast',
    MetricName: 'errors',
    Dimensions: DIMENSIONS,
    Statistic: 'Sum',
    Period: 300,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('page when the state machine failed, timed out or was stopped, each counting where others are silent', () => {
  const [stateMachineId] = onlyResource(template, 'AWS::StepFunctions::StateMachine');
  const [sum, ...metrics] = alarm('runFailed').Properties.Metrics as [Metric, ...Metric[]];
  expect(sum.Expression).toBe('FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)');
  expect(metrics.map(({ Id, MetricStat }) => [Id, MetricStat?.Metric.MetricName, MetricStat?.Stat])).toEqual([
    ['failed', 'ExecutionsFailed', 'Sum'],
    ['timedOut', 'ExecutionsTimedOut', 'Sum'],
    ['aborted', 'ExecutionsAborted', 'Sum'],
  ]);
  for (const { MetricStat } of metrics) {
    expect(MetricStat?.Metric).toMatchObject({
      Namespace: 'AWS/States',
      Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: stateMachineId } }],
    });
  }
  expect(alarm('runFailed').Properties).toMatchObject({ Threshold: 1, EvaluationPeriods: 1 });
});

test('page after 26 hours without a backup, silence included', () => {
  const { Properties } = alarm('backupAge');
  const [filled, success] = Properties.Metrics as [Metric, Metric];
  expect(filled.Expression).toBe('FILL(success, 0)');
  expect(success.MetricStat).toMatchObject({
    Metric: { Namespace: 'Holdfast', MetricName: 'success', Dimensions: DIMENSIONS },
    Period: 3600,
    Stat: 'Sum',
  });
  expect(Properties).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 26,
    TreatMissingData: 'breaching',
  });
});

test('page when a run could not be started', () => {
  const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
  expect(alarm('notStarted').Properties).toMatchObject({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queueId, 'QueueName'] } }],
    Threshold: 1,
  });
});

test('warn when a copy in the recovery Region failed for good', () => {
  const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');
  expect(alarm('replicationFailed').Properties).toMatchObject({
    Namespace: 'AWS/S3',
    MetricName: 'OperationsFailedReplication',
    Dimensions: [
      { Name: 'DestinationBucket', Value: 'acme-orders-replica-111122223333-eu-central-1' },
      { Name: 'RuleId', Value: 'holdfast-orders' },
      { Name: 'SourceBucket', Value: { Ref: bucketId } },
    ],
    Statistic: 'Sum',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('warn when a backup takes longer than the last weeks make expected', () => {
  const { Properties } = alarm('durationDrift');
  const [band, duration] = Properties.Metrics as [Metric, Metric];
  expect(band.Expression).toBe(`ANOMALY_DETECTION_BAND(${duration.Id}, 3)`);
  expect(duration.MetricStat).toMatchObject({
    Metric: { Namespace: 'Holdfast', MetricName: 'duration', Dimensions: DIMENSIONS },
    Period: 86_400,
    Stat: 'Maximum',
  });
  expect(Properties).toMatchObject({
    ThresholdMetricId: band.Id,
    ComparisonOperator: 'GreaterThanUpperThreshold',
    TreatMissingData: 'notBreaching',
  });
});

interface Metric {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: unknown };
    readonly Period: number;
    readonly Stat: string;
  };
}

const alarm = (name: string): Resource => alarmNamed(template, `acme-orders-${name}`);

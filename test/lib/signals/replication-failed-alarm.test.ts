import { Template } from 'aws-cdk-lib/assertions';
import { Paging } from '../../../lib/paging/paging';
import { replicationFailedAlarm, replicationLatencyAlarm } from '../../../lib/signals/replication-failed-alarm';
import { primaryStack } from '../deployment';
import { alarmNamed, topicOf } from '../pages';

const stack = primaryStack();
const props = {
  paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
  resource: 'documents',
  sourceBucketName: 'source',
  replicaBucketName: 'replica',
};
replicationFailedAlarm(stack, 'Failed', props);
replicationLatencyAlarm(stack, 'Latency', props);
const template = Template.fromStack(stack);
const DIMENSIONS = [
  { Name: 'DestinationBucket', Value: 'replica' },
  { Name: 'RuleId', Value: 'holdfast-documents' },
  { Name: 'SourceBucket', Value: 'source' },
];

test('a copy that S3 gave up warns', () => {
  expect(alarmNamed(template, 'acme-documents-replicationFailed').Properties).toMatchObject({
    Namespace: 'AWS/S3',
    MetricName: 'OperationsFailedReplication',
    Dimensions: DIMENSIONS,
    Statistic: 'Sum',
    Period: 300,
    Threshold: 1,
    TreatMissingData: 'notBreaching',
  });
  expect(topicOf(template, 'acme-documents-replicationFailed')).toBe('acme-warning');
});

test('a copy that takes more than 1800 seconds warns', () => {
  expect(alarmNamed(template, 'acme-documents-replicationLatency').Properties).toMatchObject({
    Namespace: 'AWS/S3',
    MetricName: 'ReplicationLatency',
    Dimensions: DIMENSIONS,
    Statistic: 'Maximum',
    Period: 300,
    Threshold: 1800,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  expect(topicOf(template, 'acme-documents-replicationLatency')).toBe('acme-warning');
});

import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type AlarmRule, alarmRule } from '../../engine/contract/alarms';
import { replicationRuleId } from '../../engine/contract/bucket-replication';
import { System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import { ruledAlarm } from './ruled-alarm';

/** A bucket and its replica. */
export interface ReplicationAlarmProps {
  readonly paging: Paging;
  /** Name of the protected resource. */
  readonly resource: string;
  readonly sourceBucketName: string;
  readonly replicaBucketName: string;
}

/** Warns when S3 gave up copying objects; which it tells in the Region of the source. */
export function replicationFailedAlarm(scope: Construct, id: string, props: ReplicationAlarmProps): void {
  replicationAlarm(scope, id, props, alarmRule(System.STORAGE, 'replicationFailed', 'resource'));
}

/** Warns when a copy takes too long; which S3 tells in the Region of the replica. */
export function replicationLatencyAlarm(scope: Construct, id: string, props: ReplicationAlarmProps): void {
  replicationAlarm(scope, id, props, alarmRule(System.STORAGE, 'replicationLatency', 'resource'));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html */
function replicationAlarm(
  scope: Construct,
  id: string,
  { paging, resource, sourceBucketName, replicaBucketName }: ReplicationAlarmProps,
  rule: AlarmRule,
): void {
  const { namespace = '', metrics, statistic, periodSeconds } = rule.condition;
  const metric = new cloudwatch.Metric({
    namespace,
    metricName: metrics.join(),
    dimensionsMap: {
      SourceBucket: sourceBucketName,
      DestinationBucket: replicaBucketName,
      RuleId: replicationRuleId(resource),
    },
    statistic,
    period: Duration.seconds(periodSeconds),
  });
  ruledAlarm(scope, id, { paging, rule, resource, metric });
}

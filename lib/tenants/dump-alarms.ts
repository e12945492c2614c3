import {
  aws_cloudwatch as cloudwatch,
  Duration,
  type aws_s3 as s3,
  type aws_stepfunctions as sfn,
  type aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AlarmRule, alarmRule, thresholdOf } from '../../engine/contract/alarms';
import { System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import type { RecoveryRegion } from '../platform/recovery-region';
import { queueAlarm } from '../signals/queue-alarm';
import { replicationFailedAlarm } from '../signals/replication-failed-alarm';
import { constructId, type RuledAlarmProps, ruledAlarm, ruledMetric, sumOf } from '../signals/ruled-alarm';

/** Properties of {@link DumpAlarms}. */
export interface DumpAlarmsProps {
  readonly recovery: RecoveryRegion;
  /** Name of the protected database. */
  readonly resource: string;
  /** Where the dumps are. */
  readonly bucket: s3.IBucket;
  readonly stateMachine: sfn.IStateMachine;
  /** Runs that never began. */
  readonly deadLetters: sqs.IQueue;
  readonly paging: Paging;
}

/** What pages or warns when a database is not backed up as it should be. */
export class DumpAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DumpAlarmsProps,
  ) {
    super(scope, id);
    const { recovery, resource, bucket, paging } = props;
    this.alarm(ruleOf('backupFailed'));
    this.runFailed();
    this.backupAge();
    queueAlarm(this, 'NotStarted', { paging, rule: ruleOf('notStarted'), resource, queue: props.deadLetters });
    replicationFailedAlarm(this, 'ReplicationFailed', {
      paging,
      resource,
      sourceBucketName: bucket.bucketName,
      replicaBucketName: recovery.replicaBucketName(this, resource),
    });
    this.alarm(ruleOf('durationDrift'));
  }

  private runFailed(): void {
    const { stateMachine } = this.props;
    const rule = ruleOf('runFailed');
    const period = periodOf(rule);
    const runs = {
      failed: stateMachine.metricFailed({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
      aborted: stateMachine.metricAborted({ period }),
    };
    this.alarm(rule, { metric: sumOf(runs, 'Runs without a backup', period) });
  }

  /**
   * Goes off at the first deployment too, and rightly: nothing is backed up yet, and an alarm that waited for a first success
   * would never miss it. Each hour without a success counts as zero, so that the alarm goes off after exactly these hours: without FILL,
   * CloudWatch would look further back than that for a value before it takes silence for one.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  private backupAge(): void {
    const { paging, resource } = this.props;
    const rule = ruleOf('backupAge');
    const period = periodOf(rule);
    const limitSeconds = thresholdOf(rule, paging.objectives);
    if (limitSeconds === undefined) {
      return;
    }
    const metric = new cloudwatch.MathExpression({
      expression: 'FILL(success, 0)',
      label: 'Backups within the hour',
      usingMetrics: { success: ruledMetric(rule, resource) },
      period,
    });
    const evaluationPeriods = Math.ceil(limitSeconds / period.toSeconds());
    this.alarm(rule, { metric, limitSeconds, evaluationPeriods, threshold: 1 });
  }

  private alarm(rule: AlarmRule, condition: Partial<RuledAlarmProps> = {}): void {
    const { paging, resource } = this.props;
    ruledAlarm(this, constructId(rule), { paging, rule, resource, ...condition });
  }
}

const ruleOf = (name: string): AlarmRule => alarmRule(System.TENANTS, name, 'resource');

const periodOf = ({ condition }: AlarmRule): Duration => Duration.seconds(condition.periodSeconds);

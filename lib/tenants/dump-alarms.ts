import {
  aws_cloudwatch as cloudwatch,
  Duration,
  type aws_s3 as s3,
  type aws_stepfunctions as sfn,
  type aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { replicationRuleId } from '../../engine/contract/bucket-replication';
import { Severity } from '../../engine/contract/paging';
import { Dimension, METRIC_NAMESPACE, Metric, System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import type { RecoveryRegion } from '../platform/recovery-region';

/** Hours without a backup after which it pages: a day, the window of the schedule, and a run of normal length. */
const OLDEST_BACKUP_HOURS = 26;

/** Standard deviations that the duration of a backup may lie above what the last two weeks make expected. */
const DURATION_DEVIATIONS = 3;

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
    this.backupFailed();
    this.runFailed();
    this.backupAge();
    this.deadLetters();
    this.replicationFailed();
    this.durationDrift();
  }

  private backupFailed(): void {
    this.alarm('backupFailed', Severity.CRITICAL, {
      meaning: 'A dump has failed and no manifest was written. The state machine tries once more as a whole.',
      first: 'read the newest lines in the log group of the dump: the error ends with a HINT.',
      metric: this.metric(Metric.ERRORS, cloudwatch.Stats.SUM, Duration.minutes(5)),
    });
  }

  private runFailed(): void {
    const { stateMachine } = this.props;
    const period = Duration.minutes(5);
    this.alarm('runFailed', Severity.CRITICAL, {
      meaning:
        'The state machine of the dump failed both times, was stopped, or ran into its timeout: no backup today.',
      first: 'open its newest execution and the log of the task that it names.',
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
        label: 'Runs without a backup',
        usingMetrics: {
          failed: stateMachine.metricFailed({ period }),
          timedOut: stateMachine.metricTimedOut({ period }),
          aborted: stateMachine.metricAborted({ period }),
        },
        period,
      }),
    });
  }

  /**
   * Goes off at the first deployment too, and rightly: nothing is backed up yet, and an alarm that waited for a first success
   * would never miss it. Each hour without a success counts as zero, so that the alarm goes off after exactly these hours: without FILL,
   * CloudWatch would look further back than that for a value before it takes silence for one.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  private backupAge(): void {
    const period = Duration.hours(1);
    this.alarm('backupAge', Severity.CRITICAL, {
      meaning: `There is no backup that is younger than ${OLDEST_BACKUP_HOURS} hours. Right after the first deployment there is none at all.`,
      first: 'start the state machine of the dump by hand, then find out why it did not run or succeed by itself.',
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(success, 0)',
        label: 'Backups within the hour',
        usingMetrics: { success: this.metric(Metric.SUCCESS, cloudwatch.Stats.SUM, period) },
        period,
      }),
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: OLDEST_BACKUP_HOURS,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private deadLetters(): void {
    this.alarm('notStarted', Severity.CRITICAL, {
      meaning: 'The schedule could not start the state machine of the dump, however often it tried.',
      first: 'read the message in the queue of dead letters: it carries the error, most often a missing permission.',
      metric: this.props.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: cloudwatch.Stats.MAXIMUM,
      }),
    });
  }

  /**
   * S3 tells of copies that it gave up in the Region of the source, and measures the latency of the others in that of the
   * replica, where the recovery stack has an alarm on it. Nothing else compares the dumps with their replica.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
   */
  private replicationFailed(): void {
    const { recovery, resource, bucket } = this.props;
    this.alarm('replicationFailed', Severity.WARNING, {
      meaning: 'S3 gave up copying objects of a backup to the recovery Region, and will not try them again by itself.',
      first: 'see that the replica and its key are there, then copy the objects with S3 Batch Replication.',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/S3',
        metricName: 'OperationsFailedReplication',
        dimensionsMap: {
          SourceBucket: bucket.bucketName,
          DestinationBucket: recovery.replicaBucketName(this, resource),
          RuleId: replicationRuleId(resource),
        },
        statistic: cloudwatch.Stats.SUM,
        period: Duration.minutes(5),
      }),
    });
  }

  private durationDrift(): void {
    const alarm = new cloudwatch.AnomalyDetectionAlarm(this, 'DurationDrift', {
      ...this.described(
        'durationDrift',
        'A backup took longer than those of the last two weeks make expected; it may soon not end in time.',
        'compare the sizes of the last backups, then the load of the database while it ran.',
      ),
      metric: this.metric(Metric.DURATION, cloudwatch.Stats.MAXIMUM, Duration.days(1)),
      stdDevs: DURATION_DEVIATIONS,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.props.paging.route(alarm, Severity.WARNING);
  }

  private alarm(name: string, severity: Severity, { meaning, first, ...condition }: Condition): void {
    const alarm = new cloudwatch.Alarm(
      this,
      name.replace(/^./, (letter) => letter.toUpperCase()),
      {
        ...this.described(name, meaning, first),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        ...condition,
      },
    );
    this.props.paging.route(alarm, severity);
  }

  private described(name: string, meaning: string, first: string) {
    const { recovery, resource } = this.props;
    return {
      alarmName: `${recovery.prefix}-${resource}-${name}`,
      alarmDescription: `Tenant dumps of ${resource}: ${meaning} First: ${first} Runbook: docs/runbooks/tenant-dumps-failed.md`,
    };
  }

  private metric(metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [Dimension.SYSTEM]: System.DATABASE, [Dimension.RESOURCE]: this.props.resource },
      statistic,
      period,
    });
  }
}

/** What an alarm means, what to do first, and when it goes off; once is enough unless said otherwise. */
interface Condition
  extends Pick<cloudwatch.AlarmProps, 'metric'>,
    Partial<Pick<cloudwatch.AlarmProps, 'comparisonOperator' | 'evaluationPeriods' | 'treatMissingData'>> {
  readonly meaning: string;
  readonly first: string;
}

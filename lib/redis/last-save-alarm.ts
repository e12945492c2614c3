import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Severity } from '../../engine/contract/paging';
import { type CacheTarget, longestDailyIntervalSeconds, longestIntervalSeconds } from '../../engine/contract/redis';
import { Dimension, METRIC_NAMESPACE, Metric, System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';

/** Time that a snapshot may be late, until the metrics tell of it. */
const GRACE_SECONDS = 300;

/** Looks at a cache that one datapoint stands for. */
const PERIOD = Duration.minutes(5);

/** Periods in a row that are late, so that a cache that slept for long has time for its first snapshot. */
const LATE_PERIODS = 3;

/** Properties of a {@link LastSaveAlarm}. */
export interface LastSaveAlarmProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  readonly target: CacheTarget;
  readonly paging: Paging;
}

/**
 * Goes off when changes wait longer for a snapshot than the save points and the quota of the service promise, and when the probe is
 * silent: then nobody knows. A cache that nothing writes to needs no snapshot, however old the newest is.
 */
export class LastSaveAlarm extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: LastSaveAlarmProps,
  ) {
    super(scope, id);
    const { prefix, target, paging } = props;
    const promisedSeconds =
      target.savePoints.length === 0
        ? longestDailyIntervalSeconds(target.snapshotWindow)
        : longestIntervalSeconds(target.kind, target.savePoints);
    const alarm = new cloudwatch.Alarm(this, 'Alarm', {
      alarmName: `${prefix}-${target.resource}-${Metric.LAST_SAVE}`,
      alarmDescription:
        `Changes of the cache ${target.resource} wait longer for a snapshot than ${Math.ceil(promisedSeconds / 60)} minutes, ` +
        'or the probe does not tell: what was written since would be lost with the cache. First: read the newest lines of the log of ' +
        `the function ${prefix}-${target.resource}-snapshot-redis. Runbook: docs/runbooks/redis-backup-failed.md`,
      metric: this.metric(),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: promisedSeconds + GRACE_SECONDS,
      evaluationPeriods: LATE_PERIODS,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    paging.route(alarm, Severity.CRITICAL);
  }

  /** The probe tells `rpo` as 0 when nothing has changed, and counts a cache that does not tell its changes as changed. */
  private metric(): cloudwatch.IMetric {
    const { savePoints } = this.props.target;
    if (savePoints.length === 0) {
      return this.published(Metric.LAST_SAVE);
    }
    const rpo = this.published(Metric.RPO);
    const fewestChanges = Math.min(...savePoints.map(({ changes }) => changes));
    if (fewestChanges === 1) {
      return rpo;
    }
    return new cloudwatch.MathExpression({
      expression: `IF(FILL(changes, ${fewestChanges}) >= ${fewestChanges}, rpo, 0)`,
      label: 'Age of the newest snapshot, while enough changes wait',
      usingMetrics: { changes: this.published(Metric.CHANGES), rpo },
      period: PERIOD,
    });
  }

  /** The least of a period: a snapshot within it shows. */
  private published(metricName: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [Dimension.SYSTEM]: System.REDIS, [Dimension.RESOURCE]: this.props.target.resource },
      statistic: cloudwatch.Stats.MINIMUM,
      period: PERIOD,
    });
  }
}

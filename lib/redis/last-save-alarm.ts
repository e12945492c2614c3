import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import { type CacheTarget, longestDailyIntervalSeconds, longestIntervalSeconds } from '../../engine/contract/redis';
import { Metric, System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import { type HoldfastMetricProps, holdfastMetric } from '../signals/holdfast-metric';
import { ruledAlarm } from '../signals/ruled-alarm';

/** Time that a snapshot may be late, until the metrics tell of it. */
const GRACE_SECONDS = 300;

/** Properties of a {@link LastSaveAlarm}. */
export interface LastSaveAlarmProps {
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
    const { target, paging } = props;
    const promisedSeconds =
      target.savePoints.length === 0
        ? longestDailyIntervalSeconds(target.snapshotWindow)
        : longestIntervalSeconds(target.kind, target.savePoints);
    ruledAlarm(this, 'Alarm', {
      paging,
      rule: LAST_SAVE,
      resource: target.resource,
      metric: this.metric(),
      threshold: promisedSeconds + GRACE_SECONDS,
      limitSeconds: Math.ceil(promisedSeconds / 60) * 60,
    });
  }

  /**
   * The probe tells `waiting` as 0 when nothing has changed, and counts a cache that does not tell its changes as changed. `rpo` would
   * go on to grow while a snapshot is being taken, and page about each one of a large cache.
   */
  private metric(): cloudwatch.IMetric {
    const { savePoints } = this.props.target;
    if (savePoints.length === 0) {
      return this.published(Metric.LAST_SAVE);
    }
    const waiting = this.published(Metric.WAITING);
    const fewestChanges = Math.min(...savePoints.map(({ changes }) => changes));
    if (fewestChanges === 1) {
      return waiting;
    }
    return new cloudwatch.MathExpression({
      expression: `IF(FILL(changes, ${fewestChanges}) >= ${fewestChanges}, waiting, 0)`,
      label: 'Time since the newest snapshot was begun, while enough changes wait',
      usingMetrics: { changes: this.published(Metric.CHANGES), waiting },
      period: PERIOD,
    });
  }

  /** The least of a period: a snapshot within it shows. */
  private published(metricName: HoldfastMetricProps['metricName']): cloudwatch.Metric {
    const { resource } = this.props.target;
    const { statistic } = LAST_SAVE.condition;
    return holdfastMetric({ metricName, system: System.REDIS, resource, statistic, period: PERIOD });
  }
}

const LAST_SAVE = alarmRule(System.REDIS, 'lastSave', 'resource');

/** Looks at a cache that one datapoint stands for. */
const PERIOD = Duration.seconds(LAST_SAVE.condition.periodSeconds);

import { aws_cloudwatch as cloudwatch, type Duration } from 'aws-cdk-lib';
import { Dimension, METRIC_NAMESPACE, type Metric, type ProofLevel, type System } from '../../engine/contract/signals';

/** What {@link holdfastMetric} reads. */
export interface HoldfastMetricProps {
  readonly metricName: (typeof Metric)[keyof typeof Metric];
  readonly system: System;
  /** Name of the protected resource. @default - the figure for the whole system */
  readonly resource?: string;
  /** Level of the proofs. @default - none: the metric has no level */
  readonly level?: ProofLevel;
  /** Dimensions beside those, such as the kind of work. @default - none */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** One of `cloudwatch.Stats`. */
  readonly statistic: string;
  /** Of one datapoint: as long as the time between two of them, so that each holds one, late ones included. */
  readonly period: Duration;
}

/** A metric that Holdfast's functions and jobs publish, as alarms and dashboards read it. */
export function holdfastMetric(props: HoldfastMetricProps): cloudwatch.Metric {
  const { metricName, system, resource, level, dimensions = {}, statistic, period } = props;
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: {
      [Dimension.SYSTEM]: system,
      ...(resource === undefined ? {} : { [Dimension.RESOURCE]: resource }),
      ...(level === undefined ? {} : { [Dimension.LEVEL]: level }),
      ...dimensions,
    },
    statistic,
    period,
  });
}

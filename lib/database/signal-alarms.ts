import { aws_cloudwatch as cloudwatch, type Duration } from 'aws-cdk-lib';
import { Dimension, METRIC_NAMESPACE, System } from '../../engine/contract/signals';

/** A metric of all managed databases together. */
export function databaseMetric(
  metricName: string,
  statistic: string,
  period: Duration,
  dimensions: Readonly<Record<string, string>> = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [Dimension.SYSTEM]: System.DATABASE, ...dimensions },
    statistic,
    period,
  });
}

/** Names of the alarms of all managed databases; the same in each Region. */
export const databaseAlarmName = (prefix: string, name: string): string => `${prefix}-${System.DATABASE}-${name}`;

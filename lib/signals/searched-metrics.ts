import { aws_cloudwatch as cloudwatch, type Duration } from 'aws-cdk-lib';
import { Dimension, METRIC_NAMESPACE, type System } from '../../engine/contract/signals';
import type { HoldfastMetricProps } from './holdfast-metric';

/** What {@link searched} looks for. */
export interface SearchedMetricsProps {
  readonly system: System;
  readonly metricName: HoldfastMetricProps['metricName'];
  readonly period: Duration;
  /** Whether the worst of them makes one line. @default - each resource has its own */
  readonly isWorstAlone?: boolean;
}

/**
 * What each resource of a system publishes under a name, whatever resources there are.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function searched({
  system,
  metricName,
  period,
  isWorstAlone,
}: SearchedMetricsProps): cloudwatch.MathExpression {
  const schema = `{${METRIC_NAMESPACE},${Dimension.SYSTEM},${Dimension.RESOURCE}}`;
  const terms = `MetricName="${metricName}" ${Dimension.SYSTEM}="${system}"`;
  const search = `SEARCH('${schema} ${terms}', '${cloudwatch.Stats.MAXIMUM}', ${period.toSeconds()})`;
  return new cloudwatch.MathExpression({
    expression: isWorstAlone ? `MAX(${search})` : search,
    usingMetrics: {},
    label: isWorstAlone ? metricName : '',
    period,
  });
}

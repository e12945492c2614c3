import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, type System } from '../contract/signals';
import { publishMetrics } from '../signals/metrics';
import type { RestoreSignals } from './restore-run';

/**
 * Publishes the outcome of restores, for all resources of a system together.
 *
 * @param now milliseconds since 1970.
 */
export function restoreSignals(
  cloudWatch: CloudWatchClient,
  system: (typeof System)[keyof typeof System],
  now: number,
): RestoreSignals {
  const datum = (MetricName: string, Value: number, Unit: 'Seconds' | 'Count') => ({
    MetricName,
    Value,
    Unit,
    Dimensions: [{ Name: Dimension.SYSTEM, Value: system }],
    Timestamp: new Date(now),
  });
  const leftBehind = (count: number) => datum(Metric.LEFT_BEHIND, count, 'Count');
  return {
    succeeded: (seconds) => publishMetrics(cloudWatch, [datum(Metric.DURATION, seconds, 'Seconds'), leftBehind(0)]),
    failed: (count) => publishMetrics(cloudWatch, [leftBehind(count)]),
  };
}

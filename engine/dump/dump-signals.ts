import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, System } from '../contract/signals';
import { publishMetrics } from '../signals/metrics';

/** What came of a dump. */
export type DumpOutcome =
  | { readonly isBackup: true; readonly bytes: number; readonly seconds: number }
  | { readonly isBackup: false };

/**
 * Publishes the signals of a dump: size, duration and success of a backup, or that there is none.
 *
 * @throws Error when CloudWatch does not take them.
 */
export async function publishDumpSignals(
  cloudWatch: CloudWatchClient,
  resource: string,
  outcome: DumpOutcome,
  at: Date,
): Promise<void> {
  const datum = (MetricName: string, Value: number, Unit: MetricDatum['Unit']): MetricDatum => ({
    MetricName,
    Value,
    Unit,
    Timestamp: at,
    Dimensions: [
      { Name: Dimension.SYSTEM, Value: System.DATABASE },
      { Name: Dimension.RESOURCE, Value: resource },
    ],
  });
  const figures = outcome.isBackup
    ? [datum(Metric.SIZE, outcome.bytes, 'Bytes'), datum(Metric.DURATION, outcome.seconds, 'Seconds')]
    : [];
  await publishMetrics(cloudWatch, [
    ...figures,
    datum(Metric.SUCCESS, outcome.isBackup ? 1 : 0, 'Count'),
    datum(Metric.ERRORS, outcome.isBackup ? 0 : 1, 'Count'),
  ]);
}

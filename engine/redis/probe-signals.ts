import type { CloudWatchClient, StandardUnit } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, System } from '../contract/signals';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import type { ProbeOutcome } from './snapshot-cache';

/**
 * Publishes what a probe found: changes, age of the newest snapshot, how long they wait for the next, work that would be lost, and size. What is not known is not
 * published; a probe that another run has overtaken publishes nothing.
 *
 * @param now milliseconds since 1970.
 * @throws Error when CloudWatch does not take it.
 */
export async function publishProbeSignals(
  cloudWatch: CloudWatchClient,
  resource: string,
  { changes, lastSaveSeconds, waitingSeconds, rpoSeconds, bytes }: ProbeOutcome,
  now: number,
): Promise<void> {
  const figures: readonly (readonly [metric: string, value: number | undefined, unit: StandardUnit])[] = [
    [Metric.CHANGES, changes, 'Count'],
    [Metric.LAST_SAVE, lastSaveSeconds, 'Seconds'],
    [Metric.WAITING, waitingSeconds, 'Seconds'],
    [Metric.RPO, rpoSeconds, 'Seconds'],
    [Metric.SIZE, bytes, 'Bytes'],
  ];
  const dimensions = { [Dimension.RESOURCE]: resource };
  await publishMetrics(
    cloudWatch,
    figures.flatMap(([metric, value, unit]) => datumOf({ system: System.REDIS, metric, value, unit, dimensions }, now)),
  );
}

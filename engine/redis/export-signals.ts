import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, System } from '../contract/signals';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import type { RedisManifest } from './redis-manifest';

/**
 * Publishes that a backup of a cache was made, and how long it took; or that one failed.
 *
 * @param manifest of the backup; undefined when it failed.
 * @param now milliseconds since 1970.
 * @throws Error when CloudWatch does not take it.
 */
export async function publishExportSignals(
  cloudWatch: CloudWatchClient,
  resource: string,
  manifest: RedisManifest | undefined,
  now: number,
): Promise<void> {
  const figure = { system: System.REDIS, dimensions: { [Dimension.RESOURCE]: resource } } as const;
  const seconds = manifest && (Date.parse(manifest.finishedAt) - Date.parse(manifest.startedAt)) / 1000;
  await publishMetrics(cloudWatch, [
    ...datumOf({ ...figure, metric: Metric.DURATION, unit: 'Seconds', value: seconds }, now),
    ...datumOf({ ...figure, metric: Metric.SUCCESS, unit: 'None', value: manifest === undefined ? 0 : 1 }, now),
    ...datumOf({ ...figure, metric: Metric.ERRORS, unit: 'Count', value: manifest === undefined ? 1 : 0 }, now),
  ]);
}

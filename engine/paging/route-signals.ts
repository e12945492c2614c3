import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CheckRoutesEvent, CheckRoutesResult } from '../contract/check-routes';
import { Metric, System } from '../contract/signals';
import { alarmText, printable } from '../signals/alarm-text';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';

/**
 * Tells the outcome of a check: findings as the reason of the alarm, and then the metric, which would raise the same alarm without one.
 *
 * @param now milliseconds since 1970.
 * @throws Error when the alarm or the metric cannot be reached; neither keeps the other from being tried.
 */
export async function publishRouteSignals(
  cloudWatch: CloudWatchClient,
  { alarmName, incidentName }: CheckRoutesEvent,
  { findings }: CheckRoutesResult,
  now: number,
): Promise<void> {
  const value = findings.length;
  const data = datumOf({ system: System.PLATFORM, metric: Metric.ROUTE_PROBLEMS, unit: 'Count', value }, now);
  await tryAll([
    ...(value === 0 ? [] : [() => raiseAlarm(cloudWatch, alarmName, alarmText(findings.map(printable)), incidentName)]),
    () => publishMetrics(cloudWatch, data),
  ]);
}

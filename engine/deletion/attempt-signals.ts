import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DeletionAttemptsInput } from '../contract/deletion-attempts';
import { Metric, System } from '../contract/signals';
import { alarmText, printable } from '../signals/alarm-text';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';
import type { JudgedCall } from './judge-call';

/**
 * Tells of an attempt: as the reason of the alarm, so that the page carries it, and then the metric.
 *
 * The metric is of the moment in which the attempt is told, not of that in which it was made: a record can take longer to arrive than the
 * time that the alarm looks back.
 *
 * @param now milliseconds since 1970.
 * @throws Error when the alarm or the metric cannot be reached; neither keeps the other from being tried.
 */
export async function publishAttempt(
  cloudWatch: CloudWatchClient,
  { alarmName, incidentName }: DeletionAttemptsInput,
  { text }: JudgedCall,
  now: number,
): Promise<void> {
  const attempt = { system: System.PLATFORM, metric: Metric.DELETION_ATTEMPTS, unit: 'Count', value: 1 } as const;
  await tryAll([
    () => raiseAlarm(cloudWatch, alarmName, alarmText([printable(text)]), incidentName),
    () => publishMetrics(cloudWatch, datumOf(attempt, now)),
  ]);
}

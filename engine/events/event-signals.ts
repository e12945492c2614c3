import type { CloudWatchClient, MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { BackupEventsInput } from '../contract/backup-events';
import { Severity } from '../contract/paging';
import { Dimension, Metric, System } from '../contract/signals';
import { alarmText, printable } from '../signals/alarm-text';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';
import { judgeJobEvent } from './job-event';
import type { JudgedEvent } from './judged-event';
import { judgeRdsEvent } from './rds-event';

/** What an event of AWS Backup or RDS says; undefined when it concerns nobody. */
export function judgeEvent(input: BackupEventsInput): JudgedEvent | undefined {
  return input.source === 'aws.rds' ? judgeRdsEvent(input) : judgeJobEvent(input);
}

/**
 * Tells what an event says: a failure as the reason of the alarm of its severity, and then metrics.
 *
 * @throws Error when the alarm or the metrics cannot be reached; neither keeps the other from being tried.
 */
export async function publishEventSignals(
  cloudWatch: CloudWatchClient,
  input: BackupEventsInput,
  event: JudgedEvent,
): Promise<void> {
  const { severity, text } = event;
  const [alarm, incident] =
    severity === Severity.CRITICAL
      ? [input.alarmName, input.incidentName]
      : [input.warningAlarmName, input.warningIncidentName];
  await tryAll([
    ...(severity === undefined ? [] : [() => raiseAlarm(cloudWatch, alarm, alarmText([printable(text)]), incident)]),
    () => publishMetrics(cloudWatch, eventMetrics(event, Date.parse(input.time))),
  ]);
}

/**
 * The metrics of an event. A failure is counted by its severity, for the alarms, and by its kind.
 *
 * @param at milliseconds since 1970.
 */
export function eventMetrics({ kind, severity, durationSeconds, bytes }: JudgedEvent, at: number): MetricDatum[] {
  const datum = (metric: string, unit: StandardUnit, value: number | undefined, dimensions: Record<string, string>) =>
    datumOf({ system: System.DATABASE, metric, unit, value, dimensions }, at);
  const ofKind = { [Dimension.KIND]: kind };
  return [
    ...(severity === undefined
      ? []
      : [
          ...datum(Metric.FAILED_JOBS, 'Count', 1, { [Dimension.SEVERITY]: severity }),
          ...datum(Metric.FAILED_JOBS, 'Count', 1, ofKind),
        ]),
    ...datum(Metric.DURATION, 'Seconds', durationSeconds, ofKind),
    ...datum(Metric.SIZE, 'Bytes', bytes, ofKind),
  ];
}

import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, System } from '../contract/signals';
import { KEYS_KIND, type KeyFinding, type VerifyKeysEvent, type VerifyKeysResult } from '../contract/verify-keys';
import { alarmText, printable } from '../signals/alarm-text';
import { datumOf } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';
import { hasCritical } from './report';

/**
 * Tells the outcome of a verification: what endangers a restore as the reason of the one alarm, the other findings as that of the other,
 * and then the metrics, which would raise the same alarms without a reason.
 *
 * @param now milliseconds since 1970.
 * @throws Error when an alarm or the metrics cannot be reached; neither keeps the others from being tried.
 */
export async function publishKeySignals(
  cloudWatch: CloudWatchClient,
  event: VerifyKeysEvent,
  result: VerifyKeysResult,
  now: number,
): Promise<void> {
  const raise = (name: string, incidentName: string | undefined, isCritical: boolean) => {
    const reason = keysText(result, event.proofs.bucket, isCritical);
    return reason === undefined ? [] : [() => raiseAlarm(cloudWatch, name, reason, incidentName)];
  };
  await tryAll([
    ...raise(event.alarmName, event.incidentName, true),
    ...raise(event.warningAlarmName, event.warningIncidentName, false),
    () => publishMetrics(cloudWatch, keyMetrics(result, now)),
  ]);
}

/** How many keys endanger restores, and the number of the other findings. */
export function keyMetrics(result: VerifyKeysResult, now: number): MetricDatum[] {
  const system = System.PLATFORM;
  const unusable = result.keys.filter(hasCritical).length;
  const warnings = findingsOf(result, false).length;
  return [
    ...datumOf({ system, metric: Metric.KEYS_UNUSABLE, unit: 'Count', value: unusable }, now),
    ...datumOf(
      { system, metric: Metric.WARNINGS, unit: 'Count', value: warnings, dimensions: { [Dimension.KIND]: KEYS_KIND } },
      now,
    ),
  ];
}

/** The text that an alarm carries; undefined when there is nothing to tell. */
function keysText(result: VerifyKeysResult, bucket: string, isCritical: boolean): string | undefined {
  const findings = findingsOf(result, isCritical);
  const report = result.reportKey === undefined ? 'no report' : `report s3://${bucket}/${result.reportKey}`;
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} about keys (${report})`;
  return findings.length === 0
    ? undefined
    : alarmText([count, ...findings.map(({ detail }) => printable(`${capital(detail)}.`))]);
}

const findingsOf = ({ keys, common }: VerifyKeysResult, wanted: boolean): KeyFinding[] =>
  [...keys.flatMap(({ findings }) => findings), ...common].filter(({ isCritical }) => isCritical === wanted);

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

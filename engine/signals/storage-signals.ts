import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { VerifyFilesEvent } from '../contract/verify-files';
import type { VerifiedTarget } from '../files/verify-files';
import { publishMetrics } from './metrics';
import { pageText } from './page-text';
import { storageMetrics } from './storage-metrics';

/**
 * Tells the outcome of a verification: findings as the reason of the alarm, so that the page carries them, and then the
 * metrics, which would raise the same alarm without them. An alarm that is already raised does not page again.
 *
 * @param now milliseconds since 1970.
 * @throws Error when the alarm or the metrics cannot be reached; neither keeps the other from being tried.
 */
export async function publishStorageSignals(
  cloudWatch: CloudWatchClient,
  event: VerifyFilesEvent,
  targets: readonly VerifiedTarget[],
  now: number,
): Promise<void> {
  const reason = pageText(targets, event.proofs.bucket, now);
  const attempts = [
    reason === undefined ? undefined : await attempt(() => raiseAlarm(cloudWatch, event.alarmName, reason)),
    await attempt(() => publishMetrics(cloudWatch, storageMetrics(targets, now))),
  ];
  const failures = attempts.filter((failure) => failure !== undefined);
  if (failures.length > 0) {
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, failures.map(String).join(' '));
  }
}

async function raiseAlarm(cloudWatch: CloudWatchClient, alarmName: string, reason: string): Promise<void> {
  try {
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarmName, StateValue: 'ALARM', StateReason: reason }));
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `Cannot write findings into the alarm ${alarmName}: ${why}. HINT: correct alarmName in the event, and give the role of the function cloudwatch:SetAlarmState on it.`,
      { cause: error },
    );
  }
}

/** The error of an action that failed. */
async function attempt(action: () => Promise<void>): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error;
  }
}

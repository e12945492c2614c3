import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { VerifyFilesEvent } from '../contract/verify-files';
import type { VerifiedTarget } from '../files/verify-files';
import { publishMetrics } from './metrics';
import { pageText } from './page-text';
import { raiseAlarm, tryAll } from './raise-alarm';
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
  await tryAll([
    ...(reason === undefined ? [] : [() => raiseAlarm(cloudWatch, event.alarmName, reason, event.incidentName)]),
    () => publishMetrics(cloudWatch, storageMetrics(targets, now)),
  ]);
}

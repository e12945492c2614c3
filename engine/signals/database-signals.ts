import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DatabaseFinding, VerifyDatabaseEvent, VerifyDatabaseResult } from '../contract/verify-database';
import { alarmText, printable } from './alarm-text';
import { databaseMetrics } from './database-metrics';
import { publishMetrics } from './metrics';
import { raiseAlarm, tryAll } from './raise-alarm';

/**
 * Tells the outcome of a verification: what endangers a restore as the reason of the one alarm, the other findings as that of the other,
 * and then the metrics, which would raise the same alarms without a reason.
 *
 * @param now milliseconds since 1970.
 * @throws Error when an alarm or the metrics cannot be reached; neither keeps the others from being tried.
 */
export async function publishDatabaseSignals(
  cloudWatch: CloudWatchClient,
  event: VerifyDatabaseEvent,
  result: VerifyDatabaseResult,
  now: number,
): Promise<void> {
  const { bucket } = event.proofs;
  const alarms = [
    { name: event.alarmName, reason: findingsText(result, bucket, ({ isCritical }) => isCritical) },
    { name: event.warningAlarmName, reason: findingsText(result, bucket, ({ isCritical }) => !isCritical) },
  ];
  await tryAll([
    ...alarms.flatMap(({ name, reason }) => (reason === undefined ? [] : [() => raiseAlarm(cloudWatch, name, reason)])),
    () => publishMetrics(cloudWatch, databaseMetrics(result, now)),
  ]);
}

/**
 * The text that an alarm carries: for each database, and for all together, what is wrong, and before that where the report lies.
 *
 * @returns undefined when there is no such finding.
 */
export function findingsText(
  { databases, common, reportKey }: VerifyDatabaseResult,
  bucket: string,
  isMeant: (finding: DatabaseFinding) => boolean,
): string | undefined {
  const told = [...databases, { resource: 'all databases', findings: common }].flatMap(({ resource, findings }) => {
    const meant = findings.filter(isMeant);
    return meant.length === 0 ? [] : [{ resource, meant }];
  });
  const report = reportKey === undefined ? 'no report' : `report s3://${bucket}/${reportKey}`;
  const texts = told.map(({ resource, meant }, index) => {
    const count = `${meant.length} ${meant.length === 1 ? 'finding' : 'findings'}`;
    const where = index === 0 ? ` (${report})` : '';
    return printable(`${resource}: ${count}${where}. ${meant.map(({ detail }) => `${capital(detail)}.`).join(' ')}`);
  });
  return texts.length === 0 ? undefined : alarmText(texts);
}

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DatabaseFinding, VerifyDatabaseEvent, VerifyDatabaseResult } from '../contract/verify-database';
import { alarmText, printable } from './alarm-text';
import { databaseMetrics } from './database-metrics';
import { publishMetrics } from './metrics';
import { raiseAlarm, tryAll } from './raise-alarm';
import { databaseLeft } from './what-is-left';

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
    {
      name: event.alarmName,
      incident: event.incidentName,
      reason: findingsText(result, bucket, { isCritical: true, now }),
    },
    {
      name: event.warningAlarmName,
      incident: event.warningIncidentName,
      reason: findingsText(result, bucket, { isCritical: false, now }),
    },
  ];
  await tryAll([
    ...alarms.flatMap(({ name, incident, reason }) =>
      reason === undefined ? [] : [() => raiseAlarm(cloudWatch, name, reason, incident)],
    ),
    () => publishMetrics(cloudWatch, databaseMetrics(result, now)),
  ]);
}

/**
 * The text that an alarm carries: for each database, and for all together, what is wrong, and before that where the report lies, and,
 * where a restore is in danger, what can still be restored.
 *
 * @param told which findings; `now` is in milliseconds since 1970.
 * @returns undefined when there is no such finding.
 */
export function findingsText(
  { databases, common, reportKey }: VerifyDatabaseResult,
  bucket: string,
  told: { readonly isCritical: boolean; readonly now: number },
): string | undefined {
  const all: readonly Told[] = [
    ...databases.map((database) => ({ ...database, left: `${databaseLeft(database, told.now)} ` })),
    { resource: 'all databases', findings: common, left: '' },
  ];
  const concerned = all.flatMap(({ resource, findings, left }) => {
    const meant = findings.filter(({ isCritical }) => isCritical === told.isCritical);
    return meant.length === 0 ? [] : [{ resource, meant, left: told.isCritical ? left : '' }];
  });
  const report = reportKey === undefined ? 'no report' : `report s3://${bucket}/${reportKey}`;
  const texts = concerned.map(({ resource, meant, left }, index) => {
    const count = `${meant.length} ${meant.length === 1 ? 'finding' : 'findings'}`;
    const where = index === 0 ? ` (${report})` : '';
    return printable(
      `${resource}: ${count}${where}. ${left}${meant.map(({ detail }) => `${capital(detail)}.`).join(' ')}`,
    );
  });
  return texts.length === 0 ? undefined : alarmText(texts);
}

/** What is told of one database, or of all. */
interface Told {
  readonly resource: string;
  readonly findings: readonly DatabaseFinding[];
  /** What can still be restored. */
  readonly left: string;
}

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

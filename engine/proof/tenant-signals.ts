import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, ProofLevel, System } from '../contract/signals';
import type { VerifyTenantsSettings } from '../contract/verify-tenants';
import { alarmText, printable } from '../signals/alarm-text';
import { datumOf, type Figure } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';
import type { DatabaseFacts } from './database-facts';

/**
 * Tells what is known of all dumps: what endangers a restore as the reason of the alarm, and then the metrics, which would raise the same
 * alarm without a reason.
 *
 * @param now milliseconds since 1970.
 * @throws Error when the alarm or the metrics cannot be reached; neither keeps the other from being tried.
 */
export async function publishTenantSignals(
  cloudWatch: CloudWatchClient,
  { alarmName, incidentName }: Pick<VerifyTenantsSettings, 'alarmName' | 'incidentName'>,
  databases: readonly DatabaseFacts[],
  now: number,
): Promise<void> {
  const reason = tenantsPageText(databases);
  await tryAll([
    ...(reason === undefined ? [] : [() => raiseAlarm(cloudWatch, alarmName, reason, incidentName)]),
    () => publishMetrics(cloudWatch, tenantMetrics(databases, now)),
  ]);
}

/**
 * The text that the alarm carries: for each database whose dumps are in danger what can still be restored, where the report lies, and what
 * is wrong.
 *
 * @returns undefined when none is.
 */
export function tenantsPageText(databases: readonly DatabaseFacts[]): string | undefined {
  const texts = databases
    .filter(({ errors }) => errors > 0)
    .map((database) => {
      const { resource, errors, findings, report } = database;
      const count = `${errors} ${errors === 1 ? 'finding' : 'findings'}`;
      const where = report === undefined ? '' : ` (report ${report})`;
      const details = findings.filter(({ isCritical }) => isCritical).map(({ detail }) => detail);
      return printable(`${resource}: ${count}${where}. ${whatIsLeft(database)} ${details.join(' ')}`);
    });
  return texts.length === 0 ? undefined : alarmText(texts);
}

function whatIsLeft({ restorable }: DatabaseFacts): string {
  const moment = (at: string): string => at.replace(/:\d\d(\.\d+)?Z$/, 'Z');
  return restorable === undefined
    ? 'No backup is proved whole: what can still be restored is not known.'
    : `Still restorable: the backup of ${moment(restorable.backupAt)} (proved intact ${moment(restorable.provedAt)}).`;
}

/** The metrics of a verification: for each database, and for all together, without the dimension `Resource`, the worst of them. */
export function tenantMetrics(databases: readonly DatabaseFacts[], now: number): MetricDatum[] {
  const single = databases.flatMap((database) => figures([database], { [Dimension.RESOURCE]: database.resource }, now));
  return [...single, ...figures(databases, {}, now)].flatMap((figure) =>
    datumOf({ system: System.TENANTS, ...figure }, now),
  );
}

type Dimensions = Readonly<Record<string, string>>;

function figures(databases: readonly DatabaseFacts[], dimensions: Dimensions, now: number): Omit<Figure, 'system'>[] {
  const oldest = (of: (database: DatabaseFacts) => number | undefined): number | undefined => {
    const moments = databases.map(of);
    // A backup that nobody knows may be of any age: then the worst is unknown, and silence an alarm.
    return moments.some((moment) => moment === undefined)
      ? undefined
      : Math.max(...moments.map((moment = now) => Math.max(0, (now - moment) / 1000)));
  };
  const sum = (of: (database: DatabaseFacts) => number): number =>
    databases.reduce((total, database) => total + of(database), 0);
  const age = (metric: string, of: (database: DatabaseFacts) => number | undefined, level: Dimensions = {}) => ({
    metric,
    unit: 'Seconds' as const,
    value: oldest(of),
    dimensions: { ...dimensions, ...level },
  });
  const count = (metric: string, of: (database: DatabaseFacts) => number) => ({
    metric,
    unit: 'Count' as const,
    value: sum(of),
    dimensions,
  });
  const errors = sum((database) => database.errors);
  return [
    { metric: Metric.SUCCESS, unit: 'None', value: errors === 0 ? 1 : 0, dimensions },
    count(Metric.ERRORS, (database) => database.errors),
    count(Metric.WARNINGS, ({ warnings }) => warnings),
    count(Metric.DAMAGED, ({ damaged }) => damaged),
    count(Metric.RETENTION_DRIFT, ({ retentionDrift }) => retentionDrift),
    age(Metric.BACKUP_AGE, ({ backupAt }) => backupAt),
    age(Metric.PROOF_AGE, ({ presentAt }) => presentAt, { [Dimension.LEVEL]: ProofLevel.PRESENT }),
    age(Metric.PROOF_AGE, ({ intactAt }) => intactAt, { [Dimension.LEVEL]: ProofLevel.INTACT }),
  ];
}

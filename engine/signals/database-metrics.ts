import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { TIERS } from '../contract/retention';
import { Dimension, Metric, ProofLevel, System } from '../contract/signals';
import type { DatabaseFinding, DatabaseResult, VerifyDatabaseResult } from '../contract/verify-database';
import { combine, datumOf, type Figure } from './figures';

/**
 * The metrics of a verification of what RDS and AWS Backup keep: for each database, and for all together, with the findings that
 * concern all, without the dimension `Resource`. What is not known is not published.
 *
 * Success and findings of a single database carry the level of the proof: without it they are those of its dumps.
 *
 * @param now milliseconds since 1970.
 */
export function databaseMetrics({ databases, common }: VerifyDatabaseResult, now: number): MetricDatum[] {
  const single = databases.flatMap((database) => {
    const resource = { [Dimension.RESOURCE]: database.resource };
    return [
      ...ages([database], resource),
      ...counts(database.findings, { ...resource, [Dimension.LEVEL]: ProofLevel.PRESENT }),
    ];
  });
  const all = [...databases.flatMap(({ findings }) => findings), ...common];
  return [...single, ...ages(databases, {}), ...counts(all, {})].flatMap((figure) =>
    datumOf({ system: System.DATABASE, ...figure }, now),
  );
}

type Dimensions = Readonly<Record<string, string>>;

/**
 * The worst ages of some databases. How far one lags of which that is unknown, and how old its proof is, may be any: then the worst is
 * unknown, and silence an alarm.
 */
function ages(databases: readonly DatabaseResult[], dimensions: Dimensions): Omit<Figure, 'system'>[] {
  const worst = (of: (database: DatabaseResult) => number | undefined) => combine('max', databases.map(of));
  const worstOfAll = (of: (database: DatabaseResult) => number | undefined) =>
    databases.some((database) => of(database) === undefined) ? undefined : worst(of);
  return [
    { metric: Metric.RPO, unit: 'Seconds', value: worstOfAll(({ rpoSeconds }) => rpoSeconds), dimensions },
    {
      metric: Metric.PROOF_AGE,
      unit: 'Seconds',
      value: worstOfAll(({ presentAgeSeconds }) => presentAgeSeconds),
      dimensions: { ...dimensions, [Dimension.LEVEL]: ProofLevel.PRESENT },
    },
    ...TIERS.map((tier) => ({
      metric: Metric.BACKUP_AGE,
      unit: 'Seconds' as const,
      value: worst(({ ageSeconds }) => ageSeconds[tier]),
      dimensions: { ...dimensions, [Dimension.TIER]: tier },
    })),
  ];
}

function counts(findings: readonly DatabaseFinding[], dimensions: Dimensions): Omit<Figure, 'system'>[] {
  const errors = findings.filter(({ isCritical }) => isCritical).length;
  return [
    { metric: Metric.SUCCESS, unit: 'None', value: errors === 0 ? 1 : 0, dimensions },
    { metric: Metric.ERRORS, unit: 'Count', value: errors, dimensions },
    { metric: Metric.WARNINGS, unit: 'Count', value: findings.length - errors, dimensions },
  ];
}

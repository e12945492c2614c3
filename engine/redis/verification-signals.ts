import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { CacheResult } from '../contract/redis';
import { Dimension, Metric, ProofLevel, System } from '../contract/signals';
import { alarmText, printable } from '../signals/alarm-text';
import { combine, datumOf, type Figure } from '../signals/figures';
import { publishMetrics } from '../signals/metrics';
import { raiseAlarm, tryAll } from '../signals/raise-alarm';
import { cacheLeft } from '../signals/what-is-left';

/** Where findings are told. */
export interface CacheSignalsTarget {
  /** Name of the alarm that critical findings are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it. @default - the alarm pages itself */
  readonly incidentName?: string | undefined;
  /** Bucket of the reports. */
  readonly proofsBucket: string;
}

/**
 * Tells the outcome of a verification: what endangers a restore as the reason of the alarm, and then the metrics, which would raise
 * the same alarm without a reason.
 *
 * @param now milliseconds since 1970.
 * @throws Error when the alarm or the metrics cannot be reached; neither keeps the other from being tried.
 */
export async function publishCacheSignals(
  cloudWatch: CloudWatchClient,
  { alarmName, incidentName, proofsBucket }: CacheSignalsTarget,
  results: readonly CacheResult[],
  now: number,
): Promise<void> {
  const reason = cachePageText(results, proofsBucket, now);
  await tryAll([
    ...(reason === undefined ? [] : [() => raiseAlarm(cloudWatch, alarmName, reason, incidentName)]),
    () => publishMetrics(cloudWatch, cacheMetrics(results, now)),
  ]);
}

/**
 * The text that the alarm carries: for each cache that is in danger what can still be restored, where the report lies, and what is
 * wrong.
 *
 * @param now milliseconds since 1970.
 * @returns undefined when nothing is.
 */
export function cachePageText(results: readonly CacheResult[], proofsBucket: string, now: number): string | undefined {
  const texts = results.flatMap((result) => {
    const { resource, findings, reportKey } = result;
    const criticals = findings.filter(({ isCritical }) => isCritical);
    const report = reportKey === undefined ? '' : ` (report s3://${proofsBucket}/${reportKey})`;
    const count = `${criticals.length} ${criticals.length === 1 ? 'finding' : 'findings'}`;
    return criticals.length === 0
      ? []
      : [
          printable(
            `${resource}: ${count}${report}. ${cacheLeft(result, now)} ${criticals.map(({ detail }) => detail).join(' ')}`,
          ),
        ];
  });
  return texts.length === 0 ? undefined : alarmText(texts);
}

/**
 * The metrics of a verification: for each cache, and for all together without the dimension `Resource`. Success and findings of a
 * single cache carry the level of the proof: without it they are those of its backups.
 */
export function cacheMetrics(results: readonly CacheResult[], now: number): MetricDatum[] {
  const single = results.flatMap((result) => {
    const resource = { [Dimension.RESOURCE]: result.resource };
    return [...ages([result], resource), ...counts([result], { ...resource, [Dimension.LEVEL]: ProofLevel.INTACT })];
  });
  return [...single, ...ages(results, {}), ...counts(results, {})].flatMap((figure) =>
    datumOf({ system: System.REDIS, ...figure }, now),
  );
}

type Dimensions = Readonly<Record<string, string>>;

/** The worst ages of some caches. */
function ages(results: readonly CacheResult[], dimensions: Dimensions): Omit<Figure, 'system'>[] {
  const worst = (metric: string, of: (result: CacheResult) => number | undefined, level: Dimensions = {}) => ({
    metric,
    unit: 'Seconds' as const,
    value: combine('max', results.map(of)),
    dimensions: { ...dimensions, ...level },
  });
  return [
    worst(Metric.BACKUP_AGE, ({ backupAgeSeconds }) => backupAgeSeconds),
    worst(Metric.LAST_SAVE, ({ lastSaveSeconds }) => lastSaveSeconds),
    worst(Metric.PROOF_AGE, ({ presentAgeSeconds }) => presentAgeSeconds, { [Dimension.LEVEL]: ProofLevel.PRESENT }),
    worst(Metric.PROOF_AGE, ({ intactAgeSeconds }) => intactAgeSeconds, { [Dimension.LEVEL]: ProofLevel.INTACT }),
  ];
}

function counts(results: readonly CacheResult[], dimensions: Dimensions): Omit<Figure, 'system'>[] {
  const findings = results.flatMap((result) => result.findings);
  const errors = findings.filter(({ isCritical }) => isCritical).length;
  return [
    { metric: Metric.SUCCESS, unit: 'None', value: errors === 0 ? 1 : 0, dimensions },
    { metric: Metric.ERRORS, unit: 'Count', value: errors, dimensions },
    { metric: Metric.WARNINGS, unit: 'Count', value: findings.length - errors, dimensions },
  ];
}

import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';
import { Dimension, Metric, ProofLevel, System } from '../contract/signals';
import type { VerifiedTarget } from '../files/verify-files';
import { combine, datumOf, type Together } from './figures';
import { ageSeconds, findingsOf, isGood, presentSince } from './verdict';

/**
 * The metrics of a verification: for each target, and for all files together without the dimension `Resource`.
 *
 * What is not known is not published: size and number of objects only once a proof has walked the whole listing, ages
 * only where the state could be read. While a proof has not ended, the lag is the greater of what it found so far and
 * what the proof before it found. Until a first proof has ended, ages count from when it began, so that a proof
 * that never ends is noticed.
 *
 * @param now milliseconds since 1970.
 */
export function storageMetrics(targets: readonly VerifiedTarget[], now: number): MetricDatum[] {
  const measured = targets.map((target) => ({ resource: target.result.resource, figures: figuresOf(target, now) }));
  const perTarget = measured.flatMap(({ resource, figures }) =>
    SERIES.flatMap((series) => datum(series, figures[series.figure], now, resource)),
  );
  const together = SERIES.flatMap((series) =>
    datum(
      series,
      combine(
        series.together,
        measured.map(({ figures }) => figures[series.figure]),
      ),
      now,
    ),
  );
  return [...perTarget, ...together];
}

/** What is measured of one target; `undefined` what is not known. */
interface Figures {
  readonly size: number | undefined;
  readonly objects: number | undefined;
  readonly replication: number | undefined;
  readonly success: number;
  readonly errors: number;
  readonly backupAge: number | undefined;
  readonly presentAge: number | undefined;
  readonly intactAge: number | undefined;
}

/** How a figure is published, and how the figures of all targets make one. */
interface Series {
  readonly figure: keyof Figures;
  readonly metric: string;
  readonly unit: StandardUnit;
  readonly level?: ProofLevel;
  readonly together: Together;
}

const SERIES: readonly Series[] = [
  { figure: 'size', metric: Metric.SIZE, unit: 'Bytes', together: 'sum' },
  { figure: 'objects', metric: Metric.OBJECTS, unit: 'Count', together: 'sum' },
  { figure: 'replication', metric: Metric.REPLICATION, unit: 'Seconds', together: 'max' },
  { figure: 'success', metric: Metric.SUCCESS, unit: 'None', together: 'min' },
  { figure: 'errors', metric: Metric.ERRORS, unit: 'Count', together: 'sum' },
  { figure: 'backupAge', metric: Metric.BACKUP_AGE, unit: 'Seconds', together: 'max' },
  { figure: 'presentAge', metric: Metric.PROOF_AGE, unit: 'Seconds', level: ProofLevel.PRESENT, together: 'max' },
  { figure: 'intactAge', metric: Metric.PROOF_AGE, unit: 'Seconds', level: ProofLevel.INTACT, together: 'max' },
];

function figuresOf(target: VerifiedTarget, now: number): Figures {
  const { result, state } = target;
  const hasEnded = result.outcome === 'proved' || result.outcome === 'damaged';
  return {
    size: hasEnded ? result.bytes : undefined,
    objects: hasEnded ? result.versions : undefined,
    replication: lagSeconds(target),
    success: isGood(target, now) ? 1 : 0,
    errors: result.outcome === 'failed' ? 1 : findingsOf(result),
    backupAge: ageSeconds(state?.lastCompleted?.recoveryPoint ?? state?.firstProofAt, now),
    presentAge: ageSeconds(presentSince(state), now),
    intactAge: ageSeconds(state?.proved.intact ?? state?.firstProofAt, now),
  };
}

function lagSeconds({ result, state }: VerifiedTarget): number | undefined {
  switch (result.outcome) {
    case 'failed':
      return undefined;
    case 'unfinished': {
      const before = state?.lastCompleted;
      const lagBefore = before && (Date.parse(before.startedAt) - Date.parse(before.recoveryPoint)) / 1000;
      return result.versions > 0 ? Math.max(result.replicationLagSeconds, lagBefore ?? 0) : lagBefore;
    }
    default:
      return result.replicationLagSeconds;
  }
}

function datum(
  { metric, unit, level }: Series,
  value: number | undefined,
  now: number,
  resource?: string,
): MetricDatum[] {
  const dimensions = { [Dimension.RESOURCE]: resource, [Dimension.LEVEL]: level };
  return datumOf({ system: System.STORAGE, metric, unit, value, dimensions }, now);
}

import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { SystemObjectives } from '../../engine/contract/deployment';
import { ProofSystem } from '../../engine/contract/proofs';
import { Dimension, Metric, ProofLevel, REPLICATION_DELAY_SECONDS, System } from '../../engine/contract/signals';
import { FRESH, figureWidget, labelWidget } from './dashboard-widgets';
import { type HoldfastMetricProps, holdfastMetric } from './holdfast-metric';
import { searched } from './searched-metrics';

/** How the systems are called on the dashboard. */
export const SYSTEM_TITLES: Readonly<Record<ProofSystem, string>> = {
  database: 'Databases',
  tenants: 'Tenant dumps',
  files: 'Files',
  redis: 'Caches',
};

/** A row with the state of one system. @param region where the figures are published. */
export function stateRow(system: ProofSystem, objectives: SystemObjectives, region: string): cloudwatch.Row {
  return new cloudwatch.Row(
    labelWidget(SYSTEM_TITLES[system]),
    ...CELLS[system](objectives).map((cell) => cellWidget(cell, region)),
  );
}

/** A limit for a person: `15 min`, `26 h`, `31 d`. */
export function limitText(seconds: number): string {
  if (seconds < HOUR_SECONDS) {
    return `${round(seconds / 60)} min`;
  }
  return seconds >= 3 * DAY_SECONDS ? `${round(seconds / DAY_SECONDS)} d` : `${round(seconds / HOUR_SECONDS)} h`;
}

/** One figure of a row, in seconds. */
interface Cell {
  readonly title: string;
  /** @default - nobody measures it */
  readonly metric?: cloudwatch.IMetric;
  /** Most that it may be, in seconds. @default - no limit is set */
  readonly limitSeconds?: number | undefined;
  /** How far back a value still counts, as an ISO 8601 duration. @default {@link FRESH} */
  readonly within?: string;
}

/** What each system shows: age of the backup, ages of the proofs, RPO, RTO. */
const CELLS: Readonly<Record<ProofSystem, (objectives: SystemObjectives) => readonly Cell[]>> = {
  [ProofSystem.DATABASE]: (objectives) => [
    backupAge(worst(System.DATABASE, Metric.BACKUP_AGE, { [Dimension.TIER]: 'daily' }), objectives),
    proofAge(System.DATABASE, ProofLevel.PRESENT, objectives),
    { title: 'Proved intact' },
    rpo(worst(System.DATABASE, Metric.RPO), objectives),
    rto(System.DATABASE, objectives),
  ],
  // What was done since the newest dump is what would be lost.
  [ProofSystem.TENANTS]: (objectives) => [
    backupAge(worst(System.TENANTS, Metric.BACKUP_AGE), objectives),
    proofAge(System.TENANTS, ProofLevel.PRESENT, objectives),
    proofAge(System.TENANTS, ProofLevel.INTACT, objectives),
    rpo(worst(System.TENANTS, Metric.BACKUP_AGE), objectives),
    { title: 'RTO', limitSeconds: objectives.rtoSeconds },
  ],
  // Files are copied as they are written: the age of their backup is what would be lost.
  [ProofSystem.FILES]: (objectives) => [
    {
      title: 'Oldest on its way',
      metric: worst(System.STORAGE, Metric.REPLICATION),
      limitSeconds: REPLICATION_DELAY_SECONDS,
    },
    proofAge(System.STORAGE, ProofLevel.PRESENT, objectives),
    proofAge(System.STORAGE, ProofLevel.INTACT, objectives),
    rpo(worst(System.STORAGE, Metric.BACKUP_AGE), objectives),
    { title: 'RTO', limitSeconds: objectives.rtoSeconds },
  ],
  [ProofSystem.REDIS]: (objectives) => [
    backupAge(worst(System.REDIS, Metric.BACKUP_AGE), objectives),
    proofAge(System.REDIS, ProofLevel.PRESENT, objectives),
    proofAge(System.REDIS, ProofLevel.INTACT, objectives),
    rpo(searched({ system: System.REDIS, metricName: Metric.RPO, period: PERIOD, isWorstAlone: true }), objectives),
    rto(System.REDIS, objectives),
  ],
};

function backupAge(metric: cloudwatch.IMetric, { backupAgeSeconds }: SystemObjectives): Cell {
  return { title: 'Backup age', metric, limitSeconds: backupAgeSeconds };
}

function proofAge(system: System, level: ProofLevel, { proofAgeSeconds }: SystemObjectives): Cell {
  const metric = worst(system, Metric.PROOF_AGE, { [Dimension.LEVEL]: level });
  return { title: `Proved ${level}`, metric, limitSeconds: proofAgeSeconds[level] };
}

function rpo(metric: cloudwatch.IMetric, { rpoSeconds }: SystemObjectives): Cell {
  return { title: 'RPO', metric, limitSeconds: rpoSeconds };
}

/** How long the newest restore took: of a drill, as far as nobody had to restore in earnest. */
function rto(system: System, { rtoSeconds }: SystemObjectives): Cell {
  const metric = holdfastMetric({
    system,
    metricName: Metric.DURATION,
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.days(1),
  });
  return { title: 'RTO', metric, limitSeconds: rtoSeconds, within: QUARTER };
}

/** The worst figure of a system. */
function worst(
  system: System,
  metricName: HoldfastMetricProps['metricName'],
  dimensions: Readonly<Record<string, string>> = {},
): cloudwatch.Metric {
  return holdfastMetric({ system, metricName, dimensions, statistic: cloudwatch.Stats.MAXIMUM, period: PERIOD });
}

function cellWidget({ title, metric, limitSeconds, within = FRESH }: Cell, region: string): cloudwatch.IWidget {
  const titleWithLimit = limitSeconds === undefined ? title : `${title} (limit ${limitText(limitSeconds)})`;
  if (metric === undefined) {
    return figureWidget({ title: titleWithLimit, region, within });
  }
  const hours = new cloudwatch.MathExpression({
    expression: `seconds / ${HOUR_SECONDS}`,
    usingMetrics: { seconds: metric },
    label: 'hours',
    period: within === FRESH ? PERIOD : Duration.days(1),
  });
  return figureWidget({ title: titleWithLimit, metric: hours, region, within });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Verifications run each hour or more often. */
const PERIOD = Duration.hours(1);

/** Drills run each month and each quarter. */
const QUARTER = '-P95D';

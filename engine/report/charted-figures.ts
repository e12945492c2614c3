import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { SystemObjectives } from '../contract/deployment';
import { ProofSystem } from '../contract/proofs';
import type { Tier } from '../contract/retention';
import { Dimension, Metric, ProofLevel, REPLICATION_DELAY_SECONDS, System } from '../contract/signals';

/** What a chart counts in. */
export type ChartUnit = Extract<StandardUnit, 'Bytes' | 'Seconds' | 'Count'>;

/** A figure that is shown over time, of every resource of a system. */
export interface ChartedFigure {
  /** Tells the figures of a system apart. */
  readonly name: string;
  /** Heading of its chart. */
  readonly title: string;
  readonly unit: ChartUnit;
  /** The metric, and its dimensions beside that of the resource. */
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds of which a chart shows the greatest value: a day for what changes with each backup, less for ages and lags. */
  readonly periodSeconds: number;
  /** What the figure must not exceed. @default - nothing is asked of it */
  readonly limitSeconds?: (objectives: SystemObjectives) => number | undefined;
}

/** Seconds of a point of a chart of what changes with each backup. */
const DAY = 86_400;

/** Seconds of a point of a chart of ages and lags; 30 days are 90 points. */
const SHIFT = 8 * 3_600;

/** The figures that are shown over time of each resource, in their order. */
export const CHARTED_FIGURES: Readonly<Record<ProofSystem, readonly ChartedFigure[]>> = {
  [ProofSystem.DATABASE]: [
    workAtRisk(System.DATABASE),
    {
      ...backupAge(System.DATABASE),
      dimensions: { [Dimension.SYSTEM]: System.DATABASE, [Dimension.TIER]: 'daily' satisfies Tier },
    },
  ],
  [ProofSystem.TENANTS]: [
    size(System.DATABASE),
    duration(System.DATABASE),
    backupAge(System.TENANTS),
    intactAge(System.TENANTS),
  ],
  [ProofSystem.FILES]: [
    size(System.STORAGE),
    {
      name: 'objects',
      title: 'Objects',
      unit: 'Count',
      metric: Metric.OBJECTS,
      dimensions: { [Dimension.SYSTEM]: System.STORAGE },
      periodSeconds: DAY,
    },
    {
      name: 'replication',
      title: 'Replication lag',
      unit: 'Seconds',
      metric: Metric.REPLICATION,
      dimensions: { [Dimension.SYSTEM]: System.STORAGE },
      periodSeconds: SHIFT,
      limitSeconds: () => REPLICATION_DELAY_SECONDS,
    },
    intactAge(System.STORAGE),
  ],
  [ProofSystem.REDIS]: [
    size(System.REDIS),
    duration(System.REDIS),
    workAtRisk(System.REDIS),
    backupAge(System.REDIS),
    intactAge(System.REDIS),
  ],
};

function size(system: System): ChartedFigure {
  return {
    name: 'size',
    title: 'Size',
    unit: 'Bytes',
    metric: Metric.SIZE,
    dimensions: { [Dimension.SYSTEM]: system },
    periodSeconds: DAY,
  };
}

function duration(system: System): ChartedFigure {
  return {
    name: 'duration',
    title: 'Time a backup takes',
    unit: 'Seconds',
    metric: Metric.DURATION,
    dimensions: { [Dimension.SYSTEM]: system },
    periodSeconds: DAY,
  };
}

function workAtRisk(system: System): ChartedFigure {
  return {
    name: 'rpo',
    title: 'Work that would be lost',
    unit: 'Seconds',
    metric: Metric.RPO,
    dimensions: { [Dimension.SYSTEM]: system },
    periodSeconds: SHIFT,
    limitSeconds: ({ rpoSeconds }) => rpoSeconds,
  };
}

function backupAge(system: System): ChartedFigure {
  return {
    name: 'backupAge',
    title: 'Age of backup',
    unit: 'Seconds',
    metric: Metric.BACKUP_AGE,
    dimensions: { [Dimension.SYSTEM]: system },
    periodSeconds: SHIFT,
    limitSeconds: ({ backupAgeSeconds }) => backupAgeSeconds,
  };
}

function intactAge(system: System): ChartedFigure {
  return {
    name: 'intactAge',
    title: 'Age of proof (intact)',
    unit: 'Seconds',
    metric: Metric.PROOF_AGE,
    dimensions: { [Dimension.SYSTEM]: system, [Dimension.LEVEL]: ProofLevel.INTACT },
    periodSeconds: SHIFT,
    limitSeconds: ({ proofAgeSeconds }) => proofAgeSeconds[ProofLevel.INTACT],
  };
}

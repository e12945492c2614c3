import { z } from 'zod';

/** What decides the state of a metric alarm, as its template says. */
export interface AlarmDefinition {
  readonly name: string;
  /** Names of the metrics whose data decide, and what is computed of them. */
  readonly queries: readonly Query[];
  readonly comparison: Comparison;
  readonly threshold: number;
  /** Number of newest periods that are looked at, and how many of them must breach. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
}

/** A metric, or an expression over those that have an id. */
export interface Query {
  readonly id: string;
  readonly metric?: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
    readonly statistic: string;
  };
  readonly expression?: string;
  /** Whether the alarm compares this one. */
  readonly isCompared: boolean;
}

const COMPARISONS = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
};
type Comparison = keyof typeof COMPARISONS;
type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

const dimensions = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);
const whole = z.coerce.number();

/** Properties of `AWS::CloudWatch::Alarm`, references resolved. */
const properties = z.object({
  AlarmName: z.string(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Statistic: z.string().optional(),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        ReturnData: z.boolean().default(true),
        MetricStat: z
          .object({
            Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
            Stat: z.string(),
          })
          .optional(),
      }),
    )
    .optional(),
  ComparisonOperator: z.enum(Object.keys(COMPARISONS) as [Comparison, ...Comparison[]]),
  Threshold: whole,
  EvaluationPeriods: whole,
  DatapointsToAlarm: whole.optional(),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
});

/**
 * Reads the properties of an alarm.
 *
 * @throws when the alarm compares in a way that the stand-in does not know, such as with a band of expected values
 */
export function alarmDefinition(resolved: unknown): AlarmDefinition {
  const alarm = properties.parse(resolved);
  return {
    name: alarm.AlarmName,
    queries: alarm.Metrics?.map(queryOf) ?? [
      {
        id: 'm',
        isCompared: true,
        metric: {
          namespace: alarm.Namespace ?? '',
          name: alarm.MetricName ?? '',
          dimensions: alarm.Dimensions,
          statistic: alarm.Statistic ?? 'Average',
        },
      },
    ],
    comparison: alarm.ComparisonOperator,
    threshold: alarm.Threshold,
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    treatMissingData: alarm.TreatMissingData,
  };
}

function queryOf({
  Id,
  Expression,
  ReturnData,
  MetricStat,
}: NonNullable<z.infer<typeof properties>['Metrics']>[number]): Query {
  return {
    id: Id,
    isCompared: ReturnData,
    ...(Expression !== undefined && { expression: Expression }),
    ...(MetricStat && {
      metric: {
        namespace: MetricStat.Metric.Namespace,
        name: MetricStat.Metric.MetricName,
        dimensions: MetricStat.Metric.Dimensions,
        statistic: MetricStat.Stat,
      },
    }),
  };
}

/**
 * The state that the newest periods give an alarm; undefined when it stays as it is.
 *
 * @param values one for each of the newest periods, oldest first; undefined where no data came
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function alarmState(
  { comparison, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData }: AlarmDefinition,
  values: readonly (number | undefined)[],
): 'ALARM' | 'OK' | 'INSUFFICIENT_DATA' | undefined {
  const newest = values.slice(-evaluationPeriods);
  const isBreaching = newest.map((value) =>
    value === undefined ? MISSING[treatMissingData] : COMPARISONS[comparison](value, threshold),
  );
  if (isBreaching.filter((each) => each === true).length >= datapointsToAlarm) return 'ALARM';
  if (newest.every((value) => value === undefined)) {
    if (treatMissingData === 'ignore') return undefined;
    if (treatMissingData === 'missing') return 'INSUFFICIENT_DATA';
  }
  return 'OK';
}

const MISSING: Readonly<Record<MissingData, boolean | undefined>> = {
  breaching: true,
  notBreaching: false,
  ignore: undefined,
  missing: undefined,
};

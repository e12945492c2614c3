import { aws_cloudwatch as cloudwatch, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  ALARM_RULES,
  type AlarmComparison,
  type AlarmRule,
  alarmDescription,
  alarmName,
  thresholdOf,
} from '../../engine/contract/alarms';
import type { System } from '../../engine/contract/signals';
import type { Paging } from '../paging/paging';
import { type HoldfastMetricProps, holdfastMetric } from './holdfast-metric';

/** Properties of {@link ruledAlarm}. */
export interface RuledAlarmProps {
  readonly paging: Paging;
  readonly rule: AlarmRule;
  /** Name of what is watched, of a rule of resources. @default - the rule is that of a system */
  readonly resource?: string;
  /** What is compared, where the table only names the metrics. @default - the metric of Holdfast that the rule names */
  readonly metric?: cloudwatch.IMetric;
  /** @default - the rule's */
  readonly period?: Duration;
  /** @default - the rule's, or what the objectives say */
  readonly threshold?: number;
  /** Periods in a row. @default - the rule's */
  readonly evaluationPeriods?: number;
  /** Seconds that the description tells as the limit. @default - the objective that the rule takes its threshold from */
  readonly limitSeconds?: number;
  /** Number of the alarm, where one rule needs several. @default - it is the only one */
  readonly number?: number;
}

/**
 * Makes an alarm from a rule of the table, and has it paged about.
 *
 * @returns undefined when the objectives ask for nothing that the rule could compare with.
 */
export function ruledAlarm(scope: Construct, id: string, props: RuledAlarmProps): cloudwatch.Alarm | undefined {
  const { paging, rule, resource, number } = props;
  const { condition } = rule;
  const threshold = props.threshold ?? thresholdOf(rule, paging.objectives);
  if (threshold === undefined) {
    return undefined;
  }
  const name = `${alarmName(paging.prefix, rule, resource)}${number === undefined ? '' : number}`;
  const isObjective = typeof condition.threshold === 'object';
  const common = {
    alarmName: name,
    alarmDescription: alarmDescription(rule, {
      prefix: paging.prefix,
      region: Stack.of(scope).region,
      resource,
      limitSeconds: props.limitSeconds ?? (isObjective ? threshold : undefined),
    }),
    metric: props.metric ?? ruledMetric(rule, resource, props.period),
    comparisonOperator: COMPARISONS[condition.comparison],
    evaluationPeriods: props.evaluationPeriods ?? condition.evaluations ?? 1,
    treatMissingData:
      condition.fedBy === 'schedule'
        ? cloudwatch.TreatMissingData.BREACHING
        : cloudwatch.TreatMissingData.NOT_BREACHING,
  };
  const alarm =
    condition.comparison === 'aboveBand'
      ? new cloudwatch.AnomalyDetectionAlarm(scope, id, { ...common, stdDevs: threshold })
      : new cloudwatch.Alarm(scope, id, { ...common, threshold });
  paging.attend(alarm, name, rule);
  return alarm;
}

/** What a function must know to write its findings into an alarm, so that the page carries them. */
export function pagedBy(
  paging: Paging,
  rule: AlarmRule,
): { readonly alarmName: string; readonly incidentName: string } {
  return { alarmName: alarmName(paging.prefix, rule), incidentName: paging.incidentName(rule) };
}

/** Properties of {@link scheduledAlarms}. */
export interface ScheduledAlarmsProps {
  readonly paging: Paging;
  readonly system: System;
  /** Time between two runs of what publishes the metrics. @default - as the rules say, an hour */
  readonly period?: Duration;
  /** Names of rules that nothing feeds here. @default - none */
  readonly without?: readonly string[];
}

/**
 * Makes all alarms about a system as a whole whose metrics come from a schedule: those that its verification feeds. They are called as
 * their rules are, so that each construct has them once.
 */
export function scheduledAlarms(
  scope: Construct,
  { paging, system, period, without = [] }: ScheduledAlarmsProps,
): void {
  for (const rule of scheduledRules(system).filter(({ name }) => !without.includes(name))) {
    ruledAlarm(scope, constructId(rule), { paging, rule, period });
  }
}

/** The rules about a system as a whole that silence breaches. */
export const scheduledRules = (system: System): AlarmRule[] =>
  ALARM_RULES.filter((rule) => rule.system === system && rule.of === 'system' && rule.condition.fedBy === 'schedule');

/** What an alarm is called within the construct that makes it. */
export const constructId = ({ name }: AlarmRule): string => name.replace(/^./, (letter) => letter.toUpperCase());

/** The one metric of Holdfast that a rule names. */
export function ruledMetric(
  { system, condition }: AlarmRule,
  resource: string | undefined,
  period = Duration.seconds(condition.periodSeconds),
): cloudwatch.Metric {
  const { metrics, dimensions, statistic } = condition;
  const metricName = metrics[0] as HoldfastMetricProps['metricName'];
  return holdfastMetric({ metricName, system, resource, dimensions, statistic, period });
}

/** What several metrics come to together; one that is silent counts as 0. Alone, a metric stands for itself. */
export function sumOf(
  metrics: Readonly<Record<string, cloudwatch.IMetric>>,
  label: string,
  period: Duration,
): cloudwatch.IMetric {
  const [[, alone] = [], ...others] = Object.entries(metrics);
  if (alone !== undefined && others.length === 0) {
    return alone;
  }
  return new cloudwatch.MathExpression({
    expression: Object.keys(metrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    label,
    usingMetrics: { ...metrics },
    period,
  });
}

const COMPARISONS: Readonly<Record<AlarmComparison, cloudwatch.ComparisonOperator>> = {
  below: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
  above: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  atLeast: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  aboveBand: cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
};

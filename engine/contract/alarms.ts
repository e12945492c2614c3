import { ALARM_RULES } from './alarm-rules';
import type { Objectives } from './deployment';
import { Severity } from './paging';
import { ProofSystem } from './proofs';
import { type ProofLevel, System } from './signals';

/**
 * Every alarm of Holdfast: what it watches, how loud it is, what it means and what to do first. Constructs make the alarms from this
 * table; the command line and the report read it.
 */
export interface AlarmRule {
  /** Last part of the alarm's name: `<prefix>-<system or resource>-<name>`. Has no hyphen. */
  readonly name: string;
  /** What the part before it names. */
  readonly of: AlarmPlace;
  readonly system: System;
  readonly severity: Severity;
  /** What it means that it went off, in plain words. */
  readonly meaning: string;
  /** What to do first. */
  readonly first: string;
  /** File below `docs/runbooks/`, without its ending. */
  readonly runbook: string;
  /** When it goes off. */
  readonly condition: AlarmCondition;
}

/** What an alarm watches: a whole system, one protected resource, or the restores of a system. */
export type AlarmPlace = 'system' | 'resource' | 'restore';

/** When an alarm goes off: what the metrics come to in a period, compared with a threshold. */
export interface AlarmCondition {
  /** @default METRIC_NAMESPACE */
  readonly namespace?: string;
  /** Names of the metrics; what several come to is added up, and one that is silent counts as 0 then. */
  readonly metrics: readonly string[];
  /** Dimensions of Holdfast's metrics beside the resource's. Those of AWS's metrics name what is watched. @default - the system alone */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly statistic: 'Minimum' | 'Maximum' | 'Sum';
  readonly comparison: AlarmComparison;
  readonly threshold: AlarmThreshold;
  /** Length of a period; the constructs give that of the schedule where it is configured. */
  readonly periodSeconds: number;
  /** Periods in a row. @default 1 */
  readonly evaluations?: number;
  readonly fedBy: AlarmFeed;
}

/** How a value must lie to the threshold for the alarm to go off; `aboveBand`: so many standard deviations above what is expected. */
export type AlarmComparison = 'below' | 'above' | 'atLeast' | 'aboveBand';

/**
 * Who publishes the metrics. `schedule`: a function or job that runs again and again, so that silence is a failure and raises the
 * alarm. `event`: only what happens, so that silence is what is wished for.
 */
export type AlarmFeed = 'schedule' | 'event';

/** A number, an objective of the system, or `resource`: each resource has its own. */
export type AlarmThreshold =
  | number
  | { readonly objective: 'backupAge' | 'rpo' }
  | { readonly objective: 'proofAge'; readonly level: ProofLevel }
  | 'resource';

export { ALARM_RULES };

/** Name of an alarm. @param place name of the resource, of rules of one. @default - that of the system, or of its restores */
export function alarmName(prefix: string, rule: AlarmRule, resource?: string): string {
  const places: Readonly<Record<AlarmPlace, string>> = {
    system: rule.system,
    restore: `restore-${rule.system}`,
    resource: resource ?? '',
  };
  return `${prefix}-${places[rule.of]}-${rule.name}`;
}

/**
 * The rule of a system by its name.
 *
 * @throws Error when there is none.
 */
export function alarmRule(system: System, name: string, of: AlarmPlace = 'system'): AlarmRule {
  const rule = ALARM_RULES.find((each) => each.system === system && each.name === name && each.of === of);
  if (rule === undefined) {
    throw new Error(
      `There is no alarm ${name} of ${system}. HINT: it must be one of the table in engine/contract/alarm-rules.ts.`,
    );
  }
  return rule;
}

/** The rule that an alarm was made from; undefined when it is none of this deployment, or a composite one. */
export function alarmRuleOf(prefix: string, name: string): AlarmRule | undefined {
  const [, place = '', last = ''] = name.startsWith(`${prefix}-`)
    ? (/^(.+)-([A-Za-z]+?)\d*$/.exec(name.slice(prefix.length + 1)) ?? [])
    : [];
  const exact = ALARM_RULES.find((rule) => rule.of !== 'resource' && alarmName('', rule) === `-${place}-${last}`);
  return exact ?? ALARM_RULES.find((rule) => rule.of === 'resource' && rule.name === last && place !== '');
}

/** The objectives that the alarms of a system take their thresholds from; Holdfast itself has none. */
export const OBJECTIVES_OF: Readonly<Partial<Record<System, ProofSystem>>> = {
  [System.STORAGE]: ProofSystem.FILES,
  [System.DATABASE]: ProofSystem.DATABASE,
  [System.TENANTS]: ProofSystem.TENANTS,
  [System.REDIS]: ProofSystem.REDIS,
};

/** What a rule compares with; undefined when the objectives ask for nothing, or each resource has its own. */
export function thresholdOf(
  { system, condition: { threshold } }: AlarmRule,
  objectives: Objectives,
): number | undefined {
  if (typeof threshold === 'number' || threshold === 'resource') {
    return typeof threshold === 'number' ? threshold : undefined;
  }
  const proofSystem = OBJECTIVES_OF[system];
  const asked = proofSystem && objectives[proofSystem];
  switch (threshold.objective) {
    case 'backupAge':
      return asked?.backupAgeSeconds;
    case 'rpo':
      return asked?.rpoSeconds;
    default:
      return asked?.proofAgeSeconds[threshold.level];
  }
}

/** Most characters that CloudWatch takes as the description of an alarm. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const MOST_DESCRIPTION_CHARACTERS = 1024;

/** What an alarm's description is made of beside its rule. */
export interface DescribedAlarm {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Region of the alarm. */
  readonly region: string;
  /** @default - the alarm is that of a system */
  readonly resource?: string;
  /** Seconds that an objective allows. @default - the alarm has none */
  readonly limitSeconds?: number;
}

/** What on-call reads in the page: what it means, what to do first, and where to read on. */
export function alarmDescription(rule: AlarmRule, { prefix, region, resource, limitSeconds }: DescribedAlarm): string {
  return [
    resource === undefined ? rule.meaning : `${resource}: ${rule.meaning}`,
    ...(limitSeconds === undefined ? [] : [`Limit: ${spanText(limitSeconds)}.`]),
    `First: ${rule.first}`,
    `Runbook: ${runbookPath(rule.runbook)}`,
    `Dashboard: ${dashboardUrl(prefix, region)}`,
  ].join(' ');
}

/** Where a runbook lies in the repository. */
export const runbookPath = (runbook: string): string => `docs/runbooks/${runbook}.md`;

/**
 * Name of the dashboard of a Region. An account has each name once for all Regions, and who writes it again replaces what it shows.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 */
export const dashboardName = (prefix: string, region: string): string => `${prefix}-holdfast-${region}`;

/** Where the dashboard of a Region is seen. */
export const dashboardUrl = (prefix: string, region: string): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(prefix, region)}`;

/** Name of the composite alarm that pages for all rules of a severity of one system, so that one incident is one page. */
export const incidentName = (prefix: string, system: System, severity: Severity): string =>
  `${prefix}-${system}-${severity === Severity.CRITICAL ? 'incident' : 'attention'}`;

/** A span of time in the largest unit that leaves a whole number, such as `26 hours`. */
function spanText(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0 && seconds >= each) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

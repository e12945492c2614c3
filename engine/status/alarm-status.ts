import {
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { alarmRuleOf, incidentName } from '../contract/alarms';
import { SEVERITIES, Severity, topicName } from '../contract/paging';
import { System } from '../contract/signals';
import { errorName } from '../objects/store-error';
import { byWorst } from './health';
import { type AlarmStatus, Health } from './model';

/** The alarms of a deployment in one Region. */
export interface FoundAlarms {
  /** Those that are not OK, loudest first. */
  readonly alarms: readonly AlarmStatus[];
  /** What could not be looked at, in plain sentences. */
  readonly unknown: readonly string[];
}

/**
 * Looks at the alarms of a deployment. Never throws: what cannot be looked at is told in `unknown`, and so is a Region without any
 * alarm, where nobody would be paged.
 */
export async function readAlarms(cloudWatch: CloudWatchClient, prefix: string): Promise<FoundAlarms> {
  const region = await cloudWatch.config.region();
  try {
    const found = await describeAlarms(cloudWatch, prefix);
    if (found.length === 0) {
      return {
        alarms: [],
        unknown: [
          `${region} has no alarm of ${prefix}, so nobody is paged from there. HINT: deploy the stack of that Region, or sign in to its account.`,
        ],
      };
    }
    return { alarms: notOk(found, region), unknown: [] };
  } catch (error) {
    return { alarms: [], unknown: [unreadable(error, region)] };
  }
}

type Alarm = MetricAlarm | CompositeAlarm;

/** What a prefix of a name finds may be somebody else's alarm. */
async function describeAlarms(cloudWatch: CloudWatchClient, prefix: string): Promise<JudgedAlarm[]> {
  const found: Alarm[] = [];
  const pages = paginateDescribeAlarms(
    { client: cloudWatch },
    { AlarmNamePrefix: `${prefix}-`, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: MOST_RECORDS },
  );
  for await (const { MetricAlarms: metric = [], CompositeAlarms: composite = [] } of pages) {
    found.push(...metric, ...composite);
  }
  return found.flatMap((alarm) => {
    const severity = severityOf(prefix, alarm);
    return severity === undefined ? [] : [{ alarm, severity }];
  });
}

/** Most that DescribeAlarms answers at once. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MOST_RECORDS = 100;

/** An alarm of the deployment, and how loud it is. */
interface JudgedAlarm {
  readonly alarm: Alarm;
  readonly severity: Severity;
}

/** Of an alarm that this version does not know, its topic tells; undefined when it is none of the deployment. */
function severityOf(prefix: string, { AlarmName: name = '', AlarmActions: actions = [] }: Alarm): Severity | undefined {
  const isIncident = (severity: Severity) =>
    Object.values(System).some((system) => incidentName(prefix, system, severity) === name);
  const goesTo = (severity: Severity) => actions.some((arn) => arn.endsWith(`:${topicName(prefix, severity)}`));
  return alarmRuleOf(prefix, name)?.severity ?? SEVERITIES.find((severity) => isIncident(severity) || goesTo(severity));
}

/** The alarms that are not OK, loudest first, then by their age. A composite alarm is left out where the alarm that raised it is told. */
function notOk(found: readonly JudgedAlarm[], region: string): AlarmStatus[] {
  const notOk = found.filter(({ alarm }) => alarm.StateValue !== 'OK');
  const names = notOk.flatMap(({ alarm }) => ('AlarmRule' in alarm ? [] : (alarm.AlarmName ?? [])));
  const isRaisedByOne = (alarm: Alarm) =>
    'AlarmRule' in alarm && names.some((name) => RULE_ENDS.some((end) => alarm.AlarmRule?.includes(`${name}${end}`)));
  return notOk
    .filter(({ alarm }) => !isRaisedByOne(alarm))
    .map((judged) => alarmStatus(judged, region))
    .sort((left, right) => byWorst(left.health, right.health) || (left.since < right.since ? -1 : 1));
}

/** What follows the name, or the ARN, of an alarm in the rule of a composite one. */
const RULE_ENDS = ['"', "'", ')'];

function alarmStatus({ alarm, severity }: JudgedAlarm, region: string): AlarmStatus {
  const isRaised = alarm.StateValue === 'ALARM';
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp ?? new Date(0);
  return {
    name: alarm.AlarmName ?? '',
    region,
    state: isRaised ? 'ALARM' : 'INSUFFICIENT_DATA',
    health: !isRaised ? Health.UNKNOWN : severity === Severity.CRITICAL ? Health.CRITICAL : Health.WARNING,
    since: since.toISOString(),
    reason: alarm.StateReason ?? '',
  };
}

function unreadable(error: unknown, region: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = /^AccessDenied/.test(errorName(error))
    ? 'use credentials that may cloudwatch:DescribeAlarms.'
    : 'check that this machine reaches CloudWatch there, and that its credentials are valid.';
  return `The alarms in ${region} could not be looked at: ${errorName(error)}: ${message.slice(0, 200)}. HINT: ${hint}`;
}

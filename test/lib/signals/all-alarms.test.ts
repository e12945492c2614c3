import {
  ALARM_RULES,
  type AlarmComparison,
  type AlarmRule,
  alarmName,
  alarmRuleOf,
  MOST_DESCRIPTION_CHARACTERS,
} from '../../../engine/contract/alarms';
import { CHANNELS, SEVERITIES, topicName } from '../../../engine/contract/paging';
import { METRIC_NAMESPACE } from '../../../engine/contract/signals';
import { shippedWith } from '../configuration/shipped';
import { type SynthesizedResource, type SynthesizedTemplate, synthesized } from '../synthesized';

/** What the app as it is shipped deploys, with every route. */
const { templates } = synthesized(
  shippedWith({
    'paging.email': ['oncall@example.com'],
    'paging.slack': { workspaceId: 'T0000000000', channelId: 'C0000000000' },
    'paging.pager': 'https://events.example.com/integration/cloudwatch',
  }),
);
const PREFIX = 'acme';
const ofType = ({ Resources }: SynthesizedTemplate, type: string): [string, SynthesizedResource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);
const nameOf = ({ Properties }: SynthesizedResource): string => String(Properties.AlarmName);
const stacks = Object.entries(templates).filter(([, template]) => ofType(template, 'AWS::SNS::Topic').length > 0);
const everyAlarm = stacks.flatMap(([stack, template]) =>
  ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => [stack, nameOf(alarm), alarm] as const),
);

test('both Regions have alarms', () => {
  expect(stacks).toHaveLength(2);
  expect(everyAlarm.length).toBeGreaterThan(20);
});

describe.each(stacks)('of %s', (_, template) => {
  const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);
  const composites = ofType(template, 'AWS::CloudWatch::CompositeAlarm').map(([, each]) => each);

  test('each alarm acts through exactly one composite alarm, of its system and severity', () => {
    for (const alarm of alarms) {
      const above = composites.filter((each) =>
        String(each.Properties.AlarmRule).includes(`ALARM("${nameOf(alarm)}")`),
      );
      const rule = alarmRuleOf(PREFIX, nameOf(alarm)) as AlarmRule;
      const suffix = rule.severity === 'critical' ? 'incident' : 'attention';
      expect(above.map(nameOf)).toEqual([`${PREFIX}-${rule.system}-${suffix}`]);
      expect(Object.keys(alarm.Properties).filter((key) => key.endsWith('Actions'))).toEqual([]);
    }
  });

  test('each composite alarm is over alarms that there are, and within what CloudWatch takes', () => {
    const names = [...alarms, ...composites].map(nameOf);
    for (const { Properties } of composites) {
      const children = [...String(Properties.AlarmRule).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, child]) => child);
      expect(children.length).toBeGreaterThan(0);
      expect(children.length).toBeLessThanOrEqual(100);
      expect(names).toEqual(expect.arrayContaining(children));
      expect(String(Properties.AlarmRule)).toBe(children.map((child) => `ALARM("${child}")`).join(' OR '));
      expect(String(Properties.AlarmDescription).length).toBeLessThanOrEqual(MOST_DESCRIPTION_CHARACTERS);
    }
  });

  test('each composite alarm tells the topic of its severity, of its end too', () => {
    const topics = ofType(template, 'AWS::SNS::Topic');
    for (const { Properties } of composites) {
      const severity = String(Properties.AlarmName).endsWith('-incident') ? 'critical' : 'warning';
      const [topicId] = topics.find(([, each]) => each.Properties.TopicName === topicName(PREFIX, severity)) ?? [];
      expect(Properties.AlarmActions).toEqual([{ Ref: topicId }]);
      expect(Properties.OKActions).toEqual([{ Ref: topicId }]);
    }
  });
});

test.each(SEVERITIES)('what is %s goes the ways that its severity has, and no others', (severity) => {
  for (const [, template] of stacks) {
    const [topicId] =
      ofType(template, 'AWS::SNS::Topic').find(
        ([, each]) => each.Properties.TopicName === topicName(PREFIX, severity),
      ) ?? [];
    const protocols = ofType(template, 'AWS::SNS::Subscription')
      .filter(([, { Properties }]) => JSON.stringify(Properties.TopicArn) === JSON.stringify({ Ref: topicId }))
      .map(([, { Properties }]) => String(Properties.Protocol));
    expect(protocols.includes('email')).toBe(CHANNELS[severity].includes('email'));
    expect(protocols.includes('https')).toBe(CHANNELS[severity].includes('pager'));
  }
  const slack = stacks.flatMap(([, template]) => ofType(template, 'AWS::Chatbot::SlackChannelConfiguration'));
  expect(slack).toHaveLength(1);
  const told = JSON.stringify(slack[0]?.[1].Properties.SnsTopicArns);
  expect(told.includes(`:${topicName(PREFIX, severity)}"`)).toBe(CHANNELS[severity].includes('slack'));
});

test.each(everyAlarm)('of %s: %s is as its rule says, silence included', (_, name, { Properties }) => {
  const rule = alarmRuleOf(PREFIX, name) as AlarmRule;
  const { namespace = METRIC_NAMESPACE, metrics, statistic, comparison, fedBy } = rule.condition;
  const watched = metricsOf(Properties);
  expect(new Set(watched.map((each) => each.Namespace))).toEqual(new Set([namespace]));
  expect(watched.map((each) => each.MetricName)).toEqual(expect.arrayContaining([...metrics]));
  expect(watched.some((each) => each.Stat === statistic)).toBe(true);
  expect(Properties.ComparisonOperator).toBe(COMPARISONS[comparison]);
  expect(Properties.TreatMissingData).toBe(fedBy === 'schedule' ? 'breaching' : 'notBreaching');
});

test('no alarm is in the template of a Region twice, and every system has some', () => {
  for (const [, template] of stacks) {
    const names = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => nameOf(alarm));
    expect(new Set(names).size).toBe(names.length);
  }
  const made = new Set(everyAlarm.map(([, name]) => alarmRuleOf(PREFIX, name)));
  const unmade = ALARM_RULES.filter((rule) => !made.has(rule)).map((rule) => alarmName(PREFIX, rule, '<name>'));
  // What no objective asks for unless the configuration does.
  expect(unmade).toEqual(['acme-storage-backupAge']);
});

const COMPARISONS: Readonly<Record<AlarmComparison, string>> = {
  below: 'LessThanThreshold',
  above: 'GreaterThanThreshold',
  atLeast: 'GreaterThanOrEqualToThreshold',
  aboveBand: 'GreaterThanUpperThreshold',
};

interface WatchedMetric {
  readonly Namespace: unknown;
  readonly MetricName: unknown;
  readonly Stat: unknown;
}

/** The metrics of an alarm, of one that computes with several too. */
function metricsOf(properties: SynthesizedResource['Properties']): WatchedMetric[] {
  const { Metrics, Namespace, MetricName, Statistic } = properties;
  if (Metrics === undefined) {
    return [{ Namespace, MetricName, Stat: Statistic }];
  }
  const queries = Metrics as readonly {
    readonly MetricStat?: { readonly Metric: WatchedMetric; readonly Stat: string };
  }[];
  return queries.flatMap(({ MetricStat }) => (MetricStat ? [{ ...MetricStat.Metric, Stat: MetricStat.Stat }] : []));
}

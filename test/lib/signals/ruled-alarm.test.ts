import { aws_cloudwatch as cloudwatch, Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { alarmRule } from '../../../engine/contract/alarms';
import { System } from '../../../engine/contract/signals';
import { Paging, type PagingProps } from '../../../lib/paging/paging';
import { resolveObjectives } from '../../../lib/signals/objectives';
import { pagedBy, type RuledAlarmProps, ruledAlarm, sumOf } from '../../../lib/signals/ruled-alarm';
import { SystemAlarms } from '../../../lib/signals/system-alarms';
import { primaryStack, resources } from '../deployment';
import { alarmNamed, topicOf } from '../pages';

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

const pagingIn = (props: Partial<PagingProps> = {}) =>
  new Paging(stack, 'Paging', { prefix: 'acme', routes: {}, ...props });

function alarmOf(props: Omit<RuledAlarmProps, 'paging'>, name: string) {
  ruledAlarm(stack, 'Alarm', { paging: pagingIn(), ...props });
  return alarmNamed(Template.fromStack(stack), name).Properties;
}

test('with the least that must be said, an alarm is as its rule says', () => {
  const rule = alarmRule(System.REDIS, 'proofAgeIntact');
  expect(alarmOf({ rule }, 'acme-redis-proofAgeIntact')).toEqual({
    AlarmName: 'acme-redis-proofAgeIntact',
    AlarmDescription: expect.stringContaining('Limit: 30 hours.'),
    Namespace: 'Holdfast',
    MetricName: 'proofAge',
    Dimensions: [
      { Name: 'Level', Value: 'intact' },
      { Name: 'System', Value: 'redis' },
    ],
    Statistic: 'Maximum',
    Period: 3600,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 30 * 3600,
    EvaluationPeriods: 1,
    TreatMissingData: 'breaching',
  });
});

test('with everything that can be said, an alarm is as is said', () => {
  const alarm = alarmOf(
    {
      rule: alarmRule(System.REDIS, 'lastSave', 'resource'),
      resource: 'sessions',
      metric: new cloudwatch.Metric({ namespace: 'Example', metricName: 'example', period: Duration.minutes(1) }),
      threshold: 7000,
      evaluationPeriods: 7,
      limitSeconds: 6480,
      number: 2,
    },
    'acme-sessions-lastSave2',
  );
  expect(alarm).toMatchObject({
    AlarmDescription: expect.stringMatching(/^sessions: .* Limit: 108 minutes\. First: /),
    Namespace: 'Example',
    MetricName: 'example',
    Period: 60,
    Threshold: 7000,
    EvaluationPeriods: 7,
    TreatMissingData: 'breaching',
  });
});

test('takes what an objective asks for, and makes no alarm where none asks', () => {
  const objectives = resolveObjectives({ files: { backupAgeSeconds: 7200 } });
  const rule = alarmRule(System.STORAGE, 'backupAge');
  expect(ruledAlarm(stack, 'None', { paging: pagingIn(), rule })).toBeUndefined();
  const paging = new Paging(stack, 'Strict', { prefix: 'strict', routes: {}, objectives });
  ruledAlarm(stack, 'Some', { paging, rule });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 1);
  expect(alarmNamed(template, 'strict-storage-backupAge').Properties.Threshold).toBe(7200);
});

test('what a schedule feeds breaches on silence, what events feed does not', () => {
  const paging = pagingIn();
  ruledAlarm(stack, 'Schedule', { paging, rule: alarmRule(System.TENANTS, 'damaged') });
  ruledAlarm(stack, 'Event', { paging, rule: alarmRule(System.PLATFORM, 'deletionAttempts') });
  const template = Template.fromStack(stack);
  expect(alarmNamed(template, 'acme-tenants-damaged').Properties.TreatMissingData).toBe('breaching');
  expect(alarmNamed(template, 'acme-platform-deletionAttempts').Properties.TreatMissingData).toBe('notBreaching');
});

test.each([
  [
    System.TENANTS,
    {
      backupFailed: 'acme-critical',
      damaged: 'acme-critical',
      retentionDrift: 'acme-warning',
      drift: 'acme-warning',
      backupAge: 'acme-critical',
      proofAgePresent: 'acme-critical',
      proofAgeIntact: 'acme-warning',
    },
  ],
  [System.PLATFORM, { keysUnusable: 'acme-critical', keyDrift: 'acme-warning', routeProblems: 'acme-warning' }],
])('the alarms about %s that a schedule feeds are these, and page so', (system, expected) => {
  new SystemAlarms(stack, 'Alarms', { paging: pagingIn(), system });
  const template = Template.fromStack(stack);
  const told = resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => {
    const name = String(Properties.AlarmName);
    return [name.replace(`acme-${system}-`, ''), topicOf(template, name)];
  });
  expect(Object.fromEntries(told)).toEqual(expected);
});

test('a schedule of its own gives the alarms its period, and rules that nothing feeds can be left out', () => {
  new SystemAlarms(stack, 'Alarms', {
    paging: pagingIn(),
    system: System.PLATFORM,
    period: Duration.minutes(30),
    without: ['keysUnusable', 'keyDrift'],
  });
  const [[, alarm] = [], ...others] = resources(Template.fromStack(stack), 'AWS::CloudWatch::Alarm');
  expect(others).toEqual([]);
  expect(alarm?.Properties).toMatchObject({ AlarmName: 'acme-platform-routeProblems', Period: 1800 });
});

test('tells a function which alarms to write its findings into', () => {
  expect(pagedBy(pagingIn(), alarmRule(System.DATABASE, 'drift'))).toEqual({
    alarmName: 'acme-database-drift',
    incidentName: 'acme-database-attention',
  });
});

test('one metric stands for itself, several are added up, each counting 0 where it is silent', () => {
  const metric = new cloudwatch.Metric({ namespace: 'Example', metricName: 'example' });
  expect(sumOf({ one: metric }, 'Sum', Duration.minutes(5))).toBe(metric);
  expect(sumOf({ one: metric, two: metric, three: metric }, 'Sum', Duration.minutes(5))).toMatchObject({
    expression: 'FILL(one, 0) + FILL(two, 0) + FILL(three, 0)',
    label: 'Sum',
  });
});

import { aws_cloudwatch as cloudwatch, Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ALARM_RULES, type AlarmRule, alarmRule, MOST_DESCRIPTION_CHARACTERS } from '../../../engine/contract/alarms';
import { SEVERITIES } from '../../../engine/contract/paging';
import { System } from '../../../engine/contract/signals';
import { Paging, type PagingProps } from '../../../lib/paging/paging';
import { MaintenanceWindow } from '../../../lib/signals/maintenance-window';
import { primaryStack, type Resource, resources } from '../deployment';
import { childrenOf, incidentOf, topicOf } from '../pages';

const CRITICAL = alarmRule(System.STORAGE, 'backupFailed');
const OTHER_CRITICAL = alarmRule(System.STORAGE, 'proofAgePresent');
const WARNING = alarmRule(System.STORAGE, 'replicationDelay');
const OF_REDIS = alarmRule(System.REDIS, 'backupFailed');

let stack: Stack;
beforeEach(() => {
  stack = primaryStack();
});

const pagingIn = (props: Partial<PagingProps> = {}) =>
  new Paging(stack, 'Paging', { prefix: 'acme', routes: {}, ...props });

function attend(paging: Paging, name: string, rule: AlarmRule): cloudwatch.Alarm {
  const metric = new cloudwatch.Metric({ namespace: 'Example', metricName: 'example' });
  const alarm = new cloudwatch.Alarm(stack, name, { alarmName: name, metric, threshold: 1, evaluationPeriods: 1 });
  paging.attend(alarm, name, rule);
  return alarm;
}

const composites = (template: Template): Record<string, Resource> =>
  Object.fromEntries(
    resources(template, 'AWS::CloudWatch::CompositeAlarm').map(([, each]) => [String(each.Properties.AlarmName), each]),
  );

test('everything critical of a system is one page, everything else of it one warning, and other systems have their own', () => {
  const paging = pagingIn();
  attend(paging, 'one', CRITICAL);
  attend(paging, 'two', OTHER_CRITICAL);
  attend(paging, 'three', WARNING);
  attend(paging, 'four', OF_REDIS);
  const template = Template.fromStack(stack);
  const rules = Object.entries(composites(template)).map(([name, { Properties }]) => [name, Properties.AlarmRule]);
  expect(Object.fromEntries(rules)).toEqual({
    'acme-storage-incident': 'ALARM("one") OR ALARM("two")',
    'acme-storage-attention': 'ALARM("three")',
    'acme-redis-incident': 'ALARM("four")',
  });
  expect(['one', 'two', 'three', 'four'].map((name) => topicOf(template, name))).toEqual([
    'acme-critical',
    'acme-critical',
    'acme-warning',
    'acme-critical',
  ]);
});

test('a composite alarm is made after its alarms, and told apart from them by what it lists', () => {
  const paging = pagingIn();
  const alarm = attend(paging, 'one', CRITICAL);
  const template = Template.fromStack(stack);
  const incident = incidentOf(template, 'one');
  expect(incident.DependsOn).toEqual([stack.resolve(alarm.alarmName).Ref]);
  expect(incident.Properties.AlarmDescription).toBe(
    'An incident with the backups of files. First: read the reason; where it only names an alarm, read what that says in its description. Runbooks, in docs/runbooks: files-backup-failed (backupFailed). Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/acme-holdfast-eu-west-1',
  );
});

test('warnings of a system wait for its incident, and no incident waits', () => {
  const paging = pagingIn();
  attend(paging, 'warning', WARNING);
  attend(paging, 'critical', CRITICAL);
  attend(paging, 'redis', OF_REDIS);
  const template = Template.fromStack(stack);
  const [incidentId] =
    resources(template, 'AWS::CloudWatch::CompositeAlarm').find(
      ([, { Properties }]) => Properties.AlarmName === 'acme-storage-incident',
    ) ?? [];
  expect(incidentOf(template, 'warning').Properties).toMatchObject({
    ActionsSuppressor: { Ref: incidentId },
    ActionsSuppressorWaitPeriod: 120,
    ActionsSuppressorExtensionPeriod: 120,
  });
  for (const name of ['critical', 'redis']) {
    expect(Object.keys(incidentOf(template, name).Properties).filter((key) => /Suppressor/.test(key))).toEqual([]);
  }
});

test('warnings without an incident to wait for wait for nothing', () => {
  attend(pagingIn(), 'warning', WARNING);
  const { Properties } = incidentOf(Template.fromStack(stack), 'warning');
  expect(Object.keys(Properties).filter((key) => /Suppressor/.test(key))).toEqual([]);
});

test('the description of a composite alarm over all rules of a system is one that CloudWatch takes', () => {
  const paging = new Paging(stack, 'Paging', { prefix: 'a'.repeat(12), routes: {} });
  ALARM_RULES.forEach((rule, index) => {
    attend(paging, `alarm${index}`, rule);
  });
  const all = Object.values(composites(Template.fromStack(stack)));
  expect(all).toHaveLength(Object.values(System).length * SEVERITIES.length);
  for (const { Properties } of all) {
    expect(String(Properties.AlarmDescription).length).toBeLessThanOrEqual(MOST_DESCRIPTION_CHARACTERS);
  }
});

test('more alarms than one composite alarm can name are grouped below it', () => {
  const paging = pagingIn();
  for (let number = 0; number < 291; number += 1) {
    attend(paging, `alarm${number}`, WARNING);
  }
  const template = Template.fromStack(stack);
  const all = composites(template);
  expect(Object.keys(all).sort()).toEqual([
    'acme-storage-attention',
    'acme-storage-attention-1',
    'acme-storage-attention-2',
    'acme-storage-attention-3',
  ]);
  const children = Object.fromEntries(Object.entries(all).map(([name, each]) => [name, childrenOf(each)]));
  expect(children['acme-storage-attention']?.slice(-4)).toEqual([
    'alarm89',
    'acme-storage-attention-1',
    'acme-storage-attention-2',
    'acme-storage-attention-3',
  ]);
  for (const [name, { Properties }] of Object.entries(all)) {
    expect(children[name]?.length).toBeLessThanOrEqual(100);
    expect(String(Properties.AlarmRule).length).toBeLessThanOrEqual(10_240);
    expect(Properties.AlarmActions === undefined).toBe(name !== 'acme-storage-attention');
  }
  expect(topicOf(template, 'alarm290')).toBe('acme-warning');
  expect(new Set(Object.values(children).flat()).size).toBe(291 + 3);
});

test('more than all groups hold are refused, with the limit and what to do', () => {
  const paging = pagingIn();
  const alarm = attend(paging, 'alarm', WARNING);
  const attendMore = () => {
    for (let number = 0; number < 1090; number += 1) {
      paging.attend(alarm, `alarm${number}`, WARNING);
    }
  };
  expect(attendMore).toThrow(/more than 1090 alarms of severity warning for storage. HINT: divide the resources/);
});

test('maintenance windows mute what pages, in each of them all of it', () => {
  const window = (name: string) =>
    MaintenanceWindow.of({
      name,
      schedule: 'cron(0 2 * * SUN)',
      timeZone: 'Europe/Berlin',
      duration: Duration.hours(2),
    });
  const paging = pagingIn({ maintenance: [window('patches'), window('moves')] });
  attend(paging, 'one', CRITICAL);
  attend(paging, 'two', WARNING);
  const template = Template.fromStack(stack);
  const pages = resources(template, 'AWS::CloudWatch::CompositeAlarm').map(([id]) => ({ Ref: id }));
  expect(pages).toHaveLength(2);
  template.resourceCountIs('AWS::CloudWatch::AlarmMuteRule', 2);
  for (const name of ['acme-patches', 'acme-moves']) {
    template.hasResourceProperties('AWS::CloudWatch::AlarmMuteRule', {
      Name: name,
      MuteTargets: { AlarmNames: Match.arrayWith(pages) },
      Rule: { Schedule: { Expression: 'cron(0 2 * * SUN)', Duration: 'PT2H', Timezone: 'Europe/Berlin' } },
    });
  }
});

test('two maintenance windows of the same name are refused', () => {
  const window = MaintenanceWindow.of({
    name: 'patches',
    schedule: 'at(2026-12-24T22:00)',
    duration: Duration.hours(2),
  });
  expect(() => pagingIn({ maintenance: [window, window] })).toThrow(
    'Primary/Paging: maintenance: must have each name once, got twice: "patches"',
  );
});

test('all alarms are those that page first, and the loud before the others', () => {
  const paging = pagingIn();
  const warning = attend(paging, 'warning', WARNING);
  const critical = attend(paging, 'critical', CRITICAL);
  const names = paging.alarms.map((alarm) => alarm.node.path.split('/').slice(1).join('/'));
  expect(names).toEqual(['Paging/storage-incident/Alarm', 'Paging/storage-attention/Alarm', 'critical', 'warning']);
  expect(paging.alarms.slice(2)).toEqual([critical, warning]);
});

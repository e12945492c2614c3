import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import {
  ALARM_RULES,
  type AlarmRule,
  alarmDescription,
  alarmName,
  alarmRule,
  alarmRuleOf,
  dashboardUrl,
  incidentName,
  MOST_DESCRIPTION_CHARACTERS,
  runbookPath,
  thresholdOf,
} from '../../../engine/contract/alarms';
import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import { SEVERITIES } from '../../../engine/contract/paging';
import { METRIC_NAMESPACE, Metric, System } from '../../../engine/contract/signals';

const LONGEST = {
  prefix: 'a'.repeat(12),
  region: 'ap-southeast-99',
  resource: 'r'.repeat(32),
  limitSeconds: 31_622_399,
};
const named = ({ of, system, name }: AlarmRule): string => `${of} ${system} ${name}`;
const each = ALARM_RULES.map((rule): [string, AlarmRule] => [named(rule), rule]);

test('has every alarm that is asked for', () => {
  expect(ALARM_RULES.map(named)).toEqual(
    expect.arrayContaining([
      ...['storage', 'database', 'tenants', 'redis'].flatMap((system) => [
        `system ${system} backupFailed`,
        `system ${system} backupAge`,
        `system ${system} proofAgePresent`,
      ]),
      ...['storage', 'tenants', 'redis'].map((system) => `system ${system} proofAgeIntact`),
      'system tenants damaged',
      'system tenants retentionDrift',
      'system storage replicationDelay',
      'resource storage replicationFailed',
      'system platform keysUnusable',
      'system platform deletionAttempts',
      'resource tenants durationDrift',
      'system platform deadLetters',
      'system platform functionErrors',
      'system platform functionThrottles',
      'system platform routeProblems',
    ]),
  );
});

test.each([
  ['storage', 'backupFailed', 'critical'],
  ['tenants', 'damaged', 'critical'],
  ['storage', 'replicationDelay', 'warning'],
  ['platform', 'keysUnusable', 'critical'],
  ['platform', 'deletionAttempts', 'critical'],
  ['platform', 'routeProblems', 'warning'],
] as const)('of %s, %s is %s', (system, name, severity) => {
  expect(alarmRule(system, name).severity).toBe(severity);
});

test('a replication delay is one of more than 1800 seconds', () => {
  expect(alarmRule(System.STORAGE, 'replicationDelay').condition).toMatchObject({
    threshold: 1800,
    comparison: 'above',
  });
});

test('no two alarms have the same name, whatever the resources are called', () => {
  const names = ALARM_RULES.map((rule) => alarmName('acme', rule, 'orders'));
  expect(new Set(names).size).toBe(names.length);
});

test.each(each)('%s has a name without hyphens and digits, and a runbook that tells of it', (_, rule) => {
  expect(rule.name).toMatch(/^[a-z][A-Za-z]+$/);
  const path = resolve(__dirname, '../../..', runbookPath(rule.runbook));
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain(rule.name);
});

test.each(each)('%s is described within what CloudWatch takes, by sentences', (_, rule) => {
  const description = alarmDescription(rule, LONGEST);
  expect(description.length).toBeLessThanOrEqual(MOST_DESCRIPTION_CHARACTERS);
  expect(rule.meaning).toMatch(/^[A-Z].*\.$/);
  expect(rule.first).toMatch(/^[a-z].*\.$/);
});

test.each(each)('%s watches what Holdfast publishes, or a metric of AWS', (_, { condition }) => {
  const { namespace = METRIC_NAMESPACE, metrics } = condition;
  expect(metrics.length).toBeGreaterThan(0);
  if (namespace === METRIC_NAMESPACE) {
    expect(metrics).toHaveLength(1);
    expect(Object.values<string>(Metric)).toContain(metrics[0]);
  } else {
    expect(namespace).toMatch(/^AWS\//);
    expect(condition.fedBy).toBe('event');
  }
});

test('a description says what it means, the limit, what to do first, and where to read on', () => {
  const rule = alarmRule(System.REDIS, 'backupAge');
  expect(alarmDescription(rule, { prefix: 'acme', region: 'eu-west-1', limitSeconds: 26 * 3600 })).toBe(
    `${rule.meaning} Limit: 26 hours. First: ${rule.first} Runbook: docs/runbooks/redis-backup-failed.md Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/acme-holdfast-eu-west-1`,
  );
});

test.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [60, '1 minute'],
  [5400, '90 minutes'],
  [86_400, '1 day'],
  [31 * 86_400, '31 days'],
])('tells a limit of %d seconds as %s', (limitSeconds, text) => {
  const described = alarmDescription(alarmRule(System.DATABASE, 'rpo'), {
    prefix: 'acme',
    region: 'eu-west-1',
    limitSeconds,
  });
  expect(described).toContain(` Limit: ${text}. `);
});

test('an alarm of a resource begins with its name', () => {
  const rule = alarmRule(System.TENANTS, 'runFailed', 'resource');
  expect(alarmName('acme', rule, 'orders')).toBe('acme-orders-runFailed');
  expect(alarmDescription(rule, { prefix: 'acme', region: 'eu-west-1', resource: 'orders' })).toMatch(
    /^orders: The state/,
  );
});

test('the rule of an alarm is found by its name, whatever prefix and resource', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
  const resource = label.filter(
    (name) => !Object.values<string>(System).includes(name) && !name.startsWith('restore-'),
  );
  fc.assert(
    fc.property(label, resource, fc.constantFrom(...ALARM_RULES), (prefix, name, rule) => {
      expect(alarmRuleOf(prefix, alarmName(prefix, rule, name))).toBe(rule);
    }),
  );
});

test('the rule of the second alarm of several is that of the first', () => {
  const rule = alarmRule(System.PLATFORM, 'functionErrors');
  expect(alarmRuleOf('acme', 'acme-platform-functionErrors2')).toBe(rule);
  expect(alarmRuleOf('acme', 'acme-platform-functionErrors10')).toBe(rule);
});

test.each([
  'acme-storage-incident',
  'acme-storage-attention',
  'acme-storage-attention-1',
  'acme-storage-nothing',
  'acme-backupFailed',
  'other-storage-backupFailed',
  'acmestorage-backupFailed',
  '',
])('no rule made the alarm %s', (name) => {
  expect(alarmRuleOf('acme', name)).toBeUndefined();
});

test('a rule that there is not, is refused', () => {
  expect(() => alarmRule(System.REDIS, 'damaged')).toThrow('There is no alarm damaged of redis. HINT:');
  expect(() => alarmRule(System.TENANTS, 'runFailed')).toThrow('There is no alarm runFailed');
});

test('every threshold is a number, or comes from the objectives', () => {
  const objectives = DEFAULT_OBJECTIVES;
  expect(thresholdOf(alarmRule(System.DATABASE, 'rpo'), objectives)).toBe(objectives.database.rpoSeconds);
  expect(thresholdOf(alarmRule(System.REDIS, 'backupAge'), objectives)).toBe(objectives.redis.backupAgeSeconds);
  expect(thresholdOf(alarmRule(System.STORAGE, 'proofAgeIntact'), objectives)).toBe(
    objectives.files.proofAgeSeconds.intact,
  );
  expect(thresholdOf(alarmRule(System.STORAGE, 'backupAge'), objectives)).toBeUndefined();
  expect(thresholdOf(alarmRule(System.REDIS, 'lastSave', 'resource'), objectives)).toBeUndefined();
  expect(thresholdOf(alarmRule(System.PLATFORM, 'functionErrors'), objectives)).toBe(3);
});

test('the composite alarms of a system are called after what they are', () => {
  expect(SEVERITIES.map((severity) => incidentName('acme', System.REDIS, severity))).toEqual([
    'acme-redis-incident',
    'acme-redis-attention',
  ]);
  expect(dashboardUrl('acme', 'eu-central-1')).toContain(
    'region=eu-central-1#dashboards/dashboard/acme-holdfast-eu-central-1',
  );
});

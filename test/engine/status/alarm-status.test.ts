import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ALARM_RULES, alarmName, incidentName } from '../../../engine/contract/alarms';
import { SEVERITIES, Severity, topicName } from '../../../engine/contract/paging';
import { System } from '../../../engine/contract/signals';
import { readAlarms } from '../../../engine/status/alarm-status';
import { clientOf } from '../../fakes/client-of';
import { sdkError } from '../../fakes/sdk-client';

interface FakeAlarm {
  readonly AlarmName: string;
  readonly StateValue?: string;
  readonly StateTransitionedTimestamp?: Date;
  readonly StateUpdatedTimestamp?: Date;
  readonly StateReason?: string;
  readonly AlarmActions?: readonly string[];
  readonly AlarmRule?: string;
}

const RAISED = {
  StateValue: 'ALARM',
  StateTransitionedTimestamp: new Date('2026-11-23T10:00:00Z'),
  StateReason: 'why',
};
const topicArn = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;

/** CloudWatch that lists one alarm a page. */
function cloudWatchWith(alarms: readonly FakeAlarm[], error?: Error) {
  return clientOf(CloudWatchClient, {
    DescribeAlarms: ({ NextToken = '0' }: { NextToken?: string }) => {
      const alarm = alarms[Number(NextToken)];
      const list = alarm && ('AlarmRule' in alarm ? { CompositeAlarms: [alarm] } : { MetricAlarms: [alarm] });
      const next = Number(NextToken) + 1;
      return error ?? { ...list, ...(next < alarms.length && { NextToken: String(next) }) };
    },
  });
}

const read = (alarms: readonly FakeAlarm[], error?: Error) => readAlarms(cloudWatchWith(alarms, error).client, 'acme');

test('asks for metric and composite alarms of the deployment, over all pages', async () => {
  const { client, fake } = cloudWatchWith([
    { AlarmName: 'acme-storage-backupFailed', StateValue: 'OK' },
    { AlarmName: 'acme-redis-backupFailed', ...RAISED },
  ]);
  const { alarms } = await readAlarms(client, 'acme');
  expect(alarms.map(({ name }) => name)).toEqual(['acme-redis-backupFailed']);
  expect(fake.inputsOf('DescribeAlarms')[0]).toMatchObject({
    AlarmNamePrefix: 'acme-',
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
});

test('tells a raised alarm with its Region, its severity, since when and why', async () => {
  expect(await read([{ AlarmName: 'acme-storage-backupFailed', ...RAISED }])).toEqual({
    alarms: [
      {
        name: 'acme-storage-backupFailed',
        region: 'eu-west-1',
        state: 'ALARM',
        health: 'critical',
        since: '2026-11-23T10:00:00.000Z',
        reason: 'why',
      },
    ],
    unknown: [],
  });
});

test.each(ALARM_RULES.map((rule) => [alarmName('acme', rule, 'shop'), rule.severity] as const))(
  'knows that %s is %s',
  async (AlarmName, severity) => {
    const { alarms } = await read([{ AlarmName, ...RAISED }]);
    expect(alarms.map(({ health }) => health)).toEqual([severity]);
  },
);

test('tells an alarm without data as unknown, since its last update where the change is not told', async () => {
  const { alarms } = await read([
    {
      AlarmName: 'acme-storage-backupFailed',
      StateValue: 'INSUFFICIENT_DATA',
      StateUpdatedTimestamp: new Date('2026-11-23T09:00:00Z'),
    },
  ]);
  expect(alarms).toEqual([
    expect.objectContaining({ state: 'INSUFFICIENT_DATA', health: 'unknown', since: '2026-11-23T09:00:00.000Z' }),
  ]);
});

test('sorts the loudest first, then the oldest', async () => {
  const at = (hour: number) => ({ ...RAISED, StateTransitionedTimestamp: new Date(Date.UTC(2026, 10, 23, hour)) });
  const { alarms } = await read([
    { AlarmName: 'acme-redis-drift', ...at(1) },
    { AlarmName: 'acme-redis-backupFailed', ...at(9) },
    { AlarmName: 'acme-storage-backupFailed', ...at(8) },
    { AlarmName: 'acme-database-backupFailed', StateValue: 'INSUFFICIENT_DATA' },
  ]);
  expect(alarms.map(({ name }) => name)).toEqual([
    'acme-storage-backupFailed',
    'acme-redis-backupFailed',
    'acme-database-backupFailed',
    'acme-redis-drift',
  ]);
});

describe('a composite alarm', () => {
  const incident = (severity: Severity, children: readonly string[]) => ({
    AlarmName: incidentName('acme', System.STORAGE, severity),
    AlarmRule: children
      .map((child) => `ALARM("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${child}")`)
      .join(' OR '),
    ...RAISED,
  });

  test('is left out where the alarm that raised it is told', async () => {
    const { alarms } = await read([
      incident(Severity.CRITICAL, ['acme-storage-backupFailed', 'acme-storage-damaged']),
      { AlarmName: 'acme-storage-backupFailed', ...RAISED },
    ]);
    expect(alarms.map(({ name }) => name)).toEqual(['acme-storage-backupFailed']);
  });

  test.each(SEVERITIES)('of severity %s is told where no other alarm is', async (severity) => {
    const { alarms } = await read([
      incident(severity, ['acme-storage-backupFailed']),
      { AlarmName: 'acme-storage-backupFailed', StateValue: 'OK' },
    ]);
    expect(alarms.map(({ health }) => health)).toEqual([severity]);
  });

  test('is not mistaken for that of an alarm whose name begins so', async () => {
    const { alarms } = await read([
      incident(Severity.CRITICAL, ['acme-storage-backupFailed2']),
      { AlarmName: 'acme-storage-backupFailed', ...RAISED },
    ]);
    expect(alarms).toHaveLength(2);
  });
});

test.each(SEVERITIES)('judges an alarm that it does not know by its topic: %s', async (severity) => {
  const AlarmActions = [topicArn(topicName('acme', severity))];
  const { alarms } = await read([{ AlarmName: 'acme-new', AlarmActions, ...RAISED }]);
  expect(alarms.map(({ health }) => health)).toEqual([severity]);
});

test("leaves out what is somebody else's, and tells a Region without any alarm of the deployment", async () => {
  const foreign = { AlarmName: 'acme-web', AlarmActions: [topicArn('web-oncall')], ...RAISED };
  expect(await read([foreign])).toEqual({
    alarms: [],
    unknown: [
      'eu-west-1 has no alarm of acme, so nobody is paged from there. HINT: deploy the stack of that Region, or sign in to its account.',
    ],
  });
});

test.each([
  [
    'AccessDenied',
    /^The alarms in eu-west-1 could not be looked at: AccessDenied: no\. HINT: use credentials that may cloudwatch:DescribeAlarms\.$/,
  ],
  ['TimeoutError', /HINT: check that this machine reaches CloudWatch there/],
])('tells what could not be looked at: %s', async (name, sentence) => {
  const { alarms, unknown } = await read([], sdkError(name, 'no'));
  expect(alarms).toEqual([]);
  expect(unknown).toEqual([expect.stringMatching(sentence)]);
});

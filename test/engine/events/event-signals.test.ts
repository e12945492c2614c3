import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { parseBackupEventsInput } from '../../../engine/events/backup-events-input';
import { eventMetrics, judgeEvent, publishEventSignals } from '../../../engine/events/event-signals';
import type { JudgedEvent } from '../../../engine/events/judged-event';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { backupJob, rdsEvent } from './events';

const AT = Date.parse('2026-11-23T04:00:00Z');
const failed: JudgedEvent = { kind: 'backup', severity: 'critical', text: 'It failed.' };

const lines = (judged: JudgedEvent) =>
  eventMetrics(judged, AT).map(({ MetricName, Dimensions, Value, Unit }) =>
    [MetricName, ...(Dimensions ?? []).map(({ Name, Value: value }) => `${Name}=${value}`), Value, Unit].join(' '),
  );

test('events of RDS and of AWS Backup are told apart by their source', () => {
  expect(judgeEvent(backupJob({ state: 'FAILED' }))?.kind).toBe('backup');
  expect(judgeEvent(rdsEvent('RDS-EVENT-0028', []))?.kind).toBe('rds');
});

describe('metrics', () => {
  test('count a failure by its severity, and by its kind', () => {
    expect(lines(failed)).toEqual([
      'failedJobs System=database Severity=critical 1 Count',
      'failedJobs System=database Kind=backup 1 Count',
    ]);
  });

  test('measure a completed job, and count none', () => {
    expect(lines({ kind: 'copy', text: '', durationSeconds: 60, bytes: 5 })).toEqual([
      'duration System=database Kind=copy 60 Seconds',
      'size System=database Kind=copy 5 Bytes',
    ]);
  });

  test('are of the moment of the event', () => {
    expect(eventMetrics(failed, AT)[0]?.Timestamp).toEqual(new Date(AT));
  });
});

describe('publishing', () => {
  const publish = (judged: JudgedEvent, answers: Answers = {}) => {
    const cloudWatch = new FakeSdkClient({ SetAlarmState: () => ({}), PutMetricData: () => ({}), ...answers });
    const done = publishEventSignals(cloudWatch as unknown as CloudWatchClient, backupJob({}), judged);
    return { cloudWatch, done };
  };

  test.each([
    ['critical', 'acme-database-jobFailed'],
    ['warning', 'acme-database-jobWarning'],
  ] as const)('writes what is %s into the alarm %s', async (severity, AlarmName) => {
    const { cloudWatch, done } = publish({ ...failed, severity });
    await done;
    expect(cloudWatch.inputsOf('SetAlarmState')).toEqual([
      { AlarmName, StateValue: 'ALARM', StateReason: 'It failed.' },
    ]);
    expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual(['SetAlarmState', 'PutMetricData']);
  });

  test('raises no alarm of good news', async () => {
    const { cloudWatch, done } = publish({ kind: 'backup', text: 'done', bytes: 1 });
    await done;
    expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual(['PutMetricData']);
  });

  test('shows what an event hides, and cuts what is too long', async () => {
    const { cloudWatch, done } = publish({ ...failed, text: `a\n\u202e${'😀'.repeat(2_000)}` });
    await done;
    const [{ StateReason }] = cloudWatch.inputsOf('SetAlarmState') as [{ StateReason: string }];
    expect(StateReason).toMatch(/^a\\u\{000a\}\\u\{202e\}😀/);
    expect(StateReason.length).toBeLessThanOrEqual(1_023);
    expect(Buffer.from(StateReason).toString()).toBe(StateReason);
  });

  test('publishes metrics although the alarm cannot be reached, and then fails', async () => {
    const { cloudWatch, done } = publish(failed, { SetAlarmState: () => sdkError('AccessDenied') });
    await expect(done).rejects.toThrow('Cannot write findings into the alarm acme-database-jobFailed');
    expect(cloudWatch.inputsOf('PutMetricData')).toHaveLength(1);
  });
});

describe('the input', () => {
  test('is what a rule sends', () => {
    expect(parseBackupEventsInput(backupJob({ state: 'FAILED' }))).toEqual(backupJob({ state: 'FAILED' }));
  });

  test.each([
    ['nothing', undefined, 'event'],
    ['no detail', { ...backupJob({}), detail: 'x' }, 'detail'],
    ['no moment', { ...backupJob({}), time: 'soon' }, 'time'],
    ['no alarm', { ...backupJob({}), warningAlarmName: '' }, 'warningAlarmName'],
  ])('is refused with %s', (_, wrong, field) => {
    expect(() => parseBackupEventsInput(wrong)).toThrow(`The event of backup-events is wrong (${field}: `);
  });
});

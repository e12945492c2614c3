import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { publishAttempt } from '../../../engine/deletion/attempt-signals';
import { judgeCall } from '../../../engine/deletion/judge-call';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { type CallEvent, inputOf, recoveryPointDeletion, versionDeletion } from './cloudtrail-events';

const NOW = Date.parse('2026-11-23T04:12:00Z');

const publish = (event: CallEvent, answers: Answers = {}) => {
  const cloudWatch = new FakeSdkClient({ SetAlarmState: () => ({}), PutMetricData: () => ({}), ...answers });
  const input = inputOf(event);
  const done = publishAttempt(cloudWatch as unknown as CloudWatchClient, input, judgeCall(input), NOW);
  return { cloudWatch, done };
};

test('raises the alarm and its incident with the words, and counts one attempt at the moment in which it is told', async () => {
  const { cloudWatch, done } = publish(recoveryPointDeletion('acme-vault'));
  await done;
  const StateReason = expect.stringContaining('to delete the recovery point');
  expect(cloudWatch.inputsOf('SetAlarmState')).toEqual([
    { AlarmName: 'acme-platform-incident', StateValue: 'ALARM', StateReason },
    { AlarmName: 'acme-platform-deletionAttempts', StateValue: 'ALARM', StateReason },
  ]);
  expect(cloudWatch.inputsOf('PutMetricData')).toEqual([
    {
      Namespace: 'Holdfast',
      MetricData: [
        {
          MetricName: 'deletionAttempts',
          Dimensions: [{ Name: 'System', Value: 'platform' }],
          Value: 1,
          Unit: 'Count',
          Timestamp: new Date(NOW),
        },
      ],
    },
  ]);
  expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual([
    'SetAlarmState',
    'SetAlarmState',
    'PutMetricData',
  ]);
});

test('shows what a record hides, and cuts what is too long', async () => {
  const key = `\u202e${'😀'.repeat(2_000)}\n`;
  const { cloudWatch, done } = publish(
    versionDeletion('acme-orders', { requestParameters: { bucketName: 'b'.repeat(900), key, versionId: '\u0007' } }),
  );
  await done;
  const [{ StateReason }] = cloudWatch.inputsOf('SetAlarmState') as [{ StateReason: string }];
  expect(StateReason).toContain('\\u{202e}😀');
  expect(StateReason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(StateReason.length).toBeLessThanOrEqual(1_023);
  expect(Buffer.from(StateReason).toString()).toBe(StateReason);
});

test('counts the attempt although the alarm cannot be reached, and then fails', async () => {
  const { cloudWatch, done } = publish(recoveryPointDeletion('acme-vault'), {
    SetAlarmState: () => sdkError('AccessDenied'),
  });
  await expect(done).rejects.toThrow('acme-platform-deletionAttempts');
  expect(cloudWatch.inputsOf('PutMetricData')).toHaveLength(1);
});

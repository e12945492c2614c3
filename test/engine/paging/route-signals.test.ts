import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { publishRouteSignals } from '../../../engine/paging/route-signals';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { EVENT, NOW } from './fake-routes';

function publish(findings: string[], event = EVENT, answers: Answers = {}) {
  const sdk = new FakeSdkClient({ SetAlarmState: () => ({}), PutMetricData: () => ({}), ...answers });
  const done = publishRouteSignals(
    sdk as unknown as CloudWatchClient,
    event,
    { findings, heartbeats: 0 },
    NOW.getTime(),
  );
  return { sdk, done };
}

test('publishes that nothing is wrong, and raises nothing', async () => {
  const { sdk, done } = publish([]);
  await done;
  expect(sdk.sent).toEqual([
    {
      operation: 'PutMetricData',
      input: {
        Namespace: 'Holdfast',
        MetricData: [
          {
            MetricName: 'routeProblems',
            Dimensions: [{ Name: 'System', Value: 'platform' }],
            Value: 0,
            Unit: 'Count',
            Timestamp: NOW,
          },
        ],
      },
    },
  ]);
});

test('writes what is wrong into the alarm and the one above it, and then the number', async () => {
  const { sdk, done } = publish(['a\u202e', 'b'], { ...EVENT, incidentName: 'acme-platform-attention' });
  await done;
  const StateReason = 'a\\u{202e} | b';
  expect(sdk.inputsOf('SetAlarmState')).toEqual([
    { AlarmName: 'acme-platform-attention', StateValue: 'ALARM', StateReason },
    { AlarmName: 'acme-platform-routeProblems', StateValue: 'ALARM', StateReason },
  ]);
  expect(sdk.inputsOf('PutMetricData')).toMatchObject([{ MetricData: [{ Value: 2 }] }]);
});

test('publishes the number although the alarm cannot be reached, and then fails', async () => {
  const { sdk, done } = publish(['a'], EVENT, { SetAlarmState: () => sdkError('AccessDenied', 'no') });
  await expect(done).rejects.toThrow('Cannot write findings into the alarm acme-platform-routeProblems');
  expect(sdk.inputsOf('PutMetricData')).toHaveLength(1);
});

import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { KeyFinding, KeyResult, VerifyKeysResult } from '../../../engine/contract/verify-keys';
import { publishKeySignals } from '../../../engine/keys/key-signals';
import { type Answers, FakeSdkClient } from '../../fakes/sdk-client';
import { EVENT, NOW } from './fake-keys';

const UNUSABLE: KeyFinding = { kind: 'keyUnusable', isCritical: true, detail: 'the key is disabled\n' };
const MOVED: KeyFinding = { kind: 'aliasMoved', isCritical: true, detail: 'the alias was moved' };
const DRIFT: KeyFinding = { kind: 'keyNotRotating', isCritical: false, detail: 'the key does not rotate' };
const UNREMEMBERED: KeyFinding = { kind: 'unknown', isCritical: false, detail: 'nothing is remembered' };
const COMPOSED = { ...EVENT, incidentName: 'acme-keys-incident', warningIncidentName: 'acme-warnings' };
const REPORT = 'keys/reports/20261123T150000000Z.json';

const key = (...findings: KeyFinding[]): KeyResult => ({ name: 'files', region: 'eu-west-1', findings });

const TAKES_ALL: Answers = { SetAlarmState: () => ({}), PutMetricData: () => ({}) };

function publish(result: VerifyKeysResult, { event = EVENT, answers = {} as Answers } = {}) {
  const cloudWatch = new FakeSdkClient({ ...TAKES_ALL, ...answers });
  return { cloudWatch, done: publishKeySignals(cloudWatch as unknown as CloudWatchClient, event, result, NOW) };
}

/** What was published, as `name[,kind]: value`. */
function metricsOf(cloudWatch: FakeSdkClient): string[] {
  const [{ MetricData: data }] = cloudWatch.inputsOf('PutMetricData') as [
    { MetricData: { MetricName: string; Value: number; Dimensions: { Name: string; Value: string }[] }[] },
  ];
  return data.map(({ MetricName, Value, Dimensions }) =>
    [...Dimensions.map(({ Name, Value: value }) => `${Name}=${value}`), `${MetricName} ${Value}`].join(' '),
  );
}

test('publishes that nothing is wrong, and raises no alarm', async () => {
  const { cloudWatch, done } = publish({ keys: [key(), key()], common: [], reportKey: REPORT });
  await done;
  expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual(['PutMetricData']);
  expect(metricsOf(cloudWatch)).toEqual(['System=platform keysUnusable 0', 'System=platform Kind=keys warnings 0']);
});

test('counts the keys that endanger restores once each, and every other finding', async () => {
  const keys = [key(UNUSABLE, MOVED, DRIFT), key(UNUSABLE), key(DRIFT)];
  const { cloudWatch, done } = publish({ keys, common: [UNREMEMBERED] });
  await done;
  expect(metricsOf(cloudWatch)).toEqual(['System=platform keysUnusable 2', 'System=platform Kind=keys warnings 3']);
});

test('raises each alarm with its own findings, before the metrics would without a reason', async () => {
  const { cloudWatch, done } = publish({
    keys: [key(UNUSABLE, MOVED), key(DRIFT)],
    common: [UNREMEMBERED],
    reportKey: REPORT,
  });
  await done;
  const report = `(report s3://acme-proofs/${REPORT})`;
  expect(cloudWatch.sent.slice(0, 2)).toEqual([
    {
      operation: 'SetAlarmState',
      input: {
        AlarmName: 'acme-platform-keysUnusable',
        StateValue: 'ALARM',
        StateReason: `2 findings about keys ${report} | The key is disabled\\u{000a}. | The alias was moved.`,
      },
    },
    {
      operation: 'SetAlarmState',
      input: {
        AlarmName: 'acme-platform-keyDrift',
        StateValue: 'ALARM',
        StateReason: `2 findings about keys ${report} | The key does not rotate. | Nothing is remembered.`,
      },
    },
  ]);
  expect(cloudWatch.sent.map(({ operation }) => operation)).toEqual([
    'SetAlarmState',
    'SetAlarmState',
    'PutMetricData',
  ]);
});

test('raises the composite alarms first, which page', async () => {
  const { cloudWatch, done } = publish({ keys: [key(UNUSABLE, DRIFT)], common: [] }, { event: COMPOSED });
  await done;
  const raised = cloudWatch.inputsOf('SetAlarmState') as { AlarmName: string; StateReason: string }[];
  expect(raised.map(({ AlarmName }) => AlarmName)).toEqual([
    'acme-keys-incident',
    'acme-platform-keysUnusable',
    'acme-warnings',
    'acme-platform-keyDrift',
  ]);
  expect(raised[0]?.StateReason).toBe('1 finding about keys (no report) | The key is disabled\\u{000a}.');
});

test('raises the warning alone for what endangers no restore', async () => {
  const { cloudWatch, done } = publish({ keys: [key(DRIFT)], common: [] }, { event: COMPOSED });
  await done;
  expect(cloudWatch.inputsOf('SetAlarmState')).toMatchObject([
    { AlarmName: 'acme-warnings' },
    { AlarmName: 'acme-platform-keyDrift' },
  ]);
});

test('publishes the metrics although no alarm can be reached, and fails', async () => {
  const answers = { SetAlarmState: () => new Error('no') };
  const { cloudWatch, done } = publish({ keys: [key(UNUSABLE, DRIFT)], common: [] }, { answers });
  await expect(done).rejects.toThrow(
    /Cannot write findings into the alarm acme-platform-keysUnusable: .*Cannot write findings into the alarm acme-platform-keyDrift: /,
  );
  expect(cloudWatch.inputsOf('PutMetricData')).toHaveLength(1);
});

test('fails when the metrics cannot be published', async () => {
  const { done } = publish({ keys: [key()], common: [] }, { answers: { PutMetricData: () => new Error('no') } });
  await expect(done).rejects.toThrow('Cannot publish 2 metrics');
});

import { type CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { publishMetrics } from '../../../engine/signals/metrics';
import { publishStorageSignals } from '../../../engine/signals/storage-signals';
import { NOW, verified } from './verified';

type Command = PutMetricDataCommand | SetAlarmStateCommand;
const EVENT = { targets: [], proofs: { bucket: 'proofs', region: 'eu-west-1' }, alarmName: 'alarm', readCycleDays: 30 };
const damaged = verified({ outcome: 'damaged', findings: { missing: 1 } });

/** CloudWatch that remembers what it was sent, and refuses what it is told to. */
function cloudWatch(refuses: (command: Command) => boolean = () => false) {
  const sent: Command[] = [];
  const send = async (command: Command) => {
    sent.push(command);
    if (refuses(command)) {
      throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    }
    return {};
  };
  return { sent, client: { send } as unknown as CloudWatchClient };
}

const isAlarm = (command: Command) => command instanceof SetAlarmStateCommand;

test('writes findings into the alarm before the metrics raise it', async () => {
  const { sent, client } = cloudWatch();
  await publishStorageSignals(client, EVENT, [damaged], NOW);
  expect(sent.map((command) => command.constructor)).toEqual([SetAlarmStateCommand, PutMetricDataCommand]);
  expect(sent[0]?.input).toEqual({
    AlarmName: 'alarm',
    StateValue: 'ALARM',
    StateReason: expect.stringContaining('1 finding (1 missing)'),
  });
});

test('leaves the alarm to the metrics when nothing is wrong', async () => {
  const { sent, client } = cloudWatch();
  await publishStorageSignals(client, EVENT, [verified()], NOW);
  expect(sent.some(isAlarm)).toBe(false);
  expect(sent).toHaveLength(1);
});

test('publishes metrics although the alarm cannot be reached, and then fails', async () => {
  const { sent, client } = cloudWatch(isAlarm);
  await expect(publishStorageSignals(client, EVENT, [damaged], NOW)).rejects.toThrow(
    'Cannot write findings into the alarm alarm: AccessDenied: no. HINT: correct alarmName',
  );
  expect(sent.at(-1)).toBeInstanceOf(PutMetricDataCommand);
});

test('fails when metrics cannot be published', async () => {
  const { client } = cloudWatch((command) => !isAlarm(command));
  await expect(publishStorageSignals(client, EVENT, [verified()], NOW)).rejects.toThrow(
    /^Cannot publish 16 metrics in namespace Holdfast: AccessDenied: no. HINT: give/,
  );
});

test('tells both failures', async () => {
  const { client } = cloudWatch(() => true);
  await expect(publishStorageSignals(client, EVENT, [damaged], NOW)).rejects.toThrow(
    /findings into the alarm.*Cannot publish/,
  );
});

describe('metric data', () => {
  const batchesOf = async (count: number, valueLength: number) => {
    const { sent, client } = cloudWatch();
    const datum = { MetricName: 'size', Dimensions: [{ Name: 'Resource', Value: 'x'.repeat(valueLength) }], Value: 1 };
    await publishMetrics(
      client,
      Array.from({ length: count }, () => datum),
    );
    return sent.map((command) => (command as PutMetricDataCommand).input);
  };

  test('go out a thousand at a time, in the namespace of Holdfast', async () => {
    const batches = await batchesOf(2_001, 5);
    expect(batches.map(({ MetricData }) => MetricData?.length)).toEqual([1_000, 1_000, 1]);
    expect(batches[0]?.Namespace).toBe('Holdfast');
  });

  test('stay below a megabyte a request', async () => {
    const batches = await batchesOf(1_000, 1_020);
    expect(batches.map(({ MetricData }) => MetricData?.length)).toEqual([820, 180]);
    expect(JSON.stringify(batches[0]).length).toBeLessThan(1_000_000);
  });

  test('send nothing when there are none', async () => {
    expect(await batchesOf(0, 1)).toEqual([]);
  });
});

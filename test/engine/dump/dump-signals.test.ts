import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { publishDumpSignals } from '../../../engine/dump/dump-signals';

const AT = new Date('2026-11-23T02:00:00Z');

describe('the signals of a dump', () => {
  const sent: { MetricName: string; Value: number; Unit: string; Dimensions: object[]; Timestamp: Date }[] = [];
  const cloudWatch = new CloudWatchClient({ region: 'eu-west-1' });
  beforeEach(() => {
    sent.length = 0;
    jest.spyOn(cloudWatch, 'send').mockImplementation(async (command) => {
      sent.push(...(command.input as unknown as { MetricData: typeof sent }).MetricData);
    });
  });

  const valuesOf = () =>
    Object.fromEntries(sent.map(({ MetricName, Value, Unit }) => [MetricName, `${Value} ${Unit}`]));

  it('are size, duration and success of a backup', async () => {
    await publishDumpSignals(cloudWatch, 'orders', { isBackup: true, bytes: 5, seconds: 1.5 }, AT);
    expect(valuesOf()).toEqual({ size: '5 Bytes', duration: '1.5 Seconds', success: '1 Count', errors: '0 Count' });
  });

  it('are an error and no success when there is none; size and duration are not made up', async () => {
    await publishDumpSignals(cloudWatch, 'orders', { isBackup: false }, AT);
    expect(valuesOf()).toEqual({ success: '0 Count', errors: '1 Count' });
  });

  it('carry the system and the resource, and no tenant', async () => {
    await publishDumpSignals(cloudWatch, 'orders', { isBackup: false }, AT);
    for (const { Dimensions, Timestamp } of sent) {
      expect(Timestamp).toEqual(AT);
      expect(Dimensions).toEqual([
        { Name: 'System', Value: 'database' },
        { Name: 'Resource', Value: 'orders' },
      ]);
    }
  });

  it('fail when CloudWatch does not take them', async () => {
    jest.spyOn(cloudWatch, 'send').mockImplementation(() => Promise.reject(new Error('denied')));
    await expect(publishDumpSignals(cloudWatch, 'orders', { isBackup: false }, AT)).rejects.toThrow(
      /Cannot publish 2 metrics .*denied\. HINT: /,
    );
  });
});

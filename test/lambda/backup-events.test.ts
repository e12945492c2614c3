import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { handler } from '../../lambda/backup-events';
import { backupJob, rdsEvent } from '../engine/events/events';

let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
});
afterEach(() => jest.restoreAllMocks());

const sent = () => toCloudWatch.mock.calls.map(([command]) => command.constructor);
const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));

test('raises the alarm of a failed job, counts it, and writes it down', async () => {
  await handler(backupJob({ state: 'FAILED', statusMessage: 'no\nroom' }));
  expect(sent()).toEqual([SetAlarmStateCommand, PutMetricDataCommand]);
  expect(logged()).toEqual([
    {
      level: 'ERROR',
      kind: 'backup',
      time: '2026-11-23T04:00:00Z',
      message: expect.stringContaining('failed: no\\u{000a}room.'),
    },
  ]);
});

test('measures a completed job', async () => {
  await handler(backupJob({ state: 'COMPLETED' }));
  expect(sent()).toEqual([PutMetricDataCommand]);
  expect(logged()).toEqual([expect.objectContaining({ level: 'INFO' })]);
});

test('warns of what RDS warns of, and passes over the rest', async () => {
  await handler(rdsEvent('RDS-EVENT-0089', ['low storage']));
  await handler(rdsEvent('RDS-EVENT-0001', ['backup']));
  expect(logged()).toEqual([expect.objectContaining({ level: 'WARN', kind: 'rds' })]);
  expect(sent()).toEqual([SetAlarmStateCommand, PutMetricDataCommand]);
});

test('fails when the event is wrong or nobody can be told, so that the event is kept', async () => {
  await expect(handler({})).rejects.toThrow('The event of backup-events is wrong');
  toCloudWatch.mockRejectedValue(new Error('no'));
  await expect(handler(backupJob({ state: 'FAILED' }))).rejects.toThrow('Cannot publish');
});

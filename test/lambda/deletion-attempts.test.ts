import { CloudWatchClient, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { handler } from '../../lambda/deletion-attempts';
import {
  ACCESS_KEY_ID,
  callEvent,
  DEPLOYMENT,
  inputOf,
  recoveryPointDeletion,
  refusal,
  SESSION_NAME,
} from '../engine/deletion/cloudtrail-events';

let log: jest.SpyInstance;
let toCloudWatch: jest.SpyInstance;
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation();
  toCloudWatch = jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async () => ({}));
});
afterEach(() => jest.restoreAllMocks());

const sent = () => toCloudWatch.mock.calls.map(([command]) => command.constructor);
const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));

test('raises the alarm of an attempt, counts it, and writes it down without the session', async () => {
  await handler(inputOf(recoveryPointDeletion('acme-vault', refusal('backup:DeleteRecoveryPoint', 'arn'))));
  expect(sent()).toEqual([SetAlarmStateCommand, SetAlarmStateCommand, PutMetricDataCommand]);
  expect(logged()).toEqual([
    {
      level: 'ERROR',
      message: 'attempt to delete what is kept, or to loosen what keeps it',
      call: 'DeleteRecoveryPoint',
      source: 'backup.amazonaws.com',
      who: 'the role arn:aws:iam::111122223333:role/Admin',
      what: expect.stringContaining('delete the recovery point'),
      outcome: 'AccessDenied',
      time: '2026-11-23T04:00:00Z',
      region: 'eu-west-1',
      from: '192.0.2.7',
      record: '3c4226b0-1e81-48a8-a333-7fa5f3cbd118',
    },
  ]);
  const all = JSON.stringify([log.mock.calls, toCloudWatch.mock.calls]);
  expect(all).not.toContain(SESSION_NAME);
  expect(all).not.toContain(ACCESS_KEY_ID);
});

test('writes down what is normal, with the reason, and raises nothing', async () => {
  const bucket = { bucketName: 'acme-orders\n' };
  await handler(inputOf(callEvent('s3', 'PutBucketPolicy', bucket, { userIdentity: DEPLOYMENT })));
  expect(sent()).toEqual([]);
  expect(logged()).toEqual([
    expect.objectContaining({
      level: 'INFO',
      message: 'a deployment sets it',
      what: 'replace the policy of the bucket acme-orders\\u{000a}',
    }),
  ]);
});

test('fails when the record cannot be read or judged, or nobody can be told, so that the event is kept', async () => {
  await expect(handler({})).rejects.toThrow('The event of deletion-attempts is wrong');
  await expect(handler(inputOf(callEvent('kms', 'CreateKey', {})))).rejects.toThrow('cannot judge CreateKey');
  toCloudWatch.mockRejectedValue(new Error('no'));
  await expect(handler(inputOf(recoveryPointDeletion('acme-vault')))).rejects.toThrow('Cannot publish');
});

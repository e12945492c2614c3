import { parseVerifyFilesEvent } from '../../../engine/files/verify-files-event';

const target = {
  resource: 'uploads',
  source: { bucket: 'source', region: 'eu-west-1' },
  replica: {
    bucket: 'replica',
    region: 'eu-central-1',
    keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
  },
};
const event = {
  targets: [target],
  proofs: { bucket: 'proofs', region: 'eu-west-1' },
  alarmName: 'alarm',
  readCycleDays: 30,
};

test('reads what a schedule sends', () => {
  expect(parseVerifyFilesEvent(event)).toEqual(event);
});

test.each([
  ['nothing', undefined, 'event'],
  ['no targets', { ...event, targets: undefined }, 'targets'],
  ['a resource that is no key', { ...event, targets: [{ ...target, resource: '../x' }] }, 'targets.0.resource'],
  ['no source', { ...event, targets: [{ ...target, source: {} }] }, 'targets.0.source.bucket'],
  [
    'a key that is no ARN',
    { ...event, targets: [{ ...target, replica: { ...target.replica, keyArn: 'alias/x' } }] },
    'targets.0.replica.keyArn',
  ],
  ['no bucket of proofs', { ...event, proofs: { bucket: '', region: 'eu-west-1' } }, 'proofs.bucket'],
  ['no alarm', { ...event, alarmName: '' }, 'alarmName'],
  ['a cycle of no days', { ...event, readCycleDays: 0 }, 'readCycleDays'],
])('refuses %s, and names the field', (_, wrong, field) => {
  expect(() => parseVerifyFilesEvent(wrong)).toThrow(`${field}: `);
  expect(() => parseVerifyFilesEvent(wrong)).toThrow('HINT: send what the schedule');
});

test('refuses two targets of one name, which would share their state', () => {
  expect(() => parseVerifyFilesEvent({ ...event, targets: [target, target] })).toThrow(
    'names the resource uploads twice',
  );
});

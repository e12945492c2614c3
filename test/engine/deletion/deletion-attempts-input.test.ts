import { parseDeletionAttemptsInput } from '../../../engine/deletion/deletion-attempts-input';
import { inputOf, recoveryPointDeletion } from './cloudtrail-events';

const input = inputOf(recoveryPointDeletion('acme-vault'));

test('is what a rule sends, without what nobody reads', () => {
  const { eventSource, eventName, eventID, sourceIPAddress, requestParameters, userIdentity } = input.detail;
  expect(parseDeletionAttemptsInput(input)).toEqual({
    ...input,
    detail: { eventSource, eventName, eventID, sourceIPAddress, requestParameters, userIdentity },
  });
});

test.each([
  ['nothing', undefined, 'event'],
  ['no prefix', { ...input, prefix: '' }, 'prefix'],
  ['no account', { ...input, account: 7 }, 'account'],
  ['no Region', { ...input, region: undefined }, 'region'],
  ['no moment', { ...input, time: 'soon' }, 'time'],
  ['no alarm', { ...input, alarmName: '' }, 'alarmName'],
  ['no incident', { ...input, incidentName: undefined }, 'incidentName'],
  ['no record', { ...input, detail: 'x' }, 'detail'],
  ['a record of no service', { ...input, detail: { ...input.detail, eventSource: '' } }, 'detail.eventSource'],
  ['a record of no call', { ...input, detail: { ...input.detail, eventName: null } }, 'detail.eventName'],
])('is refused with %s', (_, wrong, field) => {
  expect(() => parseDeletionAttemptsInput(wrong)).toThrow(`The event of deletion-attempts is wrong (${field}: `);
});

test('a request that was not read is null, and fields that are not as they should be are absent', () => {
  const odd = { ...input.detail, requestParameters: null, errorCode: 7, userIdentity: 'x', eventID: {} };
  expect(parseDeletionAttemptsInput({ ...input, detail: odd }).detail).toEqual({
    eventSource: 'backup.amazonaws.com',
    eventName: 'DeleteRecoveryPoint',
    requestParameters: null,
    sourceIPAddress: '192.0.2.7',
  });
});

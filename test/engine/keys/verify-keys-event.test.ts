import { parseVerifyKeysEvent } from '../../../engine/keys/verify-keys-event';
import { EVENT, FILES, REPLICAS } from './fake-keys';

const { alarmName: _, ...withoutAlarm } = EVENT;
const { warningAlarmName: __, ...withoutWarning } = EVENT;
const ARNLESS = { name: 'files', region: 'eu-west-1' };

test('reads what a schedule sends', () => {
  const event = {
    ...EVENT,
    keys: [FILES, REPLICAS, { ...REPLICAS, region: 'eu-west-1' }],
    incidentName: 'acme-keys-incident',
    warningIncidentName: 'acme-warnings',
  };
  expect(parseVerifyKeysEvent(event)).toEqual(event);
});

test.each([
  ['nothing', undefined, 'event'],
  ['no keys', { ...EVENT, keys: 1 }, 'keys'],
  ['a key without a name', { ...EVENT, keys: [{ ...FILES, name: '' }] }, 'keys.0.name'],
  ['a key without a Region', { ...EVENT, keys: [{ ...FILES, region: '' }] }, 'keys.0.region'],
  ['a key without any ARN', { ...EVENT, keys: [ARNLESS] }, 'keys.0'],
  ['the id of a key in place of its ARN', { ...EVENT, keys: [{ ...ARNLESS, keyArn: 'x' }] }, 'keys.0.keyArn'],
  ['an alias as a key', { ...EVENT, keys: [{ ...ARNLESS, keyArn: FILES.aliasArn }] }, 'keys.0.keyArn'],
  ['a key as an alias', { ...EVENT, keys: [{ ...ARNLESS, aliasArn: FILES.keyArn }] }, 'keys.0.aliasArn'],
  ['an account that is none', { ...EVENT, knownAccounts: ['1'] }, 'knownAccounts.0'],
  ['no bucket of proofs', { ...EVENT, proofs: { bucket: '', region: 'eu-west-1' } }, 'proofs.bucket'],
  ['no alarm', withoutAlarm, 'alarmName'],
  ['no alarm of warnings', withoutWarning, 'warningAlarmName'],
])('refuses %s, and names the field', (_name, wrong, field) => {
  expect(() => parseVerifyKeysEvent(wrong)).toThrow(`The event of verify-keys is wrong (${field}: `);
});

test('refuses two keys of one name in a Region', () => {
  expect(() => parseVerifyKeysEvent({ ...EVENT, keys: [FILES, { ...REPLICAS, ...ARNLESS }] })).toThrow(
    'The event of verify-keys names the resource files in eu-west-1 twice. HINT: give each target a name of its own.',
  );
});

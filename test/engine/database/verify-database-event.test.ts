import { parseVerifyDatabaseEvent } from '../../../engine/database/verify-database-event';
import { CLUSTER, EVENT, TARGET } from './fake-account';

const { alarmName: _, ...withoutAlarm } = EVENT;

test('reads what a schedule sends', () => {
  const readRoleArn = 'arn:aws:iam::444455556666:role/acme-read-recovery-vault';
  const { keyArn: __, ...withoutKey } = CLUSTER;
  const event = {
    ...EVENT,
    targets: [TARGET, withoutKey],
    lockMode: 'compliance',
    recoveryVault: { ...EVENT.recoveryVault, readRoleArn },
  };
  expect(parseVerifyDatabaseEvent(event)).toEqual(event);
});

test.each([
  ['nothing', undefined, 'event'],
  ['no targets', { ...EVENT, targets: 1 }, 'targets'],
  ['a resource that is no name', { ...EVENT, targets: [{ ...TARGET, resource: '../x' }] }, 'targets.0.resource'],
  ['another kind', { ...EVENT, targets: [{ ...TARGET, kind: 'table' }] }, 'targets.0.kind'],
  ['no identifier', { ...EVENT, targets: [{ ...TARGET, identifier: '' }] }, 'targets.0.identifier'],
  ['a key that is no ARN', { ...EVENT, targets: [{ ...TARGET, keyArn: 'alias/x' }] }, 'targets.0.keyArn'],
  ['a retention that cannot be', { ...EVENT, retention: { ...EVENT.retention, daily: 0 } }, 'retention'],
  ['a share of a backup', { ...EVENT, retention: { ...EVENT.retention, weekly: 1.5 } }, 'retention.weekly'],
  ['an hour that is none', { ...EVENT, planTime: { ...EVENT.planTime, hour: 24 } }, 'planTime.hour'],
  ['a minute that is none', { ...EVENT, planTime: { ...EVENT.planTime, minute: 60 } }, 'planTime.minute'],
  ['no plan', { ...EVENT, planId: '' }, 'planId'],
  ['another lock', { ...EVENT, lockMode: 'none' }, 'lockMode'],
  ['an account that is none', { ...EVENT, vault: { ...EVENT.vault, account: '1' } }, 'vault.account'],
  [
    'a vault without a key',
    { ...EVENT, recoveryVault: { ...EVENT.recoveryVault, keyArn: '' } },
    'recoveryVault.keyArn',
  ],
  ['no bucket of proofs', { ...EVENT, proofs: { bucket: '', region: 'eu-west-1' } }, 'proofs.bucket'],
  ['no alarm', withoutAlarm, 'alarmName'],
])('refuses %s, and names the field', (_name, wrong, field) => {
  expect(() => parseVerifyDatabaseEvent(wrong)).toThrow(`The event of verify-database is wrong (${field}: `);
});

test('refuses two databases of one name', () => {
  const targets = [TARGET, { ...CLUSTER, resource: 'orders' }];
  expect(() => parseVerifyDatabaseEvent({ ...EVENT, targets })).toThrow(
    'The event of verify-database names the resource orders twice. HINT: give each target a name of its own.',
  );
});

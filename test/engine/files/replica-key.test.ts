import type { KMSClient } from '@aws-sdk/client-kms';
import { isReplicaKey, resolveReplicaKey } from '../../../engine/files/replica-key';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1111';
const ALIAS = 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica';
const kms = (send: () => Promise<unknown>) => ({ send }) as unknown as KMSClient;

test('takes the ARN of a key as it is, without a request', async () => {
  const refuses = kms(() => Promise.reject(new Error('must not be asked')));
  expect(await resolveReplicaKey(refuses, KEY)).toEqual({ arn: KEY, givenArn: KEY });
});

test('finds the key behind an alias', async () => {
  const knows = kms(async () => ({ KeyMetadata: { Arn: KEY, KeyState: 'Enabled' } }));
  expect(await resolveReplicaKey(knows, ALIAS)).toEqual({ arn: KEY, givenArn: ALIAS });
});

test('refuses a key that cannot decrypt', async () => {
  const leaving = kms(async () => ({ KeyMetadata: { Arn: KEY, KeyState: 'PendingDeletion' } }));
  await expect(resolveReplicaKey(leaving, ALIAS)).rejects.toThrow(
    /is in state PendingDeletion, must be Enabled. HINT: cancel/,
  );
});

test('tells which alias has no key', async () => {
  const unknown = kms(() => Promise.reject(Object.assign(new Error(), { name: 'NotFoundException' })));
  await expect(resolveReplicaKey(unknown, ALIAS)).rejects.toThrow(
    `Cannot find the key behind ${ALIAS}: NotFoundException. HINT:`,
  );
});

test.each([
  [KEY, true],
  [ALIAS, true],
  ['1111', true],
  ['111', false],
  ['arn:aws:kms:eu-central-1:111122223333:key/2222', false],
  [undefined, false],
])('knows whether %s is the key', (used, expected) => {
  expect(isReplicaKey(used, { arn: KEY, givenArn: ALIAS })).toBe(expected);
});

import type { S3Client } from '@aws-sdk/client-s3';
import { rememberKeys } from '../../../engine/keys/remembered-keys';
import { sdkError } from '../../fakes/sdk-client';
import { FakeKeys, NEW_REPLICA_KEY, OTHER_KEY, REPLICA_ALIAS, REPLICA_KEY, remembering } from './fake-keys';

const OTHER_ALIAS = 'arn:aws:kms:eu-central-1:111122223333:alias/acme-vault';
const FOUND = { [REPLICA_ALIAS]: REPLICA_KEY };

const remember = (fake: FakeKeys, found: Readonly<Record<string, string>> = FOUND) =>
  rememberKeys(fake.s3 as unknown as S3Client, 'acme-proofs', found);

test('remembers a key that is new, and writes over nothing', async () => {
  const fake = new FakeKeys();
  expect(await remember(fake)).toEqual(FOUND);
  expect(fake.s3.inputsOf('PutObject')).toEqual([
    expect.objectContaining({ Bucket: 'acme-proofs', Key: 'keys/state.json', IfNoneMatch: '*' }),
  ]);
});

test('keeps what it knew when it learns of another alias, and writes over no more than it has read', async () => {
  const fake = new FakeKeys({ state: remembering(FOUND) });
  const both = { [OTHER_ALIAS]: OTHER_KEY, [REPLICA_ALIAS]: REPLICA_KEY };
  expect(await remember(fake, { [OTHER_ALIAS]: OTHER_KEY })).toEqual(both);
  expect(JSON.parse(fake.state ?? '')).toEqual({ format: 1, keys: both });
  expect(fake.s3.inputsOf('PutObject')).toEqual([expect.objectContaining({ IfMatch: '"1"' })]);
});

test('holds to the first key of an alias', async () => {
  const fake = new FakeKeys({ state: remembering(FOUND) });
  expect(await remember(fake, { [REPLICA_ALIAS]: NEW_REPLICA_KEY })).toEqual(FOUND);
  expect(JSON.parse(fake.state ?? '')).toEqual({ format: 1, keys: FOUND });
});

test('is written anew although nothing is new, so that it never grows old enough to expire', async () => {
  const fake = new FakeKeys({ state: remembering(FOUND) });
  await remember(fake);
  await remember(fake, {});
  expect(fake.s3.inputsOf('PutObject')).toHaveLength(2);
  expect(JSON.parse(fake.state ?? '')).toEqual({ format: 1, keys: FOUND });
});

test('writes nothing where there is nothing to remember', async () => {
  const fake = new FakeKeys();
  expect(await remember(fake, {})).toEqual({});
  expect(fake.s3.inputsOf('PutObject')).toEqual([]);
});

test('leaves it to another run that remembers at the same moment', async () => {
  const fake = new FakeKeys({ answers: { PutObject: () => sdkError('PreconditionFailed', 'taken', 412) } });
  expect(await remember(fake)).toEqual(FOUND);
});

test('fails when it cannot write', async () => {
  const fake = new FakeKeys({ answers: { PutObject: () => sdkError('AccessDenied', 'no', 403) } });
  await expect(remember(fake)).rejects.toThrow('Cannot write the state of keys to bucket acme-proofs: AccessDenied');
});

test.each([
  ['no JSON', '{'],
  ['another format', JSON.stringify({ format: 2, keys: {} })],
  ['keys that are none', JSON.stringify({ format: 1, keys: { [REPLICA_ALIAS]: 1 } })],
])('refuses %s rather than forget which keys there were', async (_name, state) => {
  const fake = new FakeKeys({ state });
  await expect(remember(fake)).rejects.toThrow('s3://acme-proofs/keys/state.json is no state of keys of format 1');
  expect(fake.s3.inputsOf('PutObject')).toEqual([]);
});

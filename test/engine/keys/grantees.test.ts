import type { GrantListEntry, KMSClient } from '@aws-sdk/client-kms';
import { isKnown, listGrantees } from '../../../engine/keys/grantees';
import { FakeSdkClient } from '../../fakes/sdk-client';
import { FILES_KEY, grant } from './fake-keys';

const ACCOUNTS = ['111122223333', '444455556666'];
const GUEST = 'arn:aws:iam::777788889999:role/guest';

/** Lists the grants of pages, the markers of which are their numbers. */
function list(...pages: readonly (readonly GrantListEntry[])[]) {
  const ListGrants = ({ Marker = '0' }: { Marker?: string }) => {
    const next = Number(Marker) + 1;
    return { Grants: pages[Number(Marker)], ...(next < pages.length && { Truncated: true, NextMarker: String(next) }) };
  };
  const kms = new FakeSdkClient({ ListGrants });
  return { kms, grantees: listGrantees(kms as unknown as KMSClient, FILES_KEY, ACCOUNTS) };
}

test('takes the grants of one principal together, over all pages', async () => {
  const role = 'arn:aws:iam::111122223333:role/worker';
  const { kms, grantees } = list(
    [grant(role, { Operations: ['Encrypt', 'Decrypt'] })],
    [],
    [grant(role, { Operations: ['Decrypt', 'CreateGrant'] }), grant(role, { Operations: undefined })],
  );
  expect(await grantees).toEqual({
    told: [{ principal: role, grants: 3, operations: ['CreateGrant', 'Decrypt', 'Encrypt'], isKnown: true }],
    unknown: 0,
  });
  expect(kms.inputsOf('ListGrants')).toEqual([
    { KeyId: FILES_KEY, Limit: 100 },
    { KeyId: FILES_KEY, Limit: 100, Marker: '1' },
    { KeyId: FILES_KEY, Limit: 100, Marker: '2' },
  ]);
});

test('tells those first that nobody knows, and counts them all', async () => {
  const known = Array.from({ length: 99 }, (_, number) => grant(`arn:aws:iam::111122223333:role/worker-${number}`));
  const { told, unknown } = await list([...known, grant(GUEST), grant(`${GUEST}-2`)]).grantees;
  expect(told).toHaveLength(100);
  expect(told.slice(0, 3).map(({ principal, isKnown: is }) => [principal, is])).toEqual([
    [GUEST, false],
    [`${GUEST}-2`, false],
    ['arn:aws:iam::111122223333:role/worker-0', true],
  ]);
  expect(unknown).toBe(2);
});

test('takes the principal of a service where a grant has one, and nobody for a grant without any', async () => {
  const service = grant(GUEST, { GranteeServicePrincipal: 'backup.amazonaws.com' });
  const { told } = await list([service, { Operations: ['Decrypt'] }]).grantees;
  expect(told.map(({ principal, isKnown: is }) => [principal, is])).toEqual([
    ['nobody', false],
    ['backup.amazonaws.com', true],
  ]);
});

test('has nobody where there are no grants', async () => {
  expect(await list([]).grantees).toEqual({ told: [], unknown: 0 });
});

test('reads 10,000 grants, and refuses to pass over more', async () => {
  const page = Array.from({ length: 5_000 }, () => grant(GUEST));
  expect((await list(page, page).grantees).told).toMatchObject([{ grants: 10_000 }]);
  await expect(list(page, page, [grant(GUEST)]).grantees).rejects.toThrow(
    'the key has more than 10000 grants, more than are read',
  );
});

test.each([
  ['a role of an own account', 'arn:aws:iam::111122223333:role/x', true],
  ['a session of a role of the other own account', 'arn:aws:sts::444455556666:assumed-role/x/y', true],
  ['an own account in China', 'arn:aws-cn:iam::111122223333:root', true],
  ['a role of another account', GUEST, false],
  ['a service', 'rds.amazonaws.com', true],
  ['a service in a Region', 'elasticache.eu-west-1.amazonaws.com', true],
  ['a service in a Region, the other way round', 'eu-west-1.rds.amazonaws.com', true],
  ['a service in China', 's3.cn-north-1.amazonaws.com.cn', true],
  ['a service that has nothing to do with backups', 'lambda.amazonaws.com', false],
  ['a name that ends as a service does', 'rds.amazonaws.com.example.com', false],
  ['a name that holds a service in a longer word', 'notrds.amazonaws.com', false],
  ['a principal that was deleted', 'AROAEXAMPLEEXAMPLE', false],
])('expects or not: %s', (_name, principal, expected) => {
  expect(isKnown(principal, ACCOUNTS)).toBe(expected);
});

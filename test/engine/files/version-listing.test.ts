import { VersionListing } from '../../../engine/files/version-listing';
import { FakeS3 } from './fake-s3';

let s3: FakeS3;
beforeEach(async () => {
  s3 = await FakeS3.start();
  s3.pageSize = 2;
  s3.createBucket('bucket');
  for (const key of ['a', 'b', 'b', 'b', 'c']) {
    s3.put('bucket', key, key);
  }
});
afterEach(() => s3.stop());

const open = (afterKey?: string) =>
  VersionListing.open({ s3: s3.client, name: 'bucket' }, afterKey, new AbortController().signal);

async function rest(listing: VersionListing): Promise<string[]> {
  const keys: string[] = [];
  for (; listing.current !== undefined; await listing.advance()) {
    keys.push(listing.current.key);
  }
  return keys;
}

test('walks all pages, also where a key goes on over several', async () => {
  expect(await rest(await open())).toEqual(['a', 'b', 'b', 'b', 'c']);
  expect(s3.requests).toHaveLength(3);
});

test('begins behind all versions of a key', async () => {
  expect(await rest(await open('a'))).toEqual(['b', 'b', 'b', 'c']);
  expect(await rest(await open('b'))).toEqual(['c']);
  expect(await rest(await open('c'))).toEqual([]);
});

test('asks for the next page while the current one is worked on', async () => {
  const listing = await open();
  expect(listing.advance()).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(s3.requests).toHaveLength(2);
});

test('refuses a listing that is not in UTF-8 order', async () => {
  s3.order = (left, right) => (left < right ? 1 : -1);
  const walk = open().then(rest);
  await expect(walk).rejects.toThrow('bucket bucket is not in UTF-8 order of keys, so it cannot be compared. HINT:');
});

test('tells which bucket cannot be listed when a later page fails', async () => {
  const listing = await open();
  s3.fault = () => ({ status: 403, code: 'AccessDenied' });
  await expect(rest(listing)).rejects.toThrow('Cannot list the versions of bucket bucket: AccessDenied');
});

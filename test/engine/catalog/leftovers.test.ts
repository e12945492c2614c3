import { abortLeftovers, LONGEST_RUN_MS } from '../../../engine/catalog/leftovers';
import { only } from '../../fakes/s3-server';
import { BackupBucket, BUCKET, RESOURCE } from './backup';

const NOW = new Date('2026-11-23T02:00:00Z');
const BEFORE = new Date(NOW.getTime() - LONGEST_RUN_MS);

let bucket: BackupBucket;
beforeAll(async () => {
  bucket = await BackupBucket.start();
});
beforeEach(() => bucket.server.reset());
afterAll(() => bucket.stop());

const begin = (key: string) => bucket.server.bucket(BUCKET).createUpload(key, {});
const left = () => [...bucket.server.bucket(BUCKET).uploads.values()].map(({ key }) => key);
const clean = () => abortLeftovers(bucket.s3, BUCKET, RESOURCE, BEFORE);

test('uploads of dead runs are given up, in every tier and over pages', async () => {
  bucket.server.pageSize = 2;
  for (const tier of ['daily', 'weekly', 'monthly', 'yearly']) {
    for (let tenant = 0; tenant < 5; tenant += 1) {
      begin(`${tier}/shop/20261122T015959Z-0f3c9a1e/tenants/${tenant}.dump`);
    }
    begin(`${tier}/shop/20261122T015959Z-0f3c9a1e/tenants/0.dump`);
  }
  expect(await clean()).toBe(24);
  expect(left()).toEqual([]);
});

test('uploads of one key are all found, though a page ends between them', async () => {
  bucket.server.pageSize = 2;
  const young = 'daily/shop/20261123T015959Z-0f3c9a1e/shared.dump';
  for (let index = 0; index < 5; index += 1) {
    begin(young);
    begin('weekly/shop/20261101T020000Z-0f3c9a1e/shared.dump');
  }
  expect(await clean()).toBe(5);
  expect(left()).toEqual(Array(5).fill(young));
  expect(bucket.server.count('ListMultipartUploads')).toBe(1 + 1 + 3 + 3);
});

test('uploads of runs that may go on, of other databases and of other things are left alone', async () => {
  const keys = [
    'daily/shop/20261122T020000Z-0f3c9a1e/shared.dump',
    'daily/shop/20261123T015959Z-0f3c9a1e/shared.dump',
    'daily/shop2/20261101T020000Z-0f3c9a1e/shared.dump',
    'daily/shop/notes/shared.dump',
    'other/shop/20261101T020000Z-0f3c9a1e/shared.dump',
  ];
  keys.forEach(begin);
  expect(await clean()).toBe(0);
  expect(left()).toEqual(keys);
});

test('an upload that another run gave up at the same moment does no harm', async () => {
  begin('daily/shop/20261101T020000Z-0f3c9a1e/shared.dump');
  bucket.server.fault = only('AbortMultipartUpload', 0, { status: 404, code: 'NoSuchUpload' });
  expect(await clean()).toBe(1);
});

test.each([
  ['ListMultipartUploads', /^Cannot list the unfinished uploads of bucket dumps: AccessDenied.* HINT: give the role/],
  ['AbortMultipartUpload', /^Cannot give up an unfinished upload to bucket dumps: AccessDenied.* HINT: give the role/],
] as const)('a refused %s is told', async (operation, message) => {
  begin('daily/shop/20261101T020000Z-0f3c9a1e/shared.dump');
  bucket.server.fault = (call) => (call.operation === operation ? { status: 403, code: 'AccessDenied' } : undefined);
  await expect(clean()).rejects.toThrow(message);
});

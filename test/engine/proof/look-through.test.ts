import type { S3Client } from '@aws-sdk/client-s3';
import { type ExpectedObject, lookThrough } from '../../../engine/proof/look-through';
import { FakeS3Server } from '../../fakes/s3-server';

const BUCKET = 'dumps';
const FOLDER = 'daily/shop/1/';

let server: FakeS3Server;
let s3: S3Client;
beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = server.client();
});
beforeEach(() => server.reset());
afterAll(async () => {
  s3.destroy();
  await server.stop();
});

const put = async (name: string, text = 'text'): Promise<[string, ExpectedObject]> => {
  const { versionId } = await server.bucket(BUCKET).put(`${FOLDER}${name}`, Buffer.from(text));
  return [`${FOLDER}${name}`, { versionId, bytes: text.length }];
};
const look = (expected: readonly [string, ExpectedObject][], matching: 'versionId' | 'content' = 'versionId') =>
  lookThrough({ s3, name: BUCKET }, FOLDER, new Map(expected), matching);

test('objects that are there, on whatever page of the listing, are not missing', async () => {
  server.pageSize = 2;
  const objects = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => put(name)));
  await expect(look(objects)).resolves.toEqual({ missing: [], hidden: [] });
  expect(server.count('ListObjectVersions')).toBe(3);
});

test('only the folder is listed', async () => {
  await server.bucket(BUCKET).put('daily/shop/2/a', Buffer.from('text'));
  await look([await put('a')]);
  expect(server.calls.map(({ query }) => query.get('prefix'))).toEqual([FOLDER]);
});

test.each(['versionId', 'content'] as const)(
  'an object of another size is missing, matched by %s',
  async (matching) => {
    const [key, object] = await put('a');
    await expect(look([[key, { ...object, bytes: 5 }]], matching)).resolves.toEqual({ missing: [key], hidden: [] });
  },
);

test('another version is missing, but where copies get ids of their own', async () => {
  const [key, object] = await put('a');
  const other: [string, ExpectedObject] = [key, { ...object, versionId: 'other' }];
  await expect(look([other])).resolves.toMatchObject({ missing: [key] });
  await expect(look([other], 'content')).resolves.toMatchObject({ missing: [] });
});

test('an older version is found by its id, and is no current copy', async () => {
  const older = await put('a', 'old');
  await put('a', 'new text');
  await expect(look([older])).resolves.toMatchObject({ missing: [] });
  await expect(look([older], 'content')).resolves.toMatchObject({ missing: [older[0]] });
});

test('an object below a delete marker is there, and hidden', async () => {
  const object = await put('a');
  server.bucket(BUCKET).deleteCurrent(object[0]);
  await expect(look([object])).resolves.toEqual({ missing: [], hidden: [object[0]] });
});

test('an object of which nothing is known must be current', async () => {
  const [key] = await put('manifest.json');
  await expect(look([[key, {}]])).resolves.toEqual({ missing: [], hidden: [] });
  await expect(look([[`${FOLDER}other.json`, {}]])).resolves.toMatchObject({ missing: [`${FOLDER}other.json`] });
});

test('a listing that S3 refuses is an error, not damage', async () => {
  server.fault = () => ({ status: 403, code: 'AccessDenied' });
  await expect(look([])).rejects.toThrow('Cannot list the versions of bucket dumps: AccessDenied');
});

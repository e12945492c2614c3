import type { S3Client } from '@aws-sdk/client-s3';
import { newestVersion, stateOfVersion } from '../../../engine/objects/object-state';
import { FakeS3Server } from '../../fakes/s3-server';

const BUCKET = 'dumps';
const KEY = 'daily/shop/20261123T020000Z-0f3c9a1e/manifest.json';

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

test('the newest version is that of the key itself, and known to lie below a delete marker', async () => {
  const bucket = server.bucket(BUCKET);
  await bucket.put(`${KEY}.bak`, Buffer.from('another'));
  expect(await newestVersion(s3, BUCKET, KEY)).toBeUndefined();
  await bucket.put(KEY, Buffer.from('old'));
  const { versionId } = await bucket.put(KEY, Buffer.from('new'));
  expect(await newestVersion(s3, BUCKET, KEY)).toEqual({ versionId, isCurrent: true });
  bucket.deleteCurrent(KEY);
  expect(await newestVersion(s3, BUCKET, KEY)).toEqual({ versionId, isCurrent: false });
});

test('the state of a version has its size, its checksum and its lock', async () => {
  const headers = {
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00Z',
  };
  const { versionId, crc64nvme } = await server.bucket(BUCKET).put(KEY, Buffer.from('new'), headers);
  expect(await stateOfVersion(s3, BUCKET, KEY, versionId)).toEqual({
    key: KEY,
    versionId,
    bytes: 3,
    crc64nvme,
    lockedUntil: new Date('2027-01-01T00:00:00Z'),
    lockMode: 'compliance',
  });
  expect(await stateOfVersion(s3, BUCKET, KEY, 'another')).toBeUndefined();
});

test('a checksum of parts is none of the object', async () => {
  const { versionId } = await server.bucket(BUCKET).put(KEY, Buffer.from('new'));
  Object.assign(server.bucket(BUCKET).history(KEY)[0] ?? {}, { crc64nvme: 'AAAAAAAAAAA=-3' });
  expect(await stateOfVersion(s3, BUCKET, KEY, versionId)).toMatchObject({ crc64nvme: undefined });
});

import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createStoreClient } from '../../../engine/objects/s3-client';
import { FakeS3Server } from '../../fakes/s3-server';

let server: FakeS3Server;
let s3: S3Client;
beforeAll(async () => {
  server = await FakeS3Server.start();
  s3 = createStoreClient({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
beforeEach(() => server.reset());
afterAll(async () => {
  s3.destroy();
  await server.stop();
});

test('large bodies go out at once, on connections that are kept', async () => {
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(3_000_000) }));
  expect(server.calls[0]?.headers).toMatchObject({ connection: 'keep-alive' });
  expect(server.calls[0]?.headers.expect).toBeUndefined();
});

test('the SDK takes and compares no checksums of its own', async () => {
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'bytes' }));
  const answer = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  await answer.Body?.transformToString();
  for (const { headers } of server.calls) {
    expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-checksum'))).toEqual([]);
  }
});

test('requests are repeated up to six times', async () => {
  expect(await s3.config.maxAttempts()).toBe(6);
});

test('what is given goes before the defaults', async () => {
  const other = createStoreClient({ region: 'eu-west-1', maxAttempts: 2 });
  expect(await other.config.maxAttempts()).toBe(2);
  expect(await other.config.region()).toBe('eu-west-1');
  other.destroy();
});

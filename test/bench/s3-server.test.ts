import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createS3Server, PROOFS_BUCKET } from './s3-server';
import { etagOf, SyntheticBucket, sizeOf, versionIdOf } from './synthetic-bucket';

const { keys } = new SyntheticBucket(30);

let server: Server;
let endpoint: string;
let s3: S3Client;

beforeEach(async () => {
  server = createS3Server(30);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint, credentials, region: 'eu-west-1', forcePathStyle: true, maxAttempts: 1 });
});

afterEach(() => {
  s3.destroy();
  server.closeAllConnections();
  server.close();
});

test('lists versions that the SDK reads, the same in source and replica', async () => {
  const list = async (Bucket: string) => (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions;
  const source = await list('source');
  expect(source?.map(({ Key }) => Key)).toEqual(keys);
  expect(source?.[7]).toMatchObject({ VersionId: versionIdOf(7), ETag: etagOf(7), Size: sizeOf(7), IsLatest: true });
  expect(await list('replica')).toEqual(source);
});

test('lists objects that the SDK reads, page by page', async () => {
  const first = await s3.send(new ListObjectsV2Command({ Bucket: 'source', MaxKeys: 20 }));
  const ContinuationToken = first.NextContinuationToken;
  const second = await s3.send(new ListObjectsV2Command({ Bucket: 'source', MaxKeys: 20, ContinuationToken }));
  expect([first, second].flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key))).toEqual(keys);
});

test('answers HEAD with what the listing says', async () => {
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'source', Key: keys[7] }));
  expect(head).toMatchObject({ ContentLength: sizeOf(7), ETag: etagOf(7), VersionId: versionIdOf(7) });
});

test('says that it does not have a key', async () => {
  await expect(s3.send(new HeadObjectCommand({ Bucket: 'source', Key: 'none' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('stores proofs, and honours conditions', async () => {
  const state = { Bucket: PROOFS_BUCKET, Key: 'files/uploads/state.json' };
  const { ETag } = await s3.send(new PutObjectCommand({ ...state, Body: 'one', IfNoneMatch: '*' }));
  const again = s3.send(new PutObjectCommand({ ...state, Body: 'two', IfNoneMatch: '*' }));
  await expect(again).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await s3.send(new PutObjectCommand({ ...state, Body: 'three', IfMatch: ETag }));
  const stale = s3.send(new PutObjectCommand({ ...state, Body: 'four', IfMatch: ETag }));
  await expect(stale).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const { Body } = await s3.send(new GetObjectCommand(state));
  expect(await Body?.transformToString()).toBe('three');
});

test('counts requests, but not those for the count', async () => {
  const count = async () => Number(await (await fetch(`${endpoint}/-/requests`)).text());
  await s3.send(new ListObjectsV2Command({ Bucket: 'source' }));
  expect([await count(), await count()]).toEqual([1, 1]);
});

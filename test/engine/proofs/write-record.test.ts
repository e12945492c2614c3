import type { S3Client } from '@aws-sdk/client-s3';
import { backupProofsPrefix, proofsPrefix } from '../../../engine/contract/proofs';
import { ObjectExistsError } from '../../../engine/objects/object-error';
import { writeProofRecord } from '../../../engine/proofs/write-record';
import { FakeS3Server } from '../../fakes/s3-server';
import { aRecord } from './a-record';

const BUCKET = 'proofs';
const PREFIX = proofsPrefix('files', 'uploads', 'present');
const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0f3c9a1e-0000-4000-8000-000000000000';

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

test('a record lies under its system, resource and level, with time and outcome in its key', async () => {
  const key = await writeProofRecord(s3, BUCKET, PREFIX, aRecord({ outcome: 'damaged' }));
  expect(key).toBe('files/uploads/proofs/present/20261123T020000000Z-damaged.json');
  const object = server.objects(BUCKET).get(key);
  expect(JSON.parse(object?.body.toString() ?? '')).toEqual(aRecord({ outcome: 'damaged' }));
  expect(object?.headers).toEqual({ 'content-type': 'application/json' });
});

test('a record of one backup lies beside it, encrypted and locked as the backup is', async () => {
  const prefix = backupProofsPrefix('daily/sessions/20261123T020000Z-0f3c9a1e/', 'intact');
  const lock = { mode: 'compliance', until: new Date('2026-12-23T02:00:00Z') } as const;
  const key = await writeProofRecord(s3, BUCKET, prefix, aRecord({ level: 'intact' }), { keyArn: KEY_ARN, lock });
  expect(key).toBe('daily/sessions/20261123T020000Z-0f3c9a1e/proofs/intact/20261123T020000000Z-proved.json');
  expect(server.objects(BUCKET).get(key)?.headers).toMatchObject({
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': KEY_ARN,
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': '2026-12-23T02:00:00Z',
  });
});

test('the same record may be written again, which changes nothing', async () => {
  const key = await writeProofRecord(s3, BUCKET, PREFIX, aRecord());
  expect(await writeProofRecord(s3, BUCKET, PREFIX, aRecord())).toBe(key);
  expect(server.bucket(BUCKET).history(key)).toHaveLength(1);
});

test('a record is never replaced by another', async () => {
  const key = await writeProofRecord(s3, BUCKET, PREFIX, aRecord());
  await expect(writeProofRecord(s3, BUCKET, PREFIX, aRecord({ bytes: 1 }))).rejects.toThrow(ObjectExistsError);
  expect(JSON.parse(server.objects(BUCKET).get(key)?.body.toString() ?? '')).toEqual(aRecord());
});

test('an error names the bucket, what to do, and no key', async () => {
  server.fault = () => ({ status: 403, code: 'AccessDenied' });
  const failure = writeProofRecord(s3, BUCKET, PREFIX, aRecord());
  await expect(failure).rejects.toThrow(
    /Cannot write an object to bucket proofs: AccessDenied: .* HINT: give the role/,
  );
  await expect(failure).rejects.not.toThrow(/uploads/);
});

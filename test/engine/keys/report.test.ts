import type { S3Client } from '@aws-sdk/client-s3';
import type { KeyFinding } from '../../../engine/contract/verify-keys';
import { writeKeysReport } from '../../../engine/keys/report';
import type { VerifiedKeys } from '../../../engine/keys/verify-keys';
import { FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { FILES_KEY, NOW } from './fake-keys';

const UNUSABLE: KeyFinding = { kind: 'keyUnusable', isCritical: true, detail: 'it is disabled' };
const DRIFT: KeyFinding = { kind: 'keyNotRotating', isCritical: false, detail: 'it does not rotate' };
const UNREMEMBERED: KeyFinding = { kind: 'unknown', isCritical: false, detail: 'not remembered' };

const verified = (...findings: KeyFinding[]): VerifiedKeys => ({
  keys: [{ name: 'files', region: 'eu-west-1', keyArn: FILES_KEY, findings }],
  common: [UNREMEMBERED],
});

function write(found: VerifiedKeys, answer: unknown = {}) {
  const s3 = new FakeSdkClient({ PutObject: () => answer });
  return { s3, result: writeKeysReport(s3 as unknown as S3Client, 'acme-proofs', found, NOW) };
}

test('holds everything that was found, under the moment of the verification', async () => {
  const { s3, result } = write(verified(UNUSABLE));
  const reportKey = 'keys/reports/20261123T150000000Z.json';
  expect(await result).toEqual({ ...verified(UNUSABLE), reportKey });
  const [put] = s3.inputsOf('PutObject') as { Body: string }[];
  expect(put).toMatchObject({ Bucket: 'acme-proofs', Key: reportKey, ContentType: 'application/json' });
  expect(JSON.parse(put?.Body ?? '')).toEqual({
    verifiedAt: '2026-11-23T15:00:00.000Z',
    isGood: false,
    ...verified(UNUSABLE),
  });
});

test('is good when nothing endangers a restore', async () => {
  const { s3, result } = write(verified(DRIFT));
  await result;
  const [put] = s3.inputsOf('PutObject') as { Body: string }[];
  expect(JSON.parse(put?.Body ?? '')).toMatchObject({ isGood: true });
});

test('is a finding when it cannot be written, and hides no other', async () => {
  const { result } = write(verified(UNUSABLE), sdkError('AccessDenied', 'no', 403));
  expect(await result).toEqual({
    keys: verified(UNUSABLE).keys,
    common: [
      UNREMEMBERED,
      {
        kind: 'unknown',
        isCritical: false,
        detail: expect.stringContaining('could not write the report into the bucket acme-proofs (AccessDenied: no)'),
      },
    ],
  });
});

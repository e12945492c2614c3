import type { S3Client } from '@aws-sdk/client-s3';
import { criticalsOf, writeDatabaseReport } from '../../../engine/database/report';
import type { VerifiedDatabases } from '../../../engine/database/verify-databases';
import { type Answers, FakeSdkClient, sdkError } from '../../fakes/sdk-client';
import { EVENT, NOW } from './fake-account';

const late = { kind: 'recoveryPointLate', isCritical: true, detail: 'late' } as const;
const drift = { kind: 'drift', isCritical: false, detail: 'differs' } as const;
const verified: VerifiedDatabases = {
  databases: [{ resource: 'orders', findings: [late], rpoSeconds: 60, ageSeconds: { daily: 90_000 } }],
  common: [drift],
};

function write(found: VerifiedDatabases, answers: Answers = { PutObject: () => ({}) }) {
  const s3 = new FakeSdkClient(answers);
  return { s3, result: writeDatabaseReport(s3 as unknown as S3Client, EVENT, found, NOW) };
}

test('holds everything that was found, under the moment of the verification', async () => {
  const { s3, result } = write(verified);
  expect(await result).toEqual({ ...verified, reportKey: 'database/reports/20261123T150000000Z.json' });
  const [put] = s3.inputsOf('PutObject') as { Body: string }[];
  expect(put).toMatchObject({
    Bucket: 'acme-proofs',
    Key: 'database/reports/20261123T150000000Z.json',
    ContentType: 'application/json',
  });
  expect(JSON.parse(put?.Body ?? '')).toEqual({ verifiedAt: '2026-11-23T15:00:00.000Z', isGood: false, ...verified });
});

test('is good when nothing endangers a restore', async () => {
  const { s3, result } = write({ databases: [], common: [drift] });
  await result;
  const [put] = s3.inputsOf('PutObject') as { Body: string }[];
  expect(JSON.parse(put?.Body ?? '')).toMatchObject({ isGood: true });
});

test('is a finding when it cannot be written, and hides no other', async () => {
  const { result } = write(verified, { PutObject: () => sdkError('AccessDenied', 'no', 403) });
  expect(await result).toEqual({
    databases: verified.databases,
    common: [
      drift,
      {
        kind: 'unknown',
        isCritical: true,
        detail: expect.stringContaining('could not write the report into the bucket acme-proofs (AccessDenied: no)'),
      },
    ],
  });
});

test('counts as critical what is found of a database, and of all', () => {
  expect(criticalsOf({ databases: verified.databases, common: [drift, { ...late, detail: 'all' }] })).toEqual([
    late,
    { ...late, detail: 'all' },
  ]);
});

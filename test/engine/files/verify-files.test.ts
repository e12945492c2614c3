import type { KMSClient } from '@aws-sdk/client-kms';
import { verifyFiles } from '../../../engine/files/verify-files';
import { type FakeRequest, FakeS3 } from './fake-s3';
import { HOUR, Rehearsal, START } from './rehearsal';

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
});
afterAll(() => s3.stop());
beforeEach(() => {
  s3.fault = () => undefined;
});

const verify = (...rehearsals: Rehearsal[]) => verifyBetween(START, START + HOUR, rehearsals);

const verifyBetween = (now: number, deadline: number, rehearsals: readonly Rehearsal[]) =>
  verifyFiles(
    {
      targets: rehearsals.map((rehearsal) => ({ ...rehearsal.request().target, resource: rehearsal.source })),
      proofs: { bucket: rehearsals[0]?.proofs ?? '', region: 'eu-west-1' },
      alarmName: 'alarm',
      readCycleDays: 30,
    },
    {
      s3: () => s3.client,
      kms: () => ({}) as KMSClient,
      matching: 'versionId',
      deadline,
      now: () => now,
    },
  );

test('answers for every target in the order of the event', async () => {
  const rehearsals = Array.from({ length: 6 }, () => new Rehearsal(s3));
  for (const [place, rehearsal] of rehearsals.entries()) {
    rehearsal.write('a', 'x'.repeat(place));
    rehearsal.replicate();
  }
  const verified = await verify(...rehearsals);
  expect(verified.map(({ result }) => [result.resource, result.outcome, result.bytes])).toEqual(
    rehearsals.map(({ source }, place) => [source, 'proved', place]),
  );
  expect(verified[0]?.result).toEqual({
    resource: rehearsals[0]?.source,
    outcome: 'proved',
    matching: 'versionId',
    proofId: '20261123T120000Z',
    reportKey: `files/${rehearsals[0]?.source}/reports/20261123T120000Z/summary.json`,
    findings: {},
    versions: 1,
    bytes: 0,
    replicationLagSeconds: 0,
  });
});

test('begins no target behind the deadline but one a worker, and tells what is known of the others', async () => {
  const rehearsals = Array.from({ length: 6 }, () => new Rehearsal(s3));
  for (const rehearsal of rehearsals) {
    rehearsal.write('a', 'bytes');
    rehearsal.replicate();
  }
  await verify(...rehearsals);
  s3.requests.length = 0;
  const verified = await verifyBetween(START, START, rehearsals);
  expect(verified.map(({ result }) => result.outcome).sort()).toEqual([
    ...Array.from({ length: 4 }, () => 'proved'),
    ...Array.from({ length: 2 }, () => 'unfinished'),
  ]);
  expect(verified.every(({ state }) => state?.lastCompleted !== undefined)).toBe(true);
  expect(s3.requests.filter(({ operation }) => operation === 'list')).toHaveLength(8);
});

test('leaves a different target to the next run as time goes by', async () => {
  const rehearsals = Array.from({ length: 5 }, () => new Rehearsal(s3));
  const left = new Set<string>();
  for (let run = 0; run < 12; run += 1) {
    const now = START + (run * HOUR) / 4;
    const verified = await verifyBetween(now, now, rehearsals);
    expect(verified.map(({ result }) => result.resource)).toEqual(rehearsals.map(({ source }) => source));
    for (const { result } of verified.filter(({ result }) => result.outcome === 'unfinished')) {
      left.add(result.resource);
    }
  }
  expect(left.size).toBe(5);
});

test('tells findings and the lag of a damaged target', async () => {
  const rehearsal = new Rehearsal(s3);
  rehearsal.write('a', 'old', { replicationStatus: 'FAILED' });
  const [verified] = await verify(rehearsal);
  expect(verified).toMatchObject({
    result: { outcome: 'damaged', findings: { missing: 1 }, replicationLagSeconds: 7200 },
    firstFindings: [{ kind: 'missing', key: 'a' }],
    state: { lastCompleted: { outcome: 'damaged' } },
  });
});

type Case = [
  why: string,
  matches: (request: FakeRequest, rehearsal: Rehearsal) => boolean,
  status: number,
  code: string,
  error: RegExp,
];
const CASES: Case[] = [
  [
    'the replica does not exist',
    ({ operation, bucket }, { replica }) => operation === 'list' && bucket === replica,
    404,
    'NoSuchBucket',
    /^Cannot list the versions of bucket replica-\d+: NoSuchBucket: .* HINT: deploy the stack/,
  ],
  [
    'the source may not be listed',
    ({ operation, bucket }, { source }) => operation === 'list' && bucket === source,
    403,
    'AccessDenied',
    /^Cannot list the versions of bucket source-\d+: AccessDenied: .* HINT: give the role/,
  ],
  ['S3 throttles', ({ operation }) => operation === 'list', 503, 'SlowDown', /SlowDown: .* HINT: run less often/],
  [
    'a version may not be looked at',
    ({ operation }) => operation === 'head',
    403,
    'AccessDenied',
    /^Cannot read the state of a version in bucket source-\d+: AccessDenied/,
  ],
  [
    'its state may not be read',
    ({ operation, bucket }, { proofs }) => operation === 'get' && bucket === proofs,
    403,
    'AccessDenied',
    /^Cannot read the state of proofs from bucket proofs-\d+: AccessDenied/,
  ],
  [
    'its state may not be written',
    ({ operation, key }) => operation === 'put' && key.endsWith('state.json'),
    403,
    'AccessDenied',
    /^Cannot write the state of proofs to bucket proofs-\d+: AccessDenied/,
  ],
  [
    'its report may not be written',
    ({ operation, key }) => operation === 'put' && key.includes('/reports/'),
    403,
    'AccessDenied',
    /^Cannot write a report to bucket proofs-\d+: AccessDenied/,
  ],
];

test.each(CASES)('fails one target and no other when %s', async (_, matches, status, code, error) => {
  const [failing, sound] = [new Rehearsal(s3), new Rehearsal(s3)];
  failing.write('secret-key.txt', 'never copied');
  const belongsToSound = ({ bucket, key }: FakeRequest) =>
    bucket === sound.source || bucket === sound.replica || key.startsWith(`files/${sound.source}/`);
  s3.fault = (request) => (!belongsToSound(request) && matches(request, failing) ? { status, code } : undefined);
  const [failed, proved] = await verify(failing, sound);
  expect(proved?.result.outcome).toBe('proved');
  expect(failed?.result).toMatchObject({ outcome: 'failed', error: expect.stringMatching(error) });
  expect(failed?.result.error).not.toContain('secret-key');
  expect(failed?.result.reportKey).toBeUndefined();
});

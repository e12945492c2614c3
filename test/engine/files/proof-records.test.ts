import type { S3Client } from '@aws-sdk/client-s3';
import type { TargetResult, VerifyFilesEvent } from '../../../engine/contract/verify-files';
import { filesRecords, writeFilesRecords } from '../../../engine/files/proof-records';
import type { ProofState } from '../../../engine/files/proof-state';
import { type VerifiedTarget, verifyFiles } from '../../../engine/files/verify-files';
import { storageMetrics } from '../../../engine/signals/storage-metrics';
import { FakeS3Server, only } from '../../fakes/s3-server';
import { FakeS3 } from './fake-s3';
import { HOUR, Rehearsal } from './rehearsal';

const BUCKET = 'proofs';
const AT = new Date('2026-11-23T12:10:00Z');
const STARTED = '2026-11-23T12:00:00.000Z';
const SAFE_UNTIL = '2026-11-23T11:55:00.000Z';

const RESULT: TargetResult = {
  resource: 'uploads',
  outcome: 'proved',
  matching: 'versionId',
  proofId: '20261123T120000Z',
  reportKey: 'files/uploads/reports/20261123T120000Z/summary.json',
  findings: {},
  versions: 120,
  bytes: 4096,
  replicationLagSeconds: 300,
};
const STATE: ProofState = {
  format: 1,
  firstProofAt: '2026-11-20T12:00:00.000Z',
  lastCompleted: {
    id: '20261123T120000Z',
    startedAt: STARTED,
    outcome: 'proved',
    recoveryPoint: SAFE_UNTIL,
    bytes: 4096,
  },
  suspects: [],
  awaited: {},
  proved: { present: STARTED, intact: STARTED },
  readingCycle: { startedAt: STARTED, cursor: 0 },
};
const ENDED = { isPresent: true, isIntact: true, compared: 30, bytesRead: 1024 };

const target = (result: Partial<TargetResult> = {}, more: Partial<VerifiedTarget> = {}): VerifiedTarget => ({
  result: { ...RESULT, ...result },
  firstFindings: [],
  state: STATE,
  ended: ENDED,
  ...more,
});
const failed = (more: Partial<VerifiedTarget> = {}): VerifiedTarget =>
  target({ outcome: 'failed', error: 'Cannot list bucket uploads: AccessDenied' }, { ended: undefined, ...more });

describe('the records of a target', () => {
  test('say what was looked at, up to when everything is safe, and where the report lies', () => {
    const [present, intact, ...others] = filesRecords(target(), BUCKET, AT);
    expect(present).toMatchObject({
      system: 'files',
      resource: 'uploads',
      level: 'present',
      outcome: 'proved',
      startedAt: STARTED,
      finishedAt: AT.toISOString(),
      backupAt: SAFE_UNTIL,
      restorableAt: SAFE_UNTIL,
      bytes: 4096,
      objects: 120,
      replicationLagSeconds: 300,
      findingCount: 0,
      report: 's3://proofs/files/uploads/reports/20261123T120000Z/summary.json',
    });
    expect(intact).toMatchObject({ level: 'intact', outcome: 'proved', bytes: 1024, objects: 30, findingCount: 0 });
    expect(intact).not.toHaveProperty('replicationLagSeconds');
    expect(others).toEqual([]);
  });

  test('say nothing of bytes after the first proof, which compares listings only', () => {
    const first = target({}, { ended: { ...ENDED, isIntact: undefined } });
    expect(filesRecords(first, BUCKET, AT).map(({ level }) => level)).toEqual(['present']);
  });

  test('tell damage of bytes from what is not there', () => {
    const damaged = target(
      { outcome: 'damaged', findings: { checksumMismatch: 2 } },
      { ended: { ...ENDED, isIntact: false } },
    );
    const [present, intact] = filesRecords(damaged, BUCKET, AT);
    expect(present).toMatchObject({ outcome: 'proved', findingCount: 0, findings: [] });
    expect(intact).toMatchObject({
      outcome: 'damaged',
      findingCount: 2,
      findings: [
        {
          kind: 'checksumMismatch',
          isCritical: true,
          detail: '2 of 120 versions: with other bytes in the replica than in the source',
        },
      ],
    });
  });

  test('count findings by their kinds, and name no file', () => {
    const damaged = target(
      { outcome: 'damaged', findings: { missing: 3, wrongKey: 1 } },
      {
        ended: { ...ENDED, isPresent: false, isIntact: false },
        firstFindings: [{ kind: 'missing', key: 'secret-name.pdf', detail: 'secret-name.pdf is not there' }],
      },
    );
    const [present, intact] = filesRecords(damaged, BUCKET, AT);
    expect(present).toMatchObject({ outcome: 'damaged', findingCount: 4 });
    expect(present?.findings.map(({ kind }) => kind)).toEqual(['missing', 'wrongKey']);
    expect(intact).toMatchObject({ outcome: 'damaged', findingCount: 4 });
    expect(JSON.stringify([present, intact])).not.toContain('secret-name');
  });

  test('are none of a proof that goes on, or for which there was no time', () => {
    expect(filesRecords(target({ outcome: 'unfinished' }, { ended: undefined }), BUCKET, AT)).toEqual([]);
  });

  test('tell of a failure at both levels, with its reason', () => {
    const records = filesRecords(failed(), BUCKET, AT);
    expect(records.map(({ level }) => level)).toEqual(['present', 'intact']);
    for (const record of records) {
      expect(record).toMatchObject({
        outcome: 'failed',
        startedAt: AT.toISOString(),
        findings: [{ kind: 'unknown', isCritical: true, detail: 'Cannot list bucket uploads: AccessDenied' }],
      });
      expect(record).not.toHaveProperty('restorableAt');
    }
  });

  test('tell of the failure of a proof in several runs when that proof began', () => {
    const unfinished = { startedAt: '2026-11-23T09:00:00.000Z' } as ProofState['unfinished'];
    const [record] = filesRecords(failed({ state: { ...STATE, unfinished } }), BUCKET, AT);
    expect(record?.startedAt).toBe('2026-11-23T09:00:00.000Z');
  });
});

describe('writing records', () => {
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
  const keys = () => [...server.objects(BUCKET).keys()];

  test('puts one for each level into the folder of the target', async () => {
    await writeFilesRecords(s3, BUCKET, [target(), target({ resource: 'invoices' })], AT);
    expect(keys()).toEqual([
      'files/invoices/proofs/intact/20261123T120000000Z-proved.json',
      'files/invoices/proofs/present/20261123T120000000Z-proved.json',
      'files/uploads/proofs/intact/20261123T120000000Z-proved.json',
      'files/uploads/proofs/present/20261123T120000000Z-proved.json',
    ]);
  });

  test('records once that a proof failed, however many of its runs do', async () => {
    const unfinished = { startedAt: '2026-11-23T09:00:00.000Z' } as ProofState['unfinished'];
    const again = failed({ state: { ...STATE, unfinished } });
    await writeFilesRecords(s3, BUCKET, [again], AT);
    await writeFilesRecords(s3, BUCKET, [again], new Date(AT.getTime() + HOUR));
    expect(keys()).toHaveLength(2);
    expect(
      JSON.parse(
        server
          .objects(BUCKET)
          .get(keys()[0] ?? '')
          ?.body.toString() ?? '',
      ),
    ).toMatchObject({
      finishedAt: AT.toISOString(),
    });
  });

  test('fails when the same proof ended differently before', async () => {
    await writeFilesRecords(s3, BUCKET, [target()], AT);
    await expect(writeFilesRecords(s3, BUCKET, [target({ bytes: 1 })], AT)).rejects.toThrow(/with other content/);
  });

  test('tries all of them, whichever fails', async () => {
    server.fault = only('PutObject', 0, { status: 403, code: 'AccessDenied' });
    await expect(writeFilesRecords(s3, BUCKET, [target(), target({ resource: 'invoices' })], AT)).rejects.toThrow(
      /Cannot write an object to bucket proofs: AccessDenied/,
    );
    expect(keys()).toHaveLength(3);
  });
});

describe('records and metrics', () => {
  let s3: FakeS3;
  beforeAll(async () => {
    s3 = await FakeS3.start();
  });
  afterAll(() => s3.stop());

  /** One run of the verification: the records that it leads to, and the ages that it publishes, by level. */
  async function verify(rehearsal: Rehearsal) {
    const { now, proofs } = rehearsal;
    const event: VerifyFilesEvent = {
      targets: [rehearsal.request().target],
      proofs: { bucket: proofs, region: 'eu-west-1' },
      alarmName: 'alarm',
      readCycleDays: 30,
    };
    const verified = await verifyFiles(event, {
      s3: () => s3.client,
      kms: () => rehearsal.kms,
      matching: 'versionId',
      deadline: now + HOUR,
      now: () => now,
    });
    const ages = storageMetrics(verified, now)
      .filter(({ MetricName, Dimensions }) => MetricName === 'proofAge' && Dimensions?.length === 2)
      .map(({ Dimensions, Value }) => [Dimensions?.[1]?.Value, Value]);
    return { records: verified.flatMap((each) => filesRecords(each, proofs, new Date(now))), ages };
  }

  test.each<[string, Record<string, number>, (rehearsal: Rehearsal) => void]>([
    ['nothing is wrong', { present: 0, intact: 0 }, () => undefined],
    [
      'bytes differ',
      { present: 0, intact: 3600 },
      (rehearsal) => {
        rehearsal.write('b', 'bytes', { lastModified: rehearsal.now });
        rehearsal.replicate(() => ({ checksums: { SHA256: 'other' } }));
      },
    ],
    ['a version is missing', { present: 3600, intact: 3600 }, (rehearsal) => rehearsal.write('b', 'bytes')],
  ])('tell of the same moments when %s', async (_, ages, damage) => {
    const rehearsal = new Rehearsal(s3);
    rehearsal.write('a', 'bytes');
    rehearsal.replicate();
    await verify(rehearsal);
    rehearsal.now += HOUR;
    const before = await verify(rehearsal);
    rehearsal.now += HOUR;
    damage(rehearsal);
    const after = await verify(rehearsal);
    expect(Object.fromEntries(after.ages)).toEqual(ages);
    for (const [level, age] of after.ages) {
      const proved = [...before.records, ...after.records].filter(
        (record) => record.level === level && record.outcome === 'proved',
      );
      expect(Date.parse(proved.at(-1)?.startedAt ?? '')).toBe(rehearsal.now - Number(age) * 1000);
    }
  });
});

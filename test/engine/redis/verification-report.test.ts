import type { S3Client } from '@aws-sdk/client-s3';
import { writeCacheReports } from '../../../engine/redis/verification-report';
import type { VerifiedCache } from '../../../engine/redis/verify-caches';
import { FakeS3Server } from '../../fakes/s3-server';

const NOW = Date.parse('2026-11-23T12:10:00Z');
const proof = { system: 'redis', resource: 'sessions', outcome: 'proved', findings: [] } as const;
const moments = { startedAt: new Date('2026-11-23T12:00:00Z'), finishedAt: new Date(NOW) };
const VERIFIED: VerifiedCache = {
  result: { resource: 'sessions', findings: [], backupId: '20261123T020000Z-0f3c9a1e' },
  proofs: [
    { ...proof, ...moments, level: 'present' },
    { ...proof, ...moments, level: 'intact' },
  ],
};
const REPORT = 'redis/sessions/reports/20261123T121000000Z.json';
const RECORDS = ['intact', 'present'].map((level) => `redis/sessions/proofs/${level}/20261123T120000000Z-proved.json`);

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
const write = () => writeCacheReports(s3, 'proofs', [VERIFIED], NOW);
const contentOf = (key: string) => JSON.parse(server.objects('proofs').get(key)?.body.toString() ?? 'null');

test('a report is written, and a record of each proof that names it', async () => {
  expect(await write()).toEqual([{ ...VERIFIED.result, reportKey: REPORT }]);
  expect([...server.objects('proofs').keys()]).toEqual([...RECORDS, REPORT]);
  expect(contentOf(REPORT)).toEqual({ verifiedAt: '2026-11-23T12:10:00.000Z', isGood: true, ...VERIFIED.result });
  expect(contentOf(RECORDS[0] ?? '')).toMatchObject({ level: 'intact', report: `s3://proofs/${REPORT}` });
});

test('a report that cannot be written is a finding, and the records are written without it', async () => {
  server.fault = ({ key }) => (key === REPORT ? { status: 403, code: 'AccessDenied' } : undefined);
  const [result] = await write();
  expect(result).not.toHaveProperty('reportKey');
  expect(result?.findings.map(({ kind }) => kind)).toEqual(['unknown']);
  expect(contentOf(RECORDS[1] ?? '')).not.toHaveProperty('report');
});

test('a record that cannot be written is a finding, and hides no other', async () => {
  server.fault = ({ key }) => (key === RECORDS[1] ? { status: 403, code: 'AccessDenied' } : undefined);
  const [result] = await write();
  expect(result?.reportKey).toBe(REPORT);
  expect(result?.findings).toEqual([
    expect.objectContaining({ kind: 'unknown', detail: expect.stringMatching(/^Cannot write an object to bucket/) }),
  ]);
  expect(contentOf(RECORDS[0] ?? '')).not.toBeNull();
});

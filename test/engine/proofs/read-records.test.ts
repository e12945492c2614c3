import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { type ProofOutcome, proofKey, proofsPrefix } from '../../../engine/contract/proofs';
import { newestProofs, readProofRecord } from '../../../engine/proofs/read-records';
import { writeProofRecord } from '../../../engine/proofs/write-record';
import { FakeS3Server } from '../../fakes/s3-server';
import { aRecord } from './a-record';

const BUCKET = 'proofs';
const PREFIX = proofsPrefix('files', 'uploads', 'present');
const NOW = new Date('2026-11-23T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

const put = (agoMs: number, outcome: ProofOutcome = 'proved') =>
  server.bucket(BUCKET).put(proofKey(PREFIX, new Date(NOW.getTime() - agoMs), outcome), Buffer.from('{}'));
const entry = (agoMs: number, outcome: ProofOutcome = 'proved') => {
  const at = new Date(NOW.getTime() - agoMs);
  return { key: proofKey(PREFIX, at, outcome), at, outcome };
};
const newest = () => newestProofs(s3, BUCKET, PREFIX, NOW);

describe('the newest records', () => {
  test('are found by one small listing when proofs are recent', async () => {
    await Promise.all([put(HOUR_MS), put(2 * HOUR_MS), put(100 * DAY_MS)]);
    expect(await newest()).toEqual({ newest: entry(HOUR_MS), newestProved: entry(HOUR_MS) });
    expect(server.calls.map(({ operation }) => operation)).toEqual(['ListObjectsV2']);
    expect(server.calls[0]?.query.get('start-after')).toBe(`${PREFIX}20261121T120000000Z`);
  });

  test.each(['damaged', 'failed'] as const)('tell that the newest %s, and which one before proved', async (outcome) => {
    await Promise.all([put(HOUR_MS, outcome), put(3 * DAY_MS), put(4 * DAY_MS)]);
    expect(await newest()).toEqual({ newest: entry(HOUR_MS, outcome), newestProved: entry(3 * DAY_MS) });
  });

  test.each([
    ['weeks', 30 * DAY_MS],
    ['a year', 365 * DAY_MS],
  ])('are found when they are %s old', async (_, agoMs) => {
    await put(agoMs);
    expect(await newest()).toEqual({ newest: entry(agoMs), newestProved: entry(agoMs) });
  });

  test('are none of a resource that was never proved', async () => {
    expect(await newest()).toEqual({});
  });

  test('are those of all pages of a listing', async () => {
    server.pageSize = 2;
    await Promise.all([put(5 * HOUR_MS), put(4 * HOUR_MS), put(3 * HOUR_MS), put(2 * HOUR_MS), put(HOUR_MS)]);
    expect((await newest()).newest).toEqual(entry(HOUR_MS));
  });

  test('are none from the future, but a clock may be a little ahead', async () => {
    await Promise.all([put(-2 * HOUR_MS), put(HOUR_MS)]);
    expect((await newest()).newest).toEqual(entry(HOUR_MS));
    await put(-HOUR_MS / 2);
    expect((await newest()).newest).toEqual(entry(-HOUR_MS / 2));
  });

  test('are not those of other resources, nor other objects in the folder', async () => {
    const bucket = server.bucket(BUCKET);
    await Promise.all([
      put(HOUR_MS),
      bucket.put(`${PREFIX}20261123T115959Z-perfect.json`, Buffer.from('{}')),
      bucket.put(proofKey(proofsPrefix('files', 'uploads2', 'present'), NOW, 'proved'), Buffer.from('{}')),
      bucket.put(proofKey(proofsPrefix('files', 'uploads', 'intact'), NOW, 'proved'), Buffer.from('{}')),
    ]);
    expect((await newest()).newest).toEqual(entry(HOUR_MS));
  });

  test('are the same as those of a listing of all records', async () => {
    const ages = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => hours * HOUR_MS);
    const outcome = fc.constantFrom<ProofOutcome>('proved', 'damaged', 'failed');
    const records = fc.uniqueArray(fc.tuple(ages, outcome), { selector: ([ago]) => ago, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 3 }), async (given, pageSize) => {
        server.reset();
        server.pageSize = pageSize;
        await Promise.all(given.map(([ago, ended]) => put(ago, ended)));
        const byAge = [...given].sort(([left], [right]) => left - right);
        const proved = byAge.find(([, ended]) => ended === 'proved');
        expect(await newest()).toEqual({
          ...(byAge[0] && { newest: entry(...byAge[0]) }),
          ...(proved && { newestProved: entry(...proved) }),
        });
      }),
      { numRuns: 40 },
    );
  });

  test.each(['proved', 'damaged'] as const)('end as %s where a run failed before', async (outcome) => {
    await Promise.all([put(HOUR_MS, 'failed'), put(HOUR_MS, outcome)]);
    expect((await newest()).newest).toEqual(entry(HOUR_MS, outcome));
  });

  test('cannot be told when S3 refuses', async () => {
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    await expect(newest()).rejects.toThrow(/Cannot list the proof records in bucket proofs: AccessDenied/);
  });
});

describe('a record', () => {
  test('is read as it was written', async () => {
    const key = await writeProofRecord(s3, BUCKET, PREFIX, aRecord({ bytes: 7 }));
    expect(await readProofRecord(s3, BUCKET, key)).toEqual(aRecord({ bytes: 7 }));
  });

  test('that has expired is told as gone', async () => {
    await expect(readProofRecord(s3, BUCKET, entry(0).key)).rejects.toThrow(
      `There is no proof record s3://proofs/${entry(0).key}. HINT: `,
    );
  });

  test.each([
    ['time', '20261123T020001000Z-proved'],
    ['outcome', '20261123T020000000Z-damaged'],
    ['form', 'newest'],
  ])('under a key of another %s is refused', async (_, name) => {
    await server.bucket(BUCKET).put(`${PREFIX}${name}.json`, Buffer.from(JSON.stringify(aRecord())));
    await expect(readProofRecord(s3, BUCKET, `${PREFIX}${name}.json`)).rejects.toThrow(
      /says that it began at 2026-11-23T02:00:00.000Z and ended as proved, which its key does not\. HINT: /,
    );
  });

  test('that is larger than any that Holdfast writes is not read', async () => {
    const { key } = entry(0);
    await server.bucket(BUCKET).put(key, Buffer.alloc(256 * 1024 + 1));
    await expect(readProofRecord(s3, BUCKET, key)).rejects.toThrow(/more than 262144 bytes/);
  });
});

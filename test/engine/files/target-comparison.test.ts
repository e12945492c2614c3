import { beginProof } from '../../../engine/files/proof-course';
import { MOST_AWAITED, MOST_SUSPECTS, versionName } from '../../../engine/files/proof-state';
import { ReportWriter } from '../../../engine/files/report';
import { type ComparisonScope, TargetComparison } from '../../../engine/files/target-comparison';
import { FakeS3 } from './fake-s3';
import { version } from './histories';

const STARTED_AT = Date.parse('2026-11-23T12:00:00Z');
const OLD = STARTED_AT - 86_400_000;

let s3: FakeS3;
beforeAll(async () => {
  s3 = await FakeS3.start();
  for (const bucket of ['source', 'replica', 'proofs']) {
    s3.createBucket(bucket);
  }
});
afterAll(() => s3.stop());

/** A comparison, and the checkpoint that it brings forward. */
function compare(more: Partial<ComparisonScope>) {
  const { checkpoint } = beginProof(undefined, STARTED_AT, 30);
  const bucket = (name: string) => ({ s3: s3.client, name });
  const { signal } = new AbortController();
  const scope: ComparisonScope = {
    source: bucket('source'),
    replica: bucket('replica'),
    key: undefined,
    signal,
    readingSignal: signal,
    startedAt: STARTED_AT,
    provenUntil: undefined,
    firstProofAt: STARTED_AT,
    newSince: undefined,
    suspects: new Set(),
    awaited: new Map(),
    expireAfterDays: undefined,
    deadline: STARTED_AT + 1,
    now: () => STARTED_AT,
    ...more,
  };
  const report = new ReportWriter(bucket('proofs'), 'uploads', checkpoint.proofId, checkpoint.progress);
  return { comparison: new TargetComparison(scope, checkpoint, report), progress: checkpoint.progress };
}

const rotten = (key: string) => {
  const stored = s3.put('source', key, 'bytes', { lastModified: OLD });
  s3.put('replica', key, 'bytes', { ...stored, checksums: { SHA256: 'rotten' } });
  return version(stored.versionId, { key, size: 5, lastModified: OLD });
};

test('a suspect keeps its place when more is wrong than can be named', async () => {
  const known = rotten('known');
  const suspects = new Set([versionName(known.key, known.versionId)]);
  const { comparison, progress } = compare({ suspects, newSince: OLD });
  progress.suspects.push(...Array.from({ length: MOST_SUSPECTS }, (_, number) => `v${number} key`));
  const other = rotten('other');
  await comparison.matched(other, other);
  await comparison.matched(known, known);
  await comparison.finish();
  expect(progress.findings).toEqual({ checksumMismatch: 2 });
  expect(progress.suspects.slice(MOST_SUSPECTS)).toEqual([...suspects]);
});

test('a bounded number of versions is awaited, with the proof that first missed them', async () => {
  const before = STARTED_AT - 1_000_000;
  const missed = (number: number) => version(`v${number}`, { key: 'never copied', lastModified: OLD });
  const { comparison, progress } = compare({
    provenUntil: STARTED_AT,
    awaited: new Map([[versionName('never copied', 'v0'), before]]),
  });
  progress.statusReads = 1_000;
  const sourceOnly = Array.from({ length: MOST_AWAITED + 1 }, (_, number) => missed(number));
  await comparison.unmatched({ sourceLatest: sourceOnly[0], sourceOnly, replicaOnly: [], beneath: new Map() });
  await comparison.finish();
  expect(Object.entries(progress.awaited).slice(0, 2)).toEqual([
    ['v0 never copied', new Date(before).toISOString()],
    ['v1 never copied', new Date(STARTED_AT).toISOString()],
  ]);
  expect(Object.keys(progress.awaited)).toHaveLength(MOST_AWAITED);
});

import { beginProof } from '../../../engine/files/proof-course';
import { ReportWriter } from '../../../engine/files/report';
import { FakeS3 } from './fake-s3';

let s3: FakeS3;
beforeEach(async () => {
  s3 = await FakeS3.start();
  s3.createBucket('proofs');
});
afterEach(() => s3.stop());

const start = () => {
  const { progress } = beginProof(undefined, 0, 30).checkpoint;
  return { progress, report: new ReportWriter({ s3: s3.client, name: 'proofs' }, 'uploads', 'id', progress) };
};
const lines = (part: string) => s3.text('proofs', `files/uploads/reports/id/${part}`)?.trimEnd().split('\n');

test('writes findings in parts of five thousand, so that memory stays small', async () => {
  const { progress, report } = start();
  for (let number = 0; number < 5_001; number += 1) {
    await report.add({ kind: 'missing', key: `line\n${number}`, detail: 'gone' });
  }
  expect(progress).toMatchObject({ parts: 1, findings: { missing: 5_001 } });
  await report.flush();
  expect(lines('findings-00001.jsonl')).toHaveLength(5_000);
  expect(lines('findings-00002.jsonl')).toEqual([
    JSON.stringify({ kind: 'missing', key: 'line\n5000', detail: 'gone' }),
  ]);
  expect(progress.parts).toBe(2);
  expect(progress.firstFindings.map(({ key }) => key)).toEqual(['line\n0', 'line\n1', 'line\n2', 'line\n3', 'line\n4']);
});

test('writes no part without findings', async () => {
  const { report } = start();
  await report.flush();
  expect(s3.requests).toEqual([]);
});

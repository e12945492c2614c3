import { pageText } from '../../../engine/signals/page-text';
import { failed, verified } from './verified';

const finding = (key: string) => ({ kind: 'missing' as const, key, detail: 'gone' });
const damaged = (...keys: string[]) =>
  verified(
    { outcome: 'damaged', findings: { missing: keys.length, wrongKey: 1 } },
    { firstFindings: keys.map(finding) },
  );

test('says nothing when nothing is wrong', () => {
  expect(pageText([verified(), verified({ outcome: 'unfinished' })], 'proofs')).toBeUndefined();
});

test('names what was found, where the report lies, and the first findings', () => {
  expect(pageText([damaged('a/b.txt', 'c')], 'proofs')).toBe(
    'uploads: 3 findings (2 missing, 1 wrongKey). Report: s3://proofs/files/uploads/reports/20261123T144000Z/ First: missing "a/b.txt"; missing "c"',
  );
});

test('says why a target could not be verified', () => {
  expect(pageText([verified(), failed()], 'proofs')).toBe('uploads: could not be verified. Cannot list.');
});

test('makes characters visible that would break the text or hide in it', () => {
  expect(pageText([damaged('a\nb\u007f\u202e\u2028"')], 'p')).toContain(
    'missing "a\\nb\\u{007f}\\u{202e}\\u{2028}\\""',
  );
});

test('stays within what CloudWatch takes, and never cuts a character in two', () => {
  for (const width of [0, 1]) {
    const keys = Array.from({ length: 5 }, () => `${'x'.repeat(width)}${'😀'.repeat(500)}`);
    const text = pageText([damaged(...keys), damaged(...keys)], 'proofs') ?? '';
    expect(text.length).toBeLessThanOrEqual(1_023);
    expect(Buffer.from(text).toString()).toBe(text);
    expect(text.match(/3 findings|6 findings/g)).toHaveLength(2);
  }
});

test('has room for the reports of many targets', () => {
  const text =
    pageText(
      Array.from({ length: 40 }, () => damaged('key')),
      'proofs',
    ) ?? '';
  expect(text.length).toBeLessThanOrEqual(1_023);
  expect(text.startsWith('uploads: 2 findings (1 missing, 1 wrongKey).')).toBe(true);
});

import { pageText } from '../../../engine/signals/page-text';
import { failed, NOW, stateOf, verified } from './verified';

/** What is left as the state of a verified target says. */
const LEFT =
  'Still restorable: what was written before 2026-11-23T14:30Z (proved to be there 2026-11-23T14:40Z, and intact 2026-11-23T14:00Z).';

const finding = (key: string) => ({ kind: 'missing' as const, key, detail: 'gone' });
const damaged = (...keys: string[]) =>
  verified(
    { outcome: 'damaged', findings: { missing: keys.length, wrongKey: 1 } },
    { firstFindings: keys.map(finding) },
  );

test('says nothing when nothing is wrong', () => {
  expect(pageText([verified(), verified({ outcome: 'unfinished' })], 'proofs', NOW)).toBeUndefined();
});

test('names what was found, what is left, where the report lies, and the first findings', () => {
  expect(pageText([damaged('a/b.txt', 'c')], 'proofs', NOW)).toBe(
    `uploads: 3 findings (2 missing, 1 wrongKey). ${LEFT} Report: s3://proofs/files/uploads/reports/20261123T144000Z/ First: missing "a/b.txt"; missing "c"`,
  );
});

test('says why a target could not be verified', () => {
  expect(pageText([verified(), failed()], 'proofs', NOW)).toBe(
    'uploads: could not be verified. What can still be restored is not known. Cannot list.',
  );
});

test('tells what a proof under way has found so far', () => {
  const target = verified({ outcome: 'unfinished', findings: { missing: 1 } }, { firstFindings: [finding('a')] });
  expect(pageText([target], 'proofs', NOW)).toBe(
    `uploads: 1 finding so far (1 missing). ${LEFT} Report: s3://proofs/files/uploads/reports/20261123T144000Z/ First: missing "a"`,
  );
});

test('tells of damage that the proof under way has not come to yet', () => {
  const target = verified({ outcome: 'unfinished', proofId: '20261123T150000Z' }, { state: stateOf('damaged') });
  expect(pageText([target], 'proofs', NOW)).toBe(
    `uploads: the last proof found damage, the next is under way. ${LEFT.replace('Z (', 'Z, but for what the report names (')} Report: s3://proofs/files/uploads/reports/20261123T144000Z/`,
  );
});

test('tells of a proof that does not come to its end', () => {
  const target = verified({ outcome: 'unfinished' });
  const aDayLater = Date.parse('2026-11-24T14:40:00Z');
  expect(pageText([target], 'proofs', aDayLater)).toBeUndefined();
  expect(pageText([target], 'proofs', aDayLater + 1000)).toBe(
    `uploads: not proved since 2026-11-23T14:40:00.000Z; a proof is under way and does not come to its end. ${LEFT}`,
  );
});

test('makes characters visible that would break the text or hide in it', () => {
  expect(pageText([damaged('a\nb\u007f\u202e\u2028"')], 'p', NOW)).toContain(
    'missing "a\\nb\\u{007f}\\u{202e}\\u{2028}\\""',
  );
});

test('makes characters visible in the error of a target, too', () => {
  expect(pageText([failed({ error: 'a\nb' })], 'p', NOW)).toBe(
    'uploads: could not be verified. What can still be restored is not known. a\\u{000a}b',
  );
});

test('shortens a long key, never through the middle of a character', () => {
  expect(pageText([damaged('😀'.repeat(100), 'c')], 'p', NOW)).toContain(
    `First: missing "${'😀'.repeat(59)}…"; missing "c"`,
  );
});

test('gives each target an equal share of the room', () => {
  const keys = Array.from({ length: 5 }, (_, number) => `${number}${'x'.repeat(100)}`);
  const text = pageText([damaged(...keys), damaged(...keys), damaged(...keys)], 'p', NOW) ?? '';
  expect(text.split(' | ').map((part) => part.length)).toEqual([339, 339, 339]);
});

test('stays within what CloudWatch takes, and never cuts a character in two', () => {
  for (const width of [0, 1]) {
    const keys = Array.from({ length: 5 }, () => `${'x'.repeat(width)}${'😀'.repeat(500)}`);
    const text = pageText([damaged(...keys), damaged(...keys)], 'proofs', NOW) ?? '';
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
      NOW,
    ) ?? '';
  expect(text.length).toBeLessThanOrEqual(1_023);
  expect(text.startsWith('uploads: 2 findings (1 missing, 1 wrongKey).')).toBe(true);
});

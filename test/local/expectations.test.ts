import { Expectations } from '../../local/expectations';

test('all hold when everything seen is what was expected', () => {
  const expectations = new Expectations(() => undefined);
  expectations.equal('the alarm is quiet', 'OK', 'OK');
  expect(expectations.allHold).toBe(true);
});

test('one that does not hold is enough, and is told at once with both values', () => {
  const printed: string[] = [];
  const expectations = new Expectations((text) => printed.push(text));
  expectations.equal('the alarm is quiet', 'OK', 'ALARM');
  expectations.equal('buckets are proved', '8', '8');
  expect(expectations.allHold).toBe(false);
  expect(printed).toEqual(['✗ the alarm is quiet\n    expected: OK\n    seen:     ALARM']);
});

test('no expectation at all is no success', () => {
  expect(new Expectations(() => undefined).allHold).toBe(false);
});

test('the table shows expectation, what was seen, and the result', () => {
  const expectations = new Expectations(() => undefined);
  expectations.equal('buckets are proved', '8', '8');
  expectations.equal('the alarm is quiet', 'OK', 'ALARM');
  const rows = String(expectations).split('\n');
  expect(rows.find((row) => row.includes('buckets are proved'))).toMatch(/│ 8 +│ ok +│$/);
  expect(rows.find((row) => row.includes('the alarm is quiet'))).toMatch(/│ ALARM +│ NOT OK +│$/);
});

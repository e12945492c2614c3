import { type Benchmark, judge, resultsJson, resultsTable, rounded, select } from './results';

const benchmark = (name: string, aim: Benchmark['aim']): Benchmark => ({
  name,
  unit: 'ms',
  aim,
  measure: async () => ({ detail: '' }),
});
const AT_MOST = benchmark('bundle.max_import_ms', { atMost: 150 });
const AT_LEAST = benchmark('files.verify.vs_rclone_check', { atLeast: 1 });

test.each([
  [AT_MOST, 150, true],
  [AT_MOST, 150.1, false],
  [AT_LEAST, 1, true],
  [AT_LEAST, 0.99, false],
])('judges by the aim, which is inclusive (%#)', (one, value, met) => {
  expect(judge(one, { value, detail: '' })).toMatchObject({ value, met });
});

test('writes aims as comparisons', () => {
  expect([AT_MOST, AT_LEAST].map((one) => judge(one, { value: 1, detail: '' }).aim)).toEqual(['<= 150', '>= 1']);
});

test('says null instead of inventing a value', () => {
  expect(judge(AT_MOST, { detail: 'no rival' })).toMatchObject({ value: null, met: null });
});

test('prints results, and nothing else, as JSON', () => {
  const result = judge(AT_MOST, { value: 90, detail: 'not in the JSON' });
  expect(JSON.parse(resultsJson([result]))).toEqual({
    results: [{ name: 'bundle.max_import_ms', value: 90, unit: 'ms', aim: '<= 150', met: true }],
  });
});

test('shows the value, the verdict and the figures behind them', () => {
  const rows = [
    { result: judge(AT_MOST, { value: 200, detail: '' }), figure: { value: 200, detail: 'rival 90 ms' } },
    { result: judge(AT_LEAST, { detail: '' }), figure: { detail: 'rclone could not be installed' } },
  ];
  const table = resultsTable(rows);
  expect(table).toMatch(/bundle\.max_import_ms .* 200 ms .* <= 150 .* NO .* rival 90 ms/);
  expect(table).toMatch(/vs_rclone_check .* not measured .* rclone could not be installed/);
});

test.each([
  ['', ['bundle.max_import_ms', 'files.verify.vs_rclone_check']],
  ['files.', ['files.verify.vs_rclone_check']],
  ['rclone', []],
])('selects by the beginning of the name (%p)', (prefix, names) => {
  expect(select([AT_MOST, AT_LEAST], prefix).map(({ name }) => name)).toEqual(names);
});

test.each([
  [0.002002, '0.002002'],
  [1.2346, '1.235'],
  [31_250.4, '31,250'],
  [987_654, '987,654'],
])('shows %d as %s', (value, text) => {
  expect(rounded(value)).toBe(text);
});

import { computeExpression } from '../../../local/alarms/metric-math';

test.each([
  ['FILL(failed, 0) + FILL(timedOut, 0)', { failed: 2 }, 2],
  ['FILL(success, 0)', {}, 0],
  ['a + b', { a: 1 }, undefined],
  ['a - b * 2 / 4', { a: 5, b: 6 }, 2],
  ['(a - b) * 2', { a: 5, b: 6 }, -2],
  ['IF(FILL(changes, 10) >= 10, rpo, 0)', { rpo: 700 }, 700],
  ['IF(FILL(changes, 10) >= 10, rpo, 0)', { changes: 3, rpo: 700 }, 0],
  ['IF(a > 1, 2, 3)', {}, undefined],
  ['MAX([a, b, c])', { a: 4, c: 9 }, 9],
  ['SUM([a, b])', { a: 4, b: 9 }, 13],
  ['SUM([a, b])', {}, undefined],
  ['a / 3600', { a: 7200 }, 2],
])('computes %s of %j as %p', (expression, values: Record<string, number>, expected) => {
  expect(computeExpression(expression, values)).toBe(expected);
});

test.each(['ANOMALY_DETECTION_BAND(m, 3)', 'a +', 'a $ b', '[a, b]', 'a b', 'FILL([a], 0)'])(
  'refuses %s, which it does not know',
  (expression) => {
    expect(() => computeExpression(expression, { a: 1, b: 2, m: 3 })).toThrow('cannot compute');
  },
);

import fc from 'fast-check';
import { bytesText, countOf, countText, dayText, momentText, spanText } from '../../../engine/report/quantities';

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [60, '1 min'],
  [3_569, '59 min'],
  [3_570, '1 h'],
  [3_599, '1 h'],
  [11_520, '3 h 12 min'],
  [86_400, '24 h'],
  [47 * 3_600 + 1_740, '47 h 29 min'],
  [47 * 3_600 + 3_599, '2 d'],
  [187_200, '2 d 4 h'],
  [14 * 86_400, '14 d'],
  [1_000 * 86_400, '1,000 d'],
])('tells %d seconds as %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

test('never tells a longer time as a shorter one', () => {
  const inSeconds = (text: string) => {
    const unit: Record<string, number> = { s: 1, min: 60, h: 3_600, d: 86_400 };
    return [...text.matchAll(/([\d,]+) (\w+)/g)].reduce(
      (sum, [, count = '', name = '']) => sum + Number(count.replaceAll(',', '')) * (unit[name] ?? Number.NaN),
      0,
    );
  };
  const seconds = fc.integer({ min: 0, max: 5_000_000 });
  fc.assert(
    fc.property(seconds, seconds, (one, other) => {
      const [least, most] = [Math.min(one, other), Math.max(one, other)];
      expect(inSeconds(spanText(least))).toBeLessThanOrEqual(inSeconds(spanText(most)));
      expect(Math.abs(inSeconds(spanText(one)) - one)).toBeLessThanOrEqual(Math.max(one * 0.04, 30));
    }),
  );
});

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1_023, '1,023 B'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [1_048_570, '1 MiB'],
  [21_797_035_213, '20.3 GiB'],
  [2 ** 60, '1,024 PiB'],
])('tells %d bytes as %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test('tells numbers and moments', () => {
  expect(countText(1_234_567)).toBe('1,234,567');
  expect(countOf(1, 'table')).toBe('1 table');
  expect(countOf(0, 'table')).toBe('0 tables');
  expect(countOf(2, 'copy', 'copies')).toBe('2 copies');
  expect(momentText(new Date('2026-11-03T02:00:59.999Z'))).toBe('3 Nov 2026, 02:00 UTC');
  expect(dayText(new Date('2026-01-31T23:59:59Z'))).toBe('31 Jan');
});

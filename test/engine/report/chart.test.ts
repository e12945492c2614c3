import { chart } from '../../../engine/report/chart';
import { momentScale, valueScale } from '../../../engine/report/chart-scale';
import type { ChartedFigure } from '../../../engine/report/charted-figures';
import type { HistoryPoint } from '../../../engine/report/history';

const DAY = 86_400_000;
const FROM = Date.parse('2026-10-24T00:00:00Z');
const RANGE = { from: FROM, until: FROM + 30 * DAY };
const FIGURE: ChartedFigure = {
  name: 'lag',
  title: 'Lag',
  unit: 'Seconds',
  metric: 'replication',
  dimensions: {},
  periodSeconds: 86_400,
};

const onDay = (day: number, value: number): HistoryPoint => ({ at: FROM + day * DAY, value });

const drawn = (points: readonly HistoryPoint[], limit?: number, resource = 'uploads') =>
  chart({ id: 'c', figure: FIGURE, resource, points, range: RANGE, limit }).text;

const matches = (markup: string, form: RegExp) => [...markup.matchAll(form)].map(([, found]) => found);

test('joins what was measured period after period by one line', () => {
  const markup = drawn([onDay(0, 10), onDay(1, 20), onDay(2, 30)]);
  expect(matches(markup, /<path class="line" d="([^"]*)"/g)).toEqual(['M52,82.7L59,49.3L66,16']);
  expect(markup).not.toContain('<circle');
});

test('leaves a gap where nothing was measured, and shows what stands alone as a dot', () => {
  const markup = drawn([onDay(0, 10), onDay(1, 20), onDay(5, 30), onDay(9, 10), onDay(10, 10)]);
  expect(matches(markup, /<path class="line" d="([^"]*)"/g)).toHaveLength(2);
  expect(matches(markup, /<circle class="dot" cx="([^"]*)"/g)).toEqual(['87']);
});

test('says in words what the picture shows, and names the picture', () => {
  const markup = drawn([onDay(0, 600), onDay(1, 1_200), onDay(2, 900)], 1_800);
  expect(markup).toContain('role="img" aria-labelledby="c-title" aria-describedby="c-text"');
  expect(markup).toContain('<title id="c-title">Lag of uploads</title>');
  expect(markup).toContain(
    '<desc id="c-text">From 24 Oct to 23 Nov 2026, 00:00 UTC: between 10 min and 20 min, newest 15 min. It must not exceed 30 min.</desc>',
  );
  expect(markup).toContain('<span>Lag</span><b>15 min</b>');
});

test('shows a limit where it can be told from the ground', () => {
  expect(drawn([onDay(0, 600)], 1_800)).toContain('class="limit"');
  expect(drawn([onDay(0, 600)], 1_801)).not.toContain('class="limit"');
  expect(drawn([onDay(0, 600)], 1_801)).toContain('It must not exceed 30 min.');
  expect(drawn([onDay(0, 600)])).not.toContain('It must not exceed');
});

test('has its numbers as a table: of each day the greatest, the newest first', () => {
  const markup = drawn([onDay(0, 60), onDay(0.5, 180), onDay(0.7, 120), onDay(1, 240)]);
  expect(matches(markup, /<th scope="row">(.*?)<\/td>/g)).toEqual(['25 Oct</th><td>4 min', '24 Oct</th><td>3 min']);
});

test('escapes the name of the resource', () => {
  expect(drawn([onDay(0, 1)], undefined, '</title><script>')).not.toContain('<script>');
});

describe('a scale of values', () => {
  const labels = (unit: 'Bytes' | 'Seconds' | 'Count', greatest: number) =>
    valueScale(unit, greatest, [100, 0]).ticks.map(({ label }) => label);

  test.each([
    ['Seconds', 0, ['0 s', '1 s']],
    ['Seconds', 110, ['0 s', '50 s', '100 s', '150 s']],
    ['Seconds', 3_600, ['0 min', '20 min', '40 min', '60 min']],
    ['Seconds', 93_600, ['0 h', '10 h', '20 h', '30 h']],
    ['Seconds', 31 * 86_400, ['0 d', '10 d', '20 d', '30 d', '40 d']],
    ['Bytes', 0, ['0 B', '1 B']],
    ['Bytes', 13 * 1024 ** 3, ['0 GiB', '5 GiB', '10 GiB', '15 GiB']],
    ['Count', 2, ['0', '1', '2']],
    ['Count', 12_345_678, ['0', '5M', '10M', '15M']],
  ] as const)('of %s up to %d has round lines', (unit, greatest, expected) => {
    expect(labels(unit, greatest)).toEqual(expected);
  });

  test('begins at 0 and holds the greatest value', () => {
    const { place } = valueScale('Seconds', 110, [100, 0]);
    expect(place(0)).toBe(100);
    expect(place(110)).toBeGreaterThanOrEqual(0);
  });
});

test('a scale of moments has lines at whole days', () => {
  const { ticks } = momentScale([FROM, FROM + 30 * DAY], [0, 300]);
  expect(ticks.map(({ label }) => label)).toEqual(['25 Oct', '1 Nov', '8 Nov', '15 Nov', '22 Nov']);
  expect(ticks[0]?.at).toBe(10);
});

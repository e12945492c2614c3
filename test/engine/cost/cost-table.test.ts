import { DEFAULT_SIZES } from '../../../engine/contract/cost';
import { choicesOf } from '../../../engine/cost/choices';
import { costDocument } from '../../../engine/cost/cost-document';
import { amount, costTable } from '../../../engine/cost/cost-table';
import { estimateMonth } from '../../../engine/cost/estimate';
import { usd } from '../../../engine/cost/money';
import { PRICES } from '../../../engine/cost/prices';
import { SIZE_OPTIONS, sizeOf } from '../../../engine/cost/size-options';
import { BUCKET, NOTHING, ONE_OF_EACH } from './cost-inputs';

const reportOf = (input: typeof NOTHING) => ({
  estimate: estimateMonth(input),
  choices: choicesOf(input),
  sizes: DEFAULT_SIZES,
});

describe('the table', () => {
  const text = costTable(reportOf(ONE_OF_EACH));

  test('has a row for each line that is worth one, the sums, the choices, the sizes and what is taken for granted', () => {
    const { estimate } = reportOf(ONE_OF_EACH);
    expect(text).toMatch(/^files +verification: listings +eu-central-1 +[\d,.]+ thousand requests +\d+\.\d\d$/m);
    expect(text).toContain(`Total: ${usd(estimate.totalUsd)} USD a month.`);
    expect(text).toMatch(/^ +-\d+\.\d\d {2}keep 4 weekly backups: retention\.weekly 4; but beyond/m);
    expect(text).toContain('--files-gib 500 --objects 1000000 ');
    expect(text).toContain('- Noncurrent versions that never expire are counted for 365 days.');
    expect(text).not.toMatch(/ 0\.00$/m);
  });

  test('names what has no price, and says how to give one', () => {
    const there = costTable(reportOf({ ...ONE_OF_EACH, primaryRegion: 'eu-nowhere-1' }));
    expect(there).toMatch(/^files .* eu-nowhere-1 .* no price$/m);
    expect(there).toContain('s3Standard in eu-nowhere-1');
    expect(there).toContain('HINT: give your own with --prices <file>.');
  });

  test('says nothing of prices when all are known', () => {
    const input = { ...NOTHING, recoveryRegion: 'us-east-1', files: { ...NOTHING.files, buckets: [BUCKET] } };
    expect(costTable(reportOf(input))).not.toContain('HINT');
  });

  test('has no choices where nothing is protected', () => {
    expect(costTable(reportOf(NOTHING))).not.toContain('Other choices');
  });
});

describe('the document', () => {
  const text = costDocument(reportOf(ONE_OF_EACH), PRICES);

  test('lists every price of every Region with unit, day and source, and those that are not known', () => {
    for (const region of Object.keys(PRICES)) {
      expect(text).toContain(`### ${region}\n`);
    }
    expect(text).toContain(
      '| `s3Standard` | GB-month | 0.0245 | 2025-09-14 | <https://blog.pesky.moe/posts/2025-09-14-s3-class> |',
    );
    expect(text).toContain('| `key` | key-month | 1 | read 2026-11-24 | <https://aws.amazon.com/kms/pricing/> |');
    expect(text).toContain('| `fargateCpu` | vCPU-hour | not known |  |  |');
  });

  test('has tables whose rows are all as wide as their heads', () => {
    const widths = text.split('\n\n').flatMap((block) => {
      const rows = block.split('\n').filter((line) => line.startsWith('|'));
      return rows.length === 0 ? [] : [new Set(rows.map((row) => row.split('|').length)).size];
    });
    expect(widths.length).toBe(2 + Object.keys(PRICES).length);
    expect(new Set(widths)).toEqual(new Set([1]));
  });
});

describe('a size', () => {
  const optionOf = (flag: string) => {
    const option = SIZE_OPTIONS.find((each) => each.flag === flag);
    if (option === undefined) {
      throw new Error(`no option ${flag}`);
    }
    return option;
  };

  test('has an option each', () => {
    expect(SIZE_OPTIONS.map(({ field }) => field)).toEqual(Object.keys(DEFAULT_SIZES));
  });

  test.each([
    ['files-gib', '0', 0],
    ['files-gib', '12.5', 12.5],
    ['replacing-percent', '100', 100],
    ['new-files-percent', '250', 250],
  ])('--%s takes %s', (flag, text, value) => {
    expect(sizeOf(optionOf(flag), text)).toBe(value);
  });

  test.each([
    ['files-gib', '-1', '--files-gib must be a number of at least 0, got: "-1". HINT: such as --files-gib 50.'],
    ['objects', 'many', '--objects must be a number of at least 0, got: "many". HINT: such as --objects 50.'],
    ['tenants', ' ', '--tenants must be a number of at least 0, got: " ". HINT: such as --tenants 50.'],
    [
      'changed-percent',
      '101',
      '--changed-percent must be a number from 0 to 100, got: "101". HINT: such as --changed-percent 50.',
    ],
    [
      'cache-gib',
      'Infinity',
      '--cache-gib must be a number of at least 0, got: "Infinity". HINT: such as --cache-gib 50.',
    ],
  ])('--%s refuses %s', (flag, text, message) => {
    expect(() => sizeOf(optionOf(flag), text)).toThrow(new RangeError(message));
  });
});

test.each([
  [1234.5678, '1,234.57'],
  [0, '0.00'],
  [-0.001, '0.00'],
  [-12.3, '-12.30'],
])('writes %d dollars as %s', (value, text) => {
  expect(usd(value)).toBe(text);
});

test.each([
  [0.012345, '0.0123'],
  [12.345, '12.3'],
  [999.4, '999'],
  [1234.5, '1,235'],
])('writes the quantity %d as %s', (value, text) => {
  expect(amount(value)).toBe(text);
});

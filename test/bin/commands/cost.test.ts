import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { costCommand } from '../../../bin/commands/cost';
import type { CostReport } from '../../../engine/cost/cost-table';

const CONFIGURATION = join(__dirname, '../../../holdfast.config.json');

let folder: string;
let printed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cost-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'log').mockImplementation((text: string) => {
    printed += `${text}\n`;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Runs `holdfast cost` with the example configuration. */
async function cost(...options: string[]): Promise<string> {
  const program = new Command('holdfast').exitOverride();
  costCommand(program);
  await program.parseAsync(['cost', '--config', CONFIGURATION, ...options], { from: 'user' });
  return printed;
}

const reportOf = async (...options: string[]): Promise<CostReport> => JSON.parse(await cost('--json', ...options));

test('prints a table with the sum', async () => {
  expect(await cost()).toMatch(/^Total: [\d,]+\.\d\d USD a month\. databases \d+\.\d\d, /m);
});

test('takes every size, and tells which it took', async () => {
  const options = [
    '--files-gib=1',
    '--objects=2',
    '--new-files-percent=3',
    '--replacing-percent=4',
    '--tenants=5',
    '--dump-gib=6',
    '--database-gib=7',
    '--changed-percent=8',
    '--cache-gib=9',
  ];
  const { sizes } = await reportOf(...options);
  expect(sizes).toEqual({
    filesGib: 1,
    objects: 2,
    newFilesPercent: 3,
    replacingPercent: 4,
    tenants: 5,
    dumpGib: 6,
    databaseGib: 7,
    changedPercent: 8,
    cacheGib: 9,
  });
});

test('tells machines each line with its price and source, and the choices', async () => {
  const { estimate, choices } = await reportOf();
  const line = estimate.lines.find(({ price, region }) => price === 's3Standard' && region === 'eu-west-1');
  expect(line).toMatchObject({ unit: 'GB-month', priced: { usd: 0.023, asOf: '2026-09-28' } });
  expect(estimate.unpriced.length).toBeGreaterThan(0);
  expect(choices.length).toBeGreaterThan(3);
});

test('reckons with prices of a file', async () => {
  const file = join(folder, 'prices.json');
  const price = { usd: 1000, source: 'contract', asOf: '2026-11-24' };
  writeFileSync(file, JSON.stringify({ 'eu-west-1': { dashboard: price } }));
  const before = (await reportOf()).estimate.totalUsd;
  printed = '';
  const after = (await reportOf('--prices', file)).estimate.totalUsd;
  expect(after - before).toBeCloseTo(997);
});

test('refuses what is no size', async () => {
  await expect(cost('--tenants', 'many')).rejects.toThrow(/^--tenants must be a number of at least 0, got: "many"/);
});

test('refuses a file of prices that is not there', async () => {
  await expect(cost('--prices', join(folder, 'none.json'))).rejects.toThrow(
    /none\.json: cannot be read \(ENOENT\)\. HINT: give the path of the file with `--prices <file>`\.$/,
  );
});

test('refuses a configuration that is not there', async () => {
  await expect(cost('--config', 'none.json')).rejects.toThrow(/^none\.json: cannot be read \(ENOENT\)/);
});

import { ASSUMPTIONS } from './assumptions';
import type { CostLine } from './bill';
import { amount, type CostReport, isShown, partsText } from './cost-table';
import { usd } from './money';
import { PRICE_UNITS, type Price, type PriceName, type RegionPrices } from './price';
import { sizesText } from './size-options';

/**
 * What `docs/cost.md` says: an estimate, what other choices save, what is taken for granted, and every price with its source.
 *
 * @param prices all that are known, by Region.
 */
export function costDocument(report: CostReport, prices: Readonly<Record<string, RegionPrices>>): string {
  const { estimate, choices, sizes } = report;
  return `${[
    '# What a month costs',
    'Made by `npm run cost` from the prices and rules in `engine/cost` and from `holdfast.config.json`; not to be changed by hand. For your own configuration and sizes: `holdfast cost --config <file> --files-gib <number> …`, with `--json` for machines.',
    '## The example',
    `The configuration at the root of the repository, with these sizes, which no configuration holds: \`${sizesText(sizes)}\`.`,
    `**${usd(estimate.totalUsd)} USD a month**: ${partsText(estimate)}. Neither the number of metrics nor that of alarms or keys depends on the number of tenants.`,
    table(['Part', 'What', 'Region', 'Quantity', 'USD'], estimate.lines.filter(isShown).map(lineCells)),
    'Lines below a cent are left out of this table, not out of the sums. A line without a price is in no sum: what AWS asks for it could not be read anywhere with its source.',
    '## What other choices change',
    'The whole month is estimated anew with each; below 0, it saves.',
    table(
      ['Choice', 'But', 'USD a month'],
      choices.map(({ what, price, savedUsd }) => [what, price, usd(-savedUsd)]),
    ),
    'How dumps are compressed decides how large they are, and with that most of what they cost; by how much, no sizes here tell.',
    '## What is taken for granted',
    ASSUMPTIONS.map((assumption) => `- ${assumption}`).join('\n'),
    '## Prices',
    'In USD, as published or recorded on that day. Where the source bears no date, the day is when it was read: most of those were read in public copies of what AWS says there, whose age nobody knows, so look before you rely on one. Prices of other Regions, or of a contract, come in a file: `holdfast cost --prices prices.json`, of this form:',
    '```json\n{ "eu-north-1": { "s3Standard": { "usd": 0.023, "source": "https://…", "asOf": "2026-11-24" } } }\n```',
    ...Object.entries(prices).map(([region, regionPrices]) => priceSection(region, regionPrices)),
  ].join('\n\n')}\n`;
}

function lineCells({ part, what, region, quantity, unit, usd: cost }: CostLine): string[] {
  return [part, what, region, `${amount(quantity)} ${unit}`, cost === undefined ? 'no price' : usd(cost)];
}

function priceSection(region: string, prices: RegionPrices): string {
  const rows = Object.entries(PRICE_UNITS).map(([name, unit]) => {
    const price = prices[name as PriceName];
    return price === undefined
      ? [`\`${name}\``, unit, 'not known', '', '']
      : [`\`${name}\``, unit, String(price.usd), dayText(price), `<${price.source}>`];
  });
  return `### ${region}\n\n${table(['Price', 'For a', 'USD', 'Day', 'Source'], rows)}`;
}

function dayText({ asOf, isUndated }: Price): string {
  return isUndated ? `read ${asOf}` : asOf;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

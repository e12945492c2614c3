import type { CostSizes } from '../contract/cost';
import { narrowTable } from '../status/table-style';
import { ASSUMPTIONS } from './assumptions';
import type { CostEstimate, CostLine } from './bill';
import type { Choice } from './choices';
import { usd } from './money';
import { sizesText } from './size-options';

/** What `holdfast cost` tells. */
export interface CostReport {
  readonly estimate: CostEstimate;
  readonly choices: readonly Choice[];
  readonly sizes: CostSizes;
}

/** The estimate for a person: what each part costs, and for what; what other choices save; and what is taken for granted. */
export function costTable({ estimate, choices, sizes }: CostReport): string {
  return [
    linesTable(estimate.lines.filter(isShown)),
    'Lines below a cent are left out of this table, not out of the sums.',
    `Total: ${usd(estimate.totalUsd)} USD a month. ${partsText(estimate)}.`,
    ...unpricedText(estimate.unpriced),
    ...(choices.length === 0 ? [] : [choicesText(choices)]),
    `Sizes: ${sizesText(sizes)}`,
    `Taken for granted:\n${ASSUMPTIONS.map((assumption) => `- ${assumption}`).join('\n')}`,
  ].join('\n\n');
}

/** The parts with their sums, dearest first. */
export function partsText({ partsUsd }: CostEstimate): string {
  return Object.entries(partsUsd)
    .sort(([, left], [, right]) => right - left)
    .map(([part, sum]) => `${part} ${usd(sum)}`)
    .join(', ');
}

function linesTable(lines: readonly CostLine[]): string {
  return narrowTable(
    [
      ['Part', 12],
      ['What', 40],
      ['Region', 14],
      ['Quantity', 25],
      ['USD', 9],
    ],
    lines.map(({ part, what, region, quantity, unit, usd: cost }) => [
      part,
      what,
      region,
      `${amount(quantity)} ${unit}`,
      cost === undefined ? 'no price' : usd(cost).padStart(9),
    ]),
    'belowHeading',
  );
}

/** Whether a line is worth a row. */
export function isShown({ usd: cost }: CostLine): boolean {
  return cost === undefined || cost >= 0.005;
}

function unpricedText(unpriced: readonly CostLine[]): string[] {
  if (unpriced.length === 0) {
    return [];
  }
  const names = [...new Set(unpriced.map(({ price, region }) => `${price} in ${region}`))];
  return [
    `Not in the total, since there is no price with a source: ${names.join(', ')}. HINT: give your own with --prices <file>.`,
  ];
}

function choicesText(choices: readonly Choice[]): string {
  const lines = choices.map(({ what, price, savedUsd }) => `${usd(-savedUsd).padStart(11)}  ${what}; but ${price}`);
  return ['Other choices, and what they change in USD a month:', ...lines].join('\n');
}

/** A quantity with three digits that count. */
export function amount(quantity: number): string {
  return quantity >= 1000
    ? Math.round(quantity).toLocaleString('en-US')
    : Number(quantity.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

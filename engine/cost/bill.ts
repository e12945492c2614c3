import { PRICE_UNITS, type Price, type PriceName, type RegionPrices } from './price';

/** What a line of a bill belongs to. */
export type CostPart = 'files' | 'tenant dumps' | 'databases' | 'caches' | 'signals' | 'platform';

/** Something that AWS bills. */
export interface Usage {
  readonly part: CostPart;
  /** What it is for, in a few words. */
  readonly what: string;
  readonly region: string;
  readonly price: PriceName;
  /** In the unit of the price. */
  readonly quantity: number;
}

/** A line of a bill. */
export interface CostLine extends Usage {
  readonly unit: string;
  /** @default - the price is not known, and the line not in any total */
  readonly usd?: number;
  readonly priced?: Price;
}

/** The bill of a month. */
export interface CostEstimate {
  /** Sum of all lines that have a price. */
  readonly totalUsd: number;
  /** The same by part; parts without any line are absent. */
  readonly partsUsd: Readonly<Partial<Record<CostPart, number>>>;
  /** Dearest first within each part. */
  readonly lines: readonly CostLine[];
  /** Lines without a price; what they cost comes on top. */
  readonly unpriced: readonly CostLine[];
}

/** Makes the bill: adds up what is used for the same, and gives it its price. */
export function billOf(usage: readonly Usage[], prices: Readonly<Record<string, RegionPrices>>): CostEstimate {
  const lines = addedUp(usage).map((each) => priceOf(each, prices));
  const unpriced = lines.filter(({ usd }) => usd === undefined);
  const partsUsd: Partial<Record<CostPart, number>> = {};
  for (const { part, usd = 0 } of lines) {
    partsUsd[part] = (partsUsd[part] ?? 0) + usd;
  }
  return {
    totalUsd: lines.reduce((sum, { usd = 0 }) => sum + usd, 0),
    partsUsd,
    lines: PARTS.flatMap((part) =>
      lines.filter((line) => line.part === part).sort((left, right) => (right.usd ?? 0) - (left.usd ?? 0)),
    ),
    unpriced,
  };
}

const PARTS: readonly CostPart[] = ['files', 'tenant dumps', 'databases', 'caches', 'signals', 'platform'];

function addedUp(usage: readonly Usage[]): Usage[] {
  const sums = new Map<string, Usage>();
  for (const each of usage) {
    const key = JSON.stringify([each.part, each.what, each.region, each.price]);
    const before = sums.get(key)?.quantity ?? 0;
    sums.set(key, { ...each, quantity: before + each.quantity });
  }
  return [...sums.values()].filter(({ quantity }) => quantity > 0);
}

function priceOf(usage: Usage, prices: Readonly<Record<string, RegionPrices>>): CostLine {
  const priced = prices[usage.region]?.[usage.price];
  const unit = PRICE_UNITS[usage.price];
  return priced === undefined ? { ...usage, unit } : { ...usage, unit, usd: usage.quantity * priced.usd, priced };
}

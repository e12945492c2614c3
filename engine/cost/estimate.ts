import type { CostInput } from '../contract/cost';
import { billOf, type CostEstimate } from './bill';
import { cacheUsage } from './cache-costs';
import { databaseUsage } from './database-costs';
import { dumpUsage } from './dump-costs';
import { fileUsage } from './file-costs';
import { platformUsage } from './platform-costs';
import type { RegionPrices } from './price';
import { PRICES } from './prices';

/**
 * What a month costs in USD, in a steady state, by what is configured and how much there is of it. What it takes for granted stands in
 * `assumptions.ts`.
 *
 * @param prices by Region; lines of which there is none are told apart, and are not in the total.
 */
export function estimateMonth(input: CostInput, prices: Readonly<Record<string, RegionPrices>> = PRICES): CostEstimate {
  return billOf(
    [...fileUsage(input), ...dumpUsage(input), ...databaseUsage(input), ...cacheUsage(input), ...platformUsage(input)],
    prices,
  );
}

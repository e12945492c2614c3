import type { RegionPrices } from './price';
import { EU_CENTRAL_1 } from './prices/eu-central-1';
import { EU_WEST_1 } from './prices/eu-west-1';
import { US_EAST_1 } from './prices/us-east-1';

/**
 * List prices in USD by Region, without taxes, discounts and free tiers; of prices that fall with volume the first step. Each has its
 * source and date in the file of its Region.
 *
 * Another Region is a further file of that form. Where AWS publishes them by machine, each service and Region has a list of its own:
 * `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<service>/current/<region>/index.json`.
 */
export const PRICES: Readonly<Record<string, RegionPrices>> = {
  'us-east-1': US_EAST_1,
  'eu-west-1': EU_WEST_1,
  'eu-central-1': EU_CENTRAL_1,
};

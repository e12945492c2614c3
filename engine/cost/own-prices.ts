import * as z from 'zod/mini';
import { PRICE_UNITS, type RegionPrices } from './price';
import { PRICES } from './prices';

const price = z.strictObject({ usd: z.number().check(z.nonnegative()), source: z.string(), asOf: z.iso.date() });
const form = z.record(z.string(), z.partialRecord(z.enum(Object.keys(PRICE_UNITS)), price));

/**
 * The prices that are known, with one's own in their place: of another Region, or those of a contract.
 *
 * @param text JSON: Regions, and in each prices by name, such as `{"eu-north-1": {"s3Standard": {"usd": 0.023, "source": "…",
 *   "asOf": "2026-11-24"}}}`.
 * @param path of the file, for the error.
 * @throws RangeError when it is not of that form.
 */
export function withOwnPrices(text: string, path: string): Readonly<Record<string, RegionPrices>> {
  const parsed = form.safeParse(parse(text, path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new RangeError(
      `${path}: ${field}: ${issue?.message ?? 'is not valid'}. HINT: a price is {"usd": 0.023, "source": "https://…", "asOf": "2026-11-24"}, by Region and name; names: ${Object.keys(PRICE_UNITS).join(', ')}.`,
    );
  }
  const own: Readonly<Record<string, RegionPrices>> = parsed.data;
  const regions = new Set([...Object.keys(PRICES), ...Object.keys(own)]);
  return Object.fromEntries([...regions].map((region) => [region, { ...PRICES[region], ...own[region] }]));
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError(`${path}: is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

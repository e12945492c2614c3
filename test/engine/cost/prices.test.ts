import { withOwnPrices } from '../../../engine/cost/own-prices';
import { PRICE_UNITS } from '../../../engine/cost/price';
import { PRICES } from '../../../engine/cost/prices';

describe.each(Object.entries(PRICES))('prices of %s', (_, prices) => {
  test('have a source and a day each', () => {
    for (const { usd, source, asOf } of Object.values(prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/\S+$/);
      expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf);
    }
  });

  test('are for what is known by a unit', () => {
    expect(Object.keys(PRICE_UNITS)).toEqual(expect.arrayContaining(Object.keys(prices)));
  });

  test('tell at least what S3 Standard, transfers, functions, metrics and keys cost', () => {
    const needed = [
      's3Standard',
      's3Write',
      's3Read',
      'interRegionTransfer',
      'lambdaDuration',
      'metric',
      'alarmMetric',
      'key',
    ];
    expect(Object.keys(prices)).toEqual(expect.arrayContaining(needed));
  });
});

test('every price is known in some Region', () => {
  const known = new Set(Object.values(PRICES).flatMap((prices) => Object.keys(prices)));
  expect([...known].sort()).toEqual(Object.keys(PRICE_UNITS).sort());
});

describe("one's own prices", () => {
  const PRICE = { usd: 0.02, source: 'contract', asOf: '2026-11-24' };

  test('take the place of those that are known, and add Regions', () => {
    const prices = withOwnPrices(
      JSON.stringify({ 'us-east-1': { s3Standard: PRICE }, 'eu-north-1': { key: PRICE } }),
      'prices.json',
    );
    expect(prices['us-east-1']?.s3Standard).toEqual(PRICE);
    expect(prices['us-east-1']?.s3Write).toEqual(PRICES['us-east-1']?.s3Write);
    expect(prices['eu-north-1']).toEqual({ key: PRICE });
    expect(prices['eu-west-1']).toEqual(PRICES['eu-west-1']);
  });

  test.each([
    ['{', /^prices\.json: is not JSON: /],
    [
      '{"us-east-1":{"gold":{"usd":1,"source":"x","asOf":"2026-11-24"}}}',
      /^prices\.json: us-east-1.* HINT: .*s3Standard/,
    ],
    ['{"us-east-1":{"key":{"usd":-1,"source":"x","asOf":"2026-11-24"}}}', /^prices\.json: us-east-1\.key\.usd: /],
    ['{"us-east-1":{"key":{"usd":1,"source":"x","asOf":"today"}}}', /^prices\.json: us-east-1\.key\.asOf: /],
    ['{"us-east-1":{"key":{"usd":1,"asOf":"2026-11-24"}}}', /^prices\.json: us-east-1\.key\.source: /],
  ])('of another form than theirs are refused: %s', (text, message) => {
    expect(() => withOwnPrices(text, 'prices.json')).toThrow(RangeError);
    expect(() => withOwnPrices(text, 'prices.json')).toThrow(message);
  });
});

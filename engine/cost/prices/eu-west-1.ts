import { type PriceSource, pricesFrom, type RegionPrices } from '../price';
import { ALL_REGIONS } from './all-regions';

/** A price list of AWS, by its service and version. */
const list = (service: string, version: string, asOf: string): PriceSource => ({
  source: `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${service}/${version}/eu-west-1/index.json`,
  asOf,
});

/** Europe (Ireland). */
export const EU_WEST_1: RegionPrices = {
  ...ALL_REGIONS,
  ...pricesFrom(list('AmazonS3', '20260928230416', '2026-09-28'), {
    s3Standard: 0.023,
    s3Write: 0.005,
    s3Read: 0.0004,
  }),
  ...pricesFrom(list('AmazonS3', 'current', '2026-04-27'), {
    s3StandardIa: 0.0125,
    s3OneZoneIa: 0.01,
    s3IntelligentTiering: 0.023,
    s3DeepArchive: 0.00099,
  }),
  ...pricesFrom(list('AmazonCloudWatch', '20260922021715', '2026-09-22'), {
    metric: 0.3,
    alarmMetric: 0.1,
    logIngestion: 0.57,
  }),
  ...pricesFrom(list('AWSLambda', '20261001184746', '2026-10-01'), {
    lambdaDuration: 0.0000133334,
    lambdaRequests: 0.2,
  }),
  ...pricesFrom(list('AmazonStates', 'current', '2026-09-11'), { stateTransitions: 0.025 }),
  ...pricesFrom(list('AmazonECS', 'current', '2026-05-01'), { fargateCpu: 0.03238, fargateMemory: 0.00356 }),
  ...pricesFrom(list('AmazonRDS', 'current', '2026-05-01'), { rdsBackup: 0.095, auroraBackup: 0.021 }),
};

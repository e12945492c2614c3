import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { countDeliveries, Delivery } from '../../../engine/paging/deliveries';
import { sdkError } from '../../fakes/sdk-client';
import { FakeRoutes } from './fake-routes';

const SPAN = { from: Date.parse('2026-11-23T12:42:59Z'), until: Date.parse('2026-11-23T14:40:00Z') };
const count = (cloudWatch: CloudWatchClient) =>
  countDeliveries(cloudWatch, 'acme-critical', [Delivery.FAILED, Delivery.DELIVERED], SPAN);

test('asks for sums of the topic since the five minutes that hold the beginning', async () => {
  const { cloudWatch, sdk } = new FakeRoutes();
  await count(cloudWatch);
  expect(sdk.inputsOf('GetMetricData')).toMatchObject([
    {
      StartTime: new Date('2026-11-23T12:40:00Z'),
      EndTime: new Date('2026-11-23T14:40:00Z'),
      MetricDataQueries: ['NumberOfNotificationsFailed', 'NumberOfNotificationsDelivered'].map((MetricName) => ({
        MetricStat: {
          Metric: { Namespace: 'AWS/SNS', MetricName, Dimensions: [{ Name: 'TopicName', Value: 'acme-critical' }] },
          Period: 300,
          Stat: 'Sum',
        },
      })),
    },
  ]);
});

test('adds up what all pages have, and takes nothing for 0', async () => {
  const answers = {
    GetMetricData: ({ NextToken }: { NextToken?: string }) =>
      NextToken === undefined
        ? { NextToken: 'more', MetricDataResults: [{ Id: 'm1', StatusCode: 'PartialData', Values: [1, 2] }] }
        : { MetricDataResults: [{ Id: 'm1', StatusCode: 'Complete', Values: [4] }] },
  };
  expect(await count(new FakeRoutes({ answers }).cloudWatch)).toEqual({
    NumberOfNotificationsFailed: 0,
    NumberOfNotificationsDelivered: 7,
  });
});

test.each(['Forbidden', 'InternalError'])('does not take %s for none', async (StatusCode) => {
  const answers = { GetMetricData: () => ({ MetricDataResults: [{ Id: 'm0', StatusCode, Values: [] }] }) };
  await expect(count(new FakeRoutes({ answers }).cloudWatch)).rejects.toThrow(
    `CloudWatch gives no NumberOfNotificationsFailed of acme-critical: ${StatusCode}`,
  );
});

test('fails when it is refused', async () => {
  const answers = { GetMetricData: () => sdkError('AccessDenied', 'no', 403) };
  await expect(count(new FakeRoutes({ answers }).cloudWatch)).rejects.toThrow('no');
});

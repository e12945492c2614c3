import { CloudWatchClient, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { Deployment } from '../../../engine/contract/deployment';
import { CHARTED_FIGURES } from '../../../engine/report/charted-figures';
import { type HistorySeries, readHistory } from '../../../engine/report/history';
import { clientOf } from '../../fakes/client-of';
import { FakeS3Server } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { deployment } from '../deployment/deployments';

const NOW = new Date('2026-11-23T06:00:00Z');
const FROM = new Date('2026-10-24T00:00:00Z');

let server: FakeS3Server;
beforeAll(async () => {
  server = await FakeS3Server.start();
});
afterEach(() => server.reset());
afterAll(() => server.stop());

type Answer = (input: GetMetricDataCommandInput) => unknown;

/** The history of a deployment whose CloudWatch answers so, and what CloudWatch was asked. */
async function historyOf(answer: Answer, resources: Deployment['resources'] = { files: ['uploads'] }) {
  const { client, fake } = clientOf(CloudWatchClient, { GetMetricData: answer as (input: never) => unknown });
  const history = await readHistory(
    { cloudWatch: client, s3: server.client() },
    deployment({ resources, software: '7.8.9' }),
    NOW,
  );
  return { history, asked: fake.inputsOf('GetMetricData') as GetMetricDataCommandInput[] };
}

const idsOf = ({ MetricDataQueries: queries = [] }: GetMetricDataCommandInput) => queries.map(({ Id: id }) => id);
const whole = (input: GetMetricDataCommandInput) => ({
  MetricDataResults: idsOf(input).map((Id) => ({ Id, StatusCode: 'Complete', Timestamps: [], Values: [] })),
});
const pointsOf = (series: readonly HistorySeries[], figure: string) =>
  series.find((each) => each.figure === figure)?.points;

test('asks for every charted figure of each resource, of whole days of which the first began at midnight', async () => {
  const { history, asked } = await historyOf(whole);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ StartTime: FROM, EndTime: NOW });
  expect(asked[0]?.MetricDataQueries?.[0]).toEqual({
    Id: 'q0',
    MetricStat: {
      Metric: {
        Namespace: 'Holdfast',
        MetricName: 'size',
        Dimensions: [
          { Name: 'System', Value: 'storage' },
          { Name: 'Resource', Value: 'uploads' },
        ],
      },
      Period: 86_400,
      Stat: 'Maximum',
    },
  });
  expect(history).toMatchObject({
    deployedSoftware: '7.8.9',
    from: FROM.getTime(),
    until: NOW.getTime(),
    drills: [],
    unknown: [],
  });
  expect(history.series.map(({ figure }) => figure)).toEqual(CHARTED_FIGURES.files.map(({ name }) => name));
});

test('asks for no more than 100 points of a figure', () => {
  const seconds = (NOW.getTime() - FROM.getTime()) / 1000;
  for (const { periodSeconds } of Object.values(CHARTED_FIGURES).flat()) {
    expect(seconds / periodSeconds).toBeLessThanOrEqual(100);
  }
});

test('puts together what comes in pages, oldest first, and leaves out what is no number', async () => {
  const at = (hour: number) => new Date(FROM.getTime() + hour * 3_600_000);
  const part = (hours: number[], values: number[], StatusCode: string) => ({
    Id: 'q1',
    StatusCode,
    Timestamps: hours.map(at),
    Values: values,
  });
  const { history, asked } = await historyOf((input) => {
    const { MetricDataResults: others } = whole(input);
    const rest = others.filter(({ Id }) => Id !== 'q1');
    return input.NextToken === undefined
      ? { MetricDataResults: [...rest, part([48, 24], [3, 2], 'PartialData')], NextToken: 'more' }
      : { MetricDataResults: [part([0, 72], [1], 'Complete')] };
  });
  expect(asked.map(({ NextToken: token }) => token)).toEqual([undefined, 'more']);
  expect(pointsOf(history.series, 'objects')).toEqual([
    { at: at(0).getTime(), value: 1 },
    { at: at(24).getTime(), value: 2 },
    { at: at(48).getTime(), value: 3 },
  ]);
  expect(history.unknown).toEqual([]);
});

test('asks for no more than 500 figures at a time, and gives each resource its own', async () => {
  const names = Array.from({ length: 130 }, (_, index) => `uploads-${index}`);
  const { history, asked } = await historyOf(
    (input) => ({
      MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id, MetricStat }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: [FROM],
        Values: [Number(MetricStat?.Metric?.Dimensions?.at(-1)?.Value?.split('-')[1])],
      })),
    }),
    { files: names },
  );
  expect(asked.map((input) => idsOf(input).length)).toEqual([500, 20]);
  expect(history.series).toHaveLength(520);
  for (const { resource, points } of history.series) {
    expect(resource).toBe(`uploads-${points[0]?.value}`);
  }
});

test('says that charts are incomplete where CloudWatch does not give all', async () => {
  const { history } = await historyOf((input) => ({
    MetricDataResults: idsOf(input).map((Id) => ({ Id, StatusCode: 'InternalError' })),
  }));
  expect(history.unknown).toEqual([expect.stringMatching(/^Charts are incomplete: .* HINT: make the report again/)]);
});

test('says once that charts are missing where CloudWatch refuses, and shows the rest', async () => {
  const names = Array.from({ length: 130 }, (_, index) => `uploads-${index}`);
  const { history } = await historyOf(() => sdkError('AccessDenied', 'secret words'), { files: names });
  expect(history.unknown).toEqual([
    expect.stringMatching(/^Charts are missing: .*\(AccessDenied\)\. HINT: allow cloudwatch:GetMetricData/),
  ]);
  expect(history.series.every(({ points }) => points.length === 0)).toBe(true);
});

test('says that drills could not be read where S3 refuses', async () => {
  server.fault = () => ({ status: 403, code: 'AccessDenied' });
  const { history } = await historyOf(whole);
  expect(history.drills).toEqual([]);
  expect(history.unknown).toEqual([expect.stringMatching(/^A drill of uploads \(files\) could not be read: /)]);
});

test('asks nothing for a deployment that protects nothing', async () => {
  const { history, asked } = await historyOf(whole, {});
  expect(asked).toEqual([]);
  expect(history).toMatchObject({ series: [], drills: [], unknown: [] });
});

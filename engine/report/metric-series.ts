import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { Dimension, METRIC_NAMESPACE } from '../contract/signals';
import { errorName } from '../objects/store-error';
import { CHARTED_FIGURES, type ChartedFigure } from './charted-figures';
import type { HistoryPoint, HistoryResource, HistorySeries, Read } from './history';

/** Range of time in milliseconds since 1970; its end is excluded. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/**
 * Reads every charted figure of some resources: of each period the greatest value.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export async function readSeries(
  cloudWatch: CloudWatchClient,
  resources: readonly HistoryResource[],
  range: TimeRange,
): Promise<Read<readonly HistorySeries[]>> {
  const wanted = resources.flatMap(({ system, resource }) =>
    CHARTED_FIGURES[system].map((figure) => ({ system, resource, figure })),
  );
  const things: HistorySeries[] = [];
  const unknown = new Set<string>();
  for (let first = 0; first < wanted.length; first += MOST_QUERIES) {
    const asked = wanted.slice(first, first + MOST_QUERIES);
    const read = await readPoints(cloudWatch, asked.map(queryOf), range);
    things.push(
      ...asked.map(({ system, resource, figure }, index) => ({
        system,
        resource,
        figure: figure.name,
        points: (read.things.get(queryId(index)) ?? []).sort((left, right) => left.at - right.at),
      })),
    );
    for (const sentence of read.unknown) {
      unknown.add(sentence);
    }
  }
  return { things, unknown: [...unknown] };
}

/** Queries that one GetMetricData request takes. */
const MOST_QUERIES = 500;

const queryId = (index: number): string => `q${index}`;

function queryOf(
  { figure, resource }: { readonly figure: ChartedFigure; readonly resource: string },
  index: number,
): MetricDataQuery {
  const { metric, dimensions, periodSeconds } = figure;
  const Dimensions = Object.entries({ ...dimensions, [Dimension.RESOURCE]: resource }).map(([Name, Value]) => ({
    Name,
    Value,
  }));
  const Metric = { Namespace: METRIC_NAMESPACE, MetricName: metric, Dimensions };
  return { Id: queryId(index), MetricStat: { Metric, Period: periodSeconds, Stat: 'Maximum' } };
}

type Points = Map<string, HistoryPoint[]>;

/** The points of some queries by their ids, in any order. */
async function readPoints(
  cloudWatch: CloudWatchClient,
  queries: MetricDataQuery[],
  { from, until }: TimeRange,
): Promise<Read<Points>> {
  const things: Points = new Map();
  const incomplete = new Set<string>();
  try {
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: new Date(from),
          EndTime: new Date(until),
          NextToken,
        }),
      );
      for (const result of page.MetricDataResults ?? []) {
        takePoints(result, things, incomplete);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (error) {
    return { things, unknown: [missingCharts(errorName(error))] };
  }
  return { things, unknown: incomplete.size === 0 ? [] : [INCOMPLETE_CHARTS] };
}

/** A metric of which a page has a part is whole with the page that says so. */
function takePoints(result: MetricDataResult, points: Points, incomplete: Set<string>): void {
  const { Id: id = '', Timestamps: moments = [], Values: values = [], StatusCode: status } = result;
  const known = points.get(id) ?? [];
  for (const [index, moment] of moments.entries()) {
    known.push({ at: moment.getTime(), value: values[index] ?? Number.NaN });
  }
  points.set(
    id,
    known.filter(({ value }) => Number.isFinite(value)),
  );
  if (status === 'Complete') {
    incomplete.delete(id);
  } else {
    incomplete.add(id);
  }
}

const missingCharts = (reason: string): string =>
  `Charts are missing: CloudWatch could not be asked for the last weeks (${reason}). HINT: allow cloudwatch:GetMetricData, or see whether the service is disturbed.`;

const INCOMPLETE_CHARTS =
  'Charts are incomplete: CloudWatch did not give all of the last weeks. HINT: make the report again, or see whether the service is disturbed.';

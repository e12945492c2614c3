import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Dimension, Metric, System } from '../../engine/contract/signals';
import { KEYS_KIND } from '../../engine/contract/verify-keys';
import { type FigureProps, FRESH, figureWidget, labelWidget } from './dashboard-widgets';
import { type HoldfastMetricProps, holdfastMetric } from './holdfast-metric';

/** A row with what Holdfast finds out about itself, all of which should be 0. @param region where the figures are published. */
export function platformRow(region: string): cloudwatch.Row {
  return new cloudwatch.Row(
    labelWidget('Holdfast itself'),
    ...FIGURES.map(({ metric, ...figure }) => figureWidget({ ...figure, metric: counted(metric), region })),
  );
}

type CountedMetric = Pick<HoldfastMetricProps, 'metricName' | 'dimensions' | 'statistic'>;

const FIGURES: readonly (Omit<FigureProps, 'metric' | 'region'> & { readonly metric: CountedMetric })[] = [
  {
    title: 'Keys unusable',
    metric: { metricName: Metric.KEYS_UNUSABLE, statistic: cloudwatch.Stats.MAXIMUM },
    within: FRESH,
  },
  {
    title: 'Findings about keys',
    metric: {
      metricName: Metric.WARNINGS,
      dimensions: { [Dimension.KIND]: KEYS_KIND },
      statistic: cloudwatch.Stats.MAXIMUM,
    },
    within: FRESH,
  },
  {
    title: 'Problems of pages',
    metric: { metricName: Metric.ROUTE_PROBLEMS, statistic: cloudwatch.Stats.MAXIMUM },
    within: FRESH,
  },
  // Published when it happens, so that no figure is good news.
  {
    title: 'Attempts to delete (24 h)',
    metric: { metricName: Metric.DELETION_ATTEMPTS, statistic: cloudwatch.Stats.SUM },
    within: '-P1D',
    isOfWholeTime: true,
  },
];

function counted(metric: CountedMetric): cloudwatch.IMetric {
  return holdfastMetric({ system: System.PLATFORM, period: Duration.hours(1), ...metric });
}

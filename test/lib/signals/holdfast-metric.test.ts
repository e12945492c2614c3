import { Duration } from 'aws-cdk-lib';
import { Metric, ProofLevel, System } from '../../../engine/contract/signals';
import { holdfastMetric } from '../../../lib/signals/holdfast-metric';

const LEAST = { metricName: Metric.SUCCESS, system: System.REDIS, statistic: 'Minimum', period: Duration.hours(1) };

test('with the least that must be said, is the figure of a system', () => {
  expect(holdfastMetric(LEAST)).toMatchObject({
    namespace: 'Holdfast',
    metricName: 'success',
    dimensions: { System: 'redis' },
    statistic: 'Minimum',
    period: Duration.hours(1),
  });
  expect(Object.keys(holdfastMetric(LEAST).dimensions ?? {})).toEqual(['System']);
});

test('with everything that can be said, is that of a resource at a level, of a kind', () => {
  const metric = holdfastMetric({
    ...LEAST,
    resource: 'carts',
    level: ProofLevel.INTACT,
    dimensions: { Kind: 'keys' },
  });
  expect(metric.dimensions).toEqual({ System: 'redis', Resource: 'carts', Level: 'intact', Kind: 'keys' });
});

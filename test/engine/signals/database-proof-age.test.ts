import type { DatabaseResult } from '../../../engine/contract/verify-database';
import { databaseMetrics } from '../../../engine/signals/database-metrics';

const NOW = Date.parse('2026-11-23T15:00:00Z');
const database = (resource: string, presentAgeSeconds?: number): DatabaseResult => ({
  resource,
  findings: [],
  ageSeconds: {},
  ...(presentAgeSeconds !== undefined && { presentAgeSeconds }),
});
const proofAges = (...databases: DatabaseResult[]) =>
  databaseMetrics({ databases, common: [] }, NOW)
    .filter(({ MetricName }) => MetricName === 'proofAge')
    .map(({ Dimensions = [], Value }) => [Dimensions.map((dimension) => dimension.Value).join(), Value]);

test('the age of the proof of each database is published, and the greatest for all', () => {
  expect(proofAges(database('orders', 60), database('users', 7200))).toEqual([
    ['database,orders,present', 60],
    ['database,users,present', 7200],
    ['database,present', 7200],
  ]);
});

test('the age for all is silent while that of one is not known', () => {
  expect(proofAges(database('orders', 60), database('users'))).toEqual([['database,orders,present', 60]]);
});

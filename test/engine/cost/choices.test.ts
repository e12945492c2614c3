import type { CostInput } from '../../../engine/contract/cost';
import { choicesOf } from '../../../engine/cost/choices';
import { estimateMonth } from '../../../engine/cost/estimate';
import { BUCKET, CACHE, DATABASE, NOTHING, ONE_OF_EACH } from './cost-inputs';

const fieldsOf = (input: CostInput): string[] => choicesOf(input).map(({ what }) => what.split(': ')[1] ?? '');

const savedBy = (input: CostInput, field: string): number | undefined =>
  choicesOf(input).find(({ what }) => what.includes(field))?.savedUsd;

test('there are none where nothing is protected', () => {
  expect(choicesOf(NOTHING)).toEqual([]);
});

test('save what the month costs less with them, most first', () => {
  const hourly = { ...ONE_OF_EACH, files: { ...ONE_OF_EACH.files, verifyEveryMinutes: 60 } };
  const saved = estimateMonth(ONE_OF_EACH).totalUsd - estimateMonth(hourly).totalUsd;
  expect(saved).toBeGreaterThan(1);
  expect(savedBy(ONE_OF_EACH, 'files.verifyEveryMinutes 60')).toBeCloseTo(saved);
  const all = choicesOf(ONE_OF_EACH).map(({ savedUsd }) => savedUsd);
  expect(all).toEqual([...all].sort((left, right) => right - left));
});

test('are those that are not made yet', () => {
  expect(fieldsOf(ONE_OF_EACH).sort()).toEqual([
    'files.readCycleDays doubled',
    'files.verifyEveryMinutes 60',
    'rds.auditControls false',
    'redis.savePoints []',
    'redis.snapshotRetentionDays 1',
    'replicaLifecycle',
    'retention.weekly 4',
    'retention.yearly 0',
  ]);
  const made: CostInput = {
    ...ONE_OF_EACH,
    files: { ...ONE_OF_EACH.files, verifyEveryMinutes: 60 },
    retention: { daily: 30, weekly: 4, monthly: 12, yearly: 0 },
    databases: [{ ...DATABASE, crossRegionBackups: true }],
    backupAudit: { controls: false, restoreTests: 0 },
    caches: [{ ...CACHE, savePoints: false, snapshotRetentionDays: 1 }],
  };
  expect(fieldsOf(made).sort()).toEqual([
    'files.readCycleDays doubled',
    'rds.databases.crossRegionBackups false',
    'replicaLifecycle',
  ]);
});

test('about retention are none of files', () => {
  const files = { ...NOTHING, files: { ...NOTHING.files, buckets: [BUCKET] } };
  expect(fieldsOf(files)).not.toContain('retention.weekly 4');
});

test('of a colder replica leave what soon expires where it is', () => {
  const replica = { currentVersions: { expireAfterDays: 14 } };
  const passing = { ...NOTHING, files: { ...NOTHING.files, buckets: [{ ...BUCKET, replica }] } };
  expect(savedBy(passing, 'replicaLifecycle')).toBe(0);
  const staying = { ...NOTHING, files: { ...NOTHING.files, buckets: [{ ...BUCKET, gib: 10_000, newShare: 0 }] } };
  expect(savedBy(staying, 'replicaLifecycle')).not.toBe(0);
});

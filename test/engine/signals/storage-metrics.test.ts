import { storageMetrics } from '../../../engine/signals/storage-metrics';
import { failed, NOW, stateOf, verified } from './verified';

/** Metrics as `name dimension values: value`. */
const lines = (...targets: Parameters<typeof storageMetrics>[0]) =>
  Object.fromEntries(
    storageMetrics(targets, NOW).map(({ MetricName, Dimensions, Value }) => [
      [MetricName, ...(Dimensions ?? []).map((dimension) => dimension.Value)].join(' '),
      Value,
    ]),
  );

test('publishes every metric of a target and of the whole system', () => {
  const figures = { size: 100, objects: 3, replication: 60, success: 1, errors: 0, backupAge: 1800 };
  const expected = (dimensions: string) => ({
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name} ${dimensions}`, value])),
    [`proofAge ${dimensions} present`]: 1200,
    [`proofAge ${dimensions} intact`]: 3600,
  });
  expect(lines(verified({ replicationLagSeconds: 60 }))).toEqual({
    ...expected('storage uploads'),
    ...expected('storage'),
  });
});

test('gives units and the moment', () => {
  const units = storageMetrics([verified()], NOW).map(({ MetricName, Unit }) => `${MetricName} ${Unit}`);
  expect(units.slice(0, 8)).toEqual([
    'size Bytes',
    'objects Count',
    'replication Seconds',
    'success None',
    'errors Count',
    'backupAge Seconds',
    'proofAge Seconds',
    'proofAge Seconds',
  ]);
  expect(storageMetrics([verified()], NOW)[0]?.Timestamp).toEqual(new Date(NOW));
});

test('adds sizes and errors up, and takes the worst of everything else', () => {
  const other = verified({
    resource: 'reports',
    bytes: 50,
    outcome: 'damaged',
    findings: { missing: 2, wrongKey: 1 },
    replicationLagSeconds: 9,
  });
  expect(lines(verified(), other)).toMatchObject({
    'size storage': 150,
    'objects storage': 6,
    'errors storage': 3,
    'success storage': 0,
    'success storage uploads': 1,
    'success storage reports': 0,
    'replication storage': 9,
  });
});

test('takes the longest lag and the oldest proof of all', () => {
  const state = { ...stateOf('proved'), proved: { intact: '2026-11-23T13:00:00.000Z' } };
  const other = verified({ resource: 'reports', replicationLagSeconds: 9 }, { state });
  expect(lines(verified({ replicationLagSeconds: 60 }), other)).toMatchObject({
    'replication storage': 60,
    'proofAge storage present': 10_800,
    'proofAge storage intact': 7_200,
  });
});

test('gives no negative age when clocks differ', () => {
  const early = storageMetrics([verified()], Date.parse('2026-11-23T14:39:00Z'));
  expect(early.find(({ MetricName }) => MetricName === 'proofAge')?.Value).toBe(0);
});

test('counts a failed target as one error, and publishes nothing that is not known', () => {
  expect(lines(failed())).toEqual({
    'success storage uploads': 0,
    'errors storage uploads': 1,
    'success storage': 0,
    'errors storage': 1,
  });
});

test('keeps telling the ages of a failed target whose state is known', () => {
  const target = verified({ outcome: 'failed', error: 'Cannot list.' });
  expect(lines(target)).toMatchObject({ 'backupAge storage uploads': 1800, 'proofAge storage present': 1200 });
});

test('leaves out the size of the whole system when a part of it is unknown', () => {
  const known = lines(verified(), failed({ resource: 'reports' }));
  expect(known).toHaveProperty(['size storage uploads']);
  expect(known).not.toHaveProperty(['size storage']);
  expect(known).toHaveProperty(['backupAge storage'], 1800);
});

test('takes an unfinished proof for good as long as it has found nothing', () => {
  expect(lines(verified({ outcome: 'unfinished' }))).toMatchObject({ 'success storage': 1, 'backupAge storage': 1800 });
  expect(lines(verified({ outcome: 'unfinished', findings: { missing: 1 } }))).toMatchObject({ 'success storage': 0 });
  expect(lines(verified({ outcome: 'unfinished' }))).not.toHaveProperty(['size storage uploads']);
});

test('takes an unfinished proof for no success after damage, or when none ends for a day', () => {
  const unfinished = verified({ outcome: 'unfinished' });
  const afterDamage = verified({ outcome: 'unfinished' }, { state: stateOf('damaged') });
  const success = (now: number) => storageMetrics([unfinished], now).find(({ MetricName }) => MetricName === 'success');
  expect(lines(afterDamage)).toMatchObject({ 'success storage': 0 });
  expect(success(Date.parse('2026-11-24T14:40:00Z'))?.Value).toBe(1);
  expect(success(Date.parse('2026-11-24T14:40:01Z'))?.Value).toBe(0);
});

test('takes the lag of the last proof for the least while the next is under way', () => {
  const lag = (result: Parameters<typeof verified>[0], more = {}) =>
    lines(verified({ outcome: 'unfinished', ...result }, more))['replication storage'];
  expect(lag({ versions: 3, replicationLagSeconds: 60 })).toBe(600);
  expect(lag({ versions: 3, replicationLagSeconds: 660 })).toBe(660);
  expect(lag({ versions: 0, replicationLagSeconds: 0 })).toBe(600);
  const { lastCompleted: _, ...first } = stateOf('proved');
  expect(lag({ versions: 3, replicationLagSeconds: 60 }, { state: first })).toBe(60);
  expect(lag({ versions: 0, replicationLagSeconds: 0 }, { state: first })).toBeUndefined();
});

test('lets ages grow from the first attempt while no proof has ended', () => {
  const { state } = verified();
  if (state === undefined) {
    throw new Error('no state');
  }
  const { lastCompleted: _, ...begun } = state;
  expect(lines(verified({ outcome: 'unfinished' }, { state: { ...begun, proved: {} } }))).toMatchObject({
    'backupAge storage': 10_800,
    'proofAge storage present': 10_800,
    'proofAge storage intact': 10_800,
  });
});

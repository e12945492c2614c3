import { snapshotAgeFindings } from '../../../engine/redis/snapshot-checks';
import { eventOf } from './fake-elasticache';

test.each([
  ['03:00-04:00', 27],
  ['23:30-00:30', 27],
  ['00:00-08:00', 34],
])('in the window %s a snapshot may be %d hours old', (snapshotWindow, limit) => {
  const target = { ...eventOf().target, snapshotWindow };
  expect(snapshotAgeFindings(target, limit * 3600)).toEqual([]);
  expect(snapshotAgeFindings(target, limit * 3600 + 1)).toEqual([
    expect.objectContaining({ kind: 'snapshotLate', detail: expect.stringContaining(`must be every ${limit} h`) }),
  ]);
});

import fc from 'fast-check';
import {
  advanceCycle,
  isInShare,
  placeInCycle,
  planReading,
  READING_BUDGET_BYTES,
} from '../../../engine/files/reading-cycle';
import { version } from './histories';

const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const BEGIN = { startedAt: new Date(START).toISOString(), cursor: 0 };

test('reads each version exactly once a cycle, whatever the schedule', () => {
  const versions = Array.from({ length: 50 }, (_, number) => version(`v${number}`));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 * DAY }), { minLength: 1, maxLength: 30 }), (pauses) => {
      const reads = new Map<string, number>();
      let now = START;
      let cycle = BEGIN;
      for (const pause of [...pauses, 40 * DAY]) {
        now += pause;
        const share = planReading(cycle, now, 10, 1);
        for (const { versionId } of versions.filter((each) => isInShare(each, share))) {
          reads.set(versionId, (reads.get(versionId) ?? 0) + 1);
        }
        cycle = advanceCycle(cycle, share, now, 10);
        expect(
          Math.max(0, ...reads.values()) - Math.min(...versions.map((each) => reads.get(each.versionId) ?? 0)),
        ).toBeLessThanOrEqual(1);
      }
      expect(reads.size).toBe(50);
    }),
  );
});

test('reads nothing when a cycle has just begun', () => {
  const share = planReading(BEGIN, START, 30, 0);
  expect(share).toEqual({ from: 0, to: 0 });
  expect(isInShare(version('v'), share)).toBe(false);
});

test('follows the elapsed part of the cycle', () => {
  expect(planReading({ ...BEGIN, cursor: 0.1 }, START + 6 * DAY, 30, 1)).toEqual({ from: 0.1, to: 0.2 });
});

test('catches up by no more than the budget of a run', () => {
  const share = planReading(BEGIN, START + 29 * DAY, 30, 4 * READING_BUDGET_BYTES);
  expect(share).toEqual({ from: 0, to: 0.25 });
});

test('begins the next cycle on schedule, and anew when a whole cycle was lost', () => {
  const share = { from: 0.9, to: 1 };
  expect(advanceCycle(BEGIN, share, START + 31 * DAY, 30)).toEqual({
    startedAt: '2026-12-01T00:00:00.000Z',
    cursor: 0,
  });
  expect(advanceCycle(BEGIN, share, START + 90 * DAY, 30)).toEqual({
    startedAt: '2027-01-30T00:00:00.000Z',
    cursor: 0,
  });
  expect(advanceCycle(BEGIN, { from: 0, to: 0.5 }, START + DAY, 30)).toEqual({ ...BEGIN, cursor: 0.5 });
});

test('spreads versions evenly, and keeps the place of each', () => {
  const places = Array.from({ length: 10_000 }, (_, number) => placeInCycle(`tenants/${number}/invoice.pdf`, 'id'));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = places.filter((place) => Math.floor(place * 10) === tenth).length;
    expect(share).toBeGreaterThan(900);
    expect(share).toBeLessThan(1_100);
  }
  expect(placeInCycle('key', 'one')).not.toBe(placeInCycle('key', 'two'));
  expect(placeInCycle('key', 'one')).toBe(placeInCycle('key', 'one'));
});

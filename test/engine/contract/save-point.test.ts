import * as fc from 'fast-check';
import { DEFAULT_SAVE_POINTS, SavePoint, savePointProblems } from '../../../engine/contract/redis';

test('a save point says after how many changes and seconds a snapshot is due', () => {
  expect({ ...SavePoint.after({ changes: 10, seconds: 300 }) }).toEqual({ changes: 10, seconds: 300 });
});

test('the default ones are those of Redis', () => {
  expect(DEFAULT_SAVE_POINTS.map(({ changes, seconds }) => [changes, seconds])).toEqual([
    [1, 900],
    [10, 300],
    [10_000, 60],
  ]);
});

test.each([
  [{ changes: 0, seconds: 60 }, 'changes must be a whole number from 1 to 9007199254740991, got: 0'],
  [{ changes: 1.5, seconds: 60 }, 'changes must be a whole number from 1 to 9007199254740991, got: 1.5'],
  [{ changes: 1, seconds: 59 }, 'seconds must be a whole number from 60 to 86400, got: 59'],
  [{ changes: 1, seconds: 86_401 }, 'seconds must be a whole number from 60 to 86400, got: 86401'],
  [{ changes: 1, seconds: Number.NaN }, 'seconds must be a whole number from 60 to 86400, got: NaN'],
])('refuses %j', (rule, message) => {
  expect(() => SavePoint.after(rule)).toThrow(new RangeError(message));
});

test('tells every number that is wrong', () => {
  expect(savePointProblems({ changes: -1, seconds: 0 }).map(({ field }) => field)).toEqual(['changes', 'seconds']);
});

test('takes whatever lies within the limits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: 60, max: 86_400 }),
      (changes, seconds) => {
        expect(savePointProblems({ changes, seconds })).toEqual([]);
      },
    ),
  );
});

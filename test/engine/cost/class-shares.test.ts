import * as fc from 'fast-check';
import { classShares } from '../../../engine/cost/class-shares';

const MONTH_DAYS = 365.25 / 12;
const TO_IA = { storageClass: 'STANDARD_IA' as const, afterDays: 2 * MONTH_DAYS };
const TO_GLACIER = { storageClass: 'GLACIER_IR' as const, afterDays: 6 * MONTH_DAYS };

test('all lies in S3 Standard where nothing moves', () => {
  expect(classShares({}, 0.1)).toEqual([{ storageClass: 'STANDARD', share: 1 }]);
});

test('what is younger than a move lies before it', () => {
  expect(classShares({ transitions: [TO_IA, TO_GLACIER] }, 0.1)).toEqual([
    { storageClass: 'STANDARD', share: expect.closeTo(0.2) },
    { storageClass: 'STANDARD_IA', share: expect.closeTo(0.4) },
    { storageClass: 'GLACIER_IR', share: expect.closeTo(0.4) },
  ]);
});

test('all is old where nothing new is written', () => {
  expect(classShares({ transitions: [TO_IA, TO_GLACIER] }, 0)).toEqual([{ storageClass: 'GLACIER_IR', share: 1 }]);
});

test('nothing is old enough to move where all is replaced within the month', () => {
  expect(classShares({ transitions: [TO_IA] }, 1)).toEqual([{ storageClass: 'STANDARD', share: 1 }]);
});

test('the shares come to 1, whatever is written and moved', () => {
  const moves = fc.uniqueArray(fc.integer({ min: 1, max: 3650 }), { maxLength: 4 }).map((days) =>
    days
      .sort((left, right) => left - right)
      .map((afterDays, index) => ({
        storageClass: (['STANDARD_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const)[index] ?? 'DEEP_ARCHIVE',
        afterDays,
      })),
  );
  fc.assert(
    fc.property(moves, fc.double({ min: 0, max: 3, noNaN: true }), (transitions, newShare) => {
      const shares = classShares({ transitions }, newShare).map(({ share }) => share);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
      expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
    }),
  );
});

import * as fc from 'fast-check';
import { memoryOf } from '../../../engine/archive/memory';
import { ZstdWindow } from '../../../engine/archive/zstd-window';

/** Offsets used before, as RFC 8878, 3.1.1.5 describes them, newest first. */
function resolved(recent: readonly number[], coded: number, isWithoutLiterals: boolean): [number, number[]] {
  const [first = 0, second = 0, third = 0] = recent;
  if (coded > 3) {
    return [coded - 3, [coded - 3, first, second]];
  }
  const table: Record<string, [number, number[]]> = {
    '1 with': [first, [first, second, third]],
    '2 with': [second, [second, first, third]],
    '3 with': [third, [third, first, second]],
    '1 without': [second, [second, first, third]],
    '2 without': [third, [third, first, second]],
    '3 without': [first - 1, [first - 1, first, second]],
  };
  return table[`${coded} ${isWithoutLiterals ? 'without' : 'with'}`] ?? [0, []];
}

test('copies from offsets as the format says, whatever was used before', () => {
  const sequence = fc.record({
    literals: fc.oneof(fc.constant(0), fc.nat(40)),
    coded: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 60 })),
    length: fc.integer({ min: 3, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 60 }), (sequences) => {
      const written: Buffer[] = [];
      const window = new ZstdWindow((bytes) => written.push(Buffer.from(bytes)));
      window.reset(64 * 1024);
      window.startBlock(128 * 1024);
      const expected = [...Buffer.alloc(64).keys()];
      window.append(memoryOf(Buffer.from(expected)), 0, expected.length);
      let recent: readonly number[] = [1, 4, 8];
      for (const { literals, coded, length } of sequences) {
        const bytes = Array.from({ length: literals }, (_, index) => (expected.length * 7 + index * 3) & 255);
        const [offset, next] = resolved(recent, coded, literals === 0);
        if (offset > 0) {
          recent = next;
          window.append(memoryOf(Buffer.from(bytes)), 0, literals);
          window.copy(coded, length, literals === 0);
          expected.push(...bytes);
          for (let index = 0; index < length; index += 1) {
            expected.push(expected[expected.length - offset] ?? 0);
          }
        }
      }
      window.endBlock();
      expect(Buffer.concat(written).equals(Buffer.from(expected))).toBe(true);
    }),
    { numRuns: 300, seed: 20261123 },
  );
});

test.each([
  ['before the beginning', 64 * 1024, 12 + 3, 4],
  ['before the window', 8, 9 + 3, 4],
  ['of no bytes back, after the last offset less one', 64 * 1024, 3, 4],
  ['beyond the block', 64 * 1024, 4 + 3, 100],
])('refuses a match %s', (_, windowBytes, coded, length) => {
  const window = new ZstdWindow(() => undefined);
  window.reset(windowBytes);
  window.startBlock(100);
  window.append(memoryOf(Buffer.from('ten bytes.')), 0, 10);
  expect(() => window.copy(coded, length, true)).toThrow('a match reaches beyond the data');
});

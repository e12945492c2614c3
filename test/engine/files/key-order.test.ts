import fc from 'fast-check';
import { compareKeys } from '../../../engine/files/key-order';

const byBytes = (left: string, right: string) => Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));

test('orders any keys by their UTF-8 bytes', () => {
  const key = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(key, key, key, (prefix, left, right) => {
      expect(Math.sign(compareKeys(prefix + left, prefix + right))).toBe(byBytes(prefix + left, prefix + right));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['😀', '\uffee', 1],
  ['\ud7ff', '😀', -1],
  ['\ue000', '😀', -1],
  ['a', 'a/b', -1],
  ['', 'a', -1],
  ['same', 'same', 0],
])('puts %j and %j in order', (left, right, order) => {
  expect(Math.sign(compareKeys(left, right))).toBe(order);
  expect(byBytes(left, right)).toBe(order);
});

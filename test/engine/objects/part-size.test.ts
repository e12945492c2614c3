import fc from 'fast-check';
import { MOST_PARTS, MOST_UPLOAD_BYTES, nextPartBytes } from '../../../engine/objects/part-size';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

test('parts are as large as S3 takes them, and never shrink', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat().map((any) => any % MOST_UPLOAD_BYTES),
      fc.nat(GIB),
      (bytes, more) => {
        const next = nextPartBytes(bytes);
        expect(next).toBeGreaterThanOrEqual(5 * MIB);
        expect(next).toBeLessThanOrEqual(5 * GIB);
        expect(next % MIB).toBe(0);
        expect(nextPartBytes(bytes + more)).toBeGreaterThanOrEqual(next);
      },
    ),
  );
});

test('parts are small while the object is, and a thousandth of it later', () => {
  expect(nextPartBytes(0)).toBe(8 * MIB);
  expect(nextPartBytes(12.5 * GIB)).toBe(8 * MIB);
  expect(nextPartBytes(12.5 * GIB + 1)).toBe(9 * MIB);
  expect(nextPartBytes(100 * GIB)).toBe(64 * MIB);
});

test('as many parts as S3 allows hold two and a half terabytes', () => {
  expect(MOST_PARTS).toBe(10_000);
  expect(MOST_UPLOAD_BYTES / 1e12).toBeGreaterThan(2.5);
  expect(MOST_UPLOAD_BYTES / 1e12).toBeLessThan(3);
});

import * as fc from 'fast-check';
import { giveBackKernel, type Kernel, takeKernel } from '../../../engine/rdb/kernel';
import { checksumOf, lzf } from './rdb-writer';

let kernel: Kernel;

beforeEach(() => {
  kernel = takeKernel();
});

afterEach(() => giveBackKernel(kernel));

test('the checksum of the digits is the one that crc64.c names', () => {
  kernel.fileWindow.set(Buffer.from('123456789'));
  expect(BigInt.asUintN(64, kernel.checksum(0n, 0, 9))).toBe(0xe9c6d914c4b8d9can);
});

test('the checksum of any bytes, in any parts, is that of JavaScript', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(20), (bytes, cut, place) => {
      const middle = Math.min(cut, bytes.length);
      kernel.fileWindow.set(bytes, place);
      const first = kernel.checksum(0n, place, place + middle);
      const sum = kernel.checksum(first, place + middle, place + bytes.length);
      expect(BigInt.asUintN(64, sum)).toBe(checksumOf(bytes).readBigUInt64LE());
    }),
  );
});

test('what was compressed comes out again', () => {
  const repeating = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 90 })), { maxLength: 40 })
    .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))));
  fc.assert(
    fc.property(repeating, fc.nat(1_000), (content, output) => {
      const stored = lzf(content);
      kernel.fileWindow.set(stored, 5);
      kernel.stringWindow.fill(0xaa);
      expect(kernel.decompress(5, 5 + stored.length, 5 + stored.length, output, 60_000)).toBe(true);
      expect(kernel.ends).toMatchObject({ input: 5 + stored.length, output: output + content.length });
      expect(content.equals(kernel.stringWindow.subarray(output, output + content.length))).toBe(true);
    }),
  );
});

test('decompression stops before what it was told to leave, and where the room ends', () => {
  const stored = lzf(Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz'.repeat(2)));
  kernel.fileWindow.set(stored);
  expect(kernel.decompress(0, stored.length, 1, 0, 60_000)).toBe(true);
  expect(kernel.ends).toMatchObject({ input: 33, output: 32 });
  expect(kernel.decompress(0, stored.length, stored.length, 0, 31)).toBe(true);
  expect(kernel.ends).toMatchObject({ input: 33, output: 32 });
});

test('any bytes either decompress or do not, within the windows', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      kernel.fileWindow.set(bytes);
      if (kernel.decompress(0, bytes.length, bytes.length, 0, 60_000)) {
        expect(kernel.ends.input).toBe(bytes.length);
        expect(kernel.ends.output).toBeLessThanOrEqual(60_000 + 264);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a kernel that is given back is taken again', () => {
  const other = takeKernel();
  giveBackKernel(other);
  expect(takeKernel()).toBe(other);
  giveBackKernel(other);
});

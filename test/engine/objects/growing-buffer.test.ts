import fc from 'fast-check';
import { GrowingBuffer } from '../../../engine/objects/growing-buffer';

test('collects what fits, whatever the sizes of the writes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { maxLength: 12 }), fc.integer({ min: 1, max: 100_000 }), (sizes, most) => {
      const buffer = new GrowingBuffer(most);
      const all = Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
      let offset = 0;
      for (const size of sizes) {
        const taken = buffer.append(all.subarray(offset, offset + size));
        offset += taken;
        if (taken < size) {
          expect(buffer.isFull).toBe(true);
          break;
        }
      }
      expect(buffer.length).toBe(Math.min(most, all.length));
      expect(buffer.isFull).toBe(all.length >= most);
      expect(buffer.contents().equals(all.subarray(0, most))).toBe(true);
    }),
  );
});

test('keeps what was written when the writer uses its memory again', () => {
  const buffer = new GrowingBuffer(10);
  const written = Buffer.from('abc');
  buffer.append(written);
  written.fill(0);
  expect(buffer.contents().toString()).toBe('abc');
});

test('takes no more memory than is collected, and at first little', () => {
  const buffer = new GrowingBuffer(8 * 1024 * 1024);
  buffer.append(Buffer.alloc(100));
  expect(buffer.contents().buffer.byteLength).toBe(16 * 1024);
  buffer.append(Buffer.alloc(40_000));
  expect(buffer.contents().buffer.byteLength).toBe(40_100);
  buffer.append(Buffer.alloc(1));
  expect(buffer.contents().buffer.byteLength).toBe(80_200);
});

test('uses the memory that it is given', () => {
  const memory = Buffer.alloc(10, 'x');
  const buffer = new GrowingBuffer(10, memory);
  buffer.append(Buffer.from('abc'));
  expect(memory.toString()).toBe('abcxxxxxxx');
  expect(buffer.contents().toString()).toBe('abc');
});

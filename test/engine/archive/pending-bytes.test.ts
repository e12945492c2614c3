import * as fc from 'fast-check';
import { PendingBytes } from '../../../engine/archive/pending-bytes';

test('gives the bytes of a stream in order, in whatever pieces they come and are taken', () => {
  const piece = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
  const step = fc.oneof(
    piece.map((bytes) => ({ bytes })),
    fc.nat(30).map((length) => ({ length })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pending = new PendingBytes();
      let expected = Buffer.alloc(0);
      for (const one of steps) {
        if ('bytes' in one) {
          pending.push(one.bytes);
          expected = Buffer.concat([expected, one.bytes]);
        } else {
          const next = one.length <= expected.length ? expected.subarray(0, one.length) : undefined;
          expect(pending.peek(one.length)).toEqual(next);
          expect(pending.take(one.length)).toEqual(next);
          expected = expected.subarray(next?.length ?? 0);
        }
        expect(pending.length).toBe(expected.length);
      }
    }),
    { seed: 20261123 },
  );
});

test('forgets what waits', () => {
  const pending = new PendingBytes();
  pending.push(Buffer.from('old'));
  pending.clear();
  pending.push(Buffer.from('new'));
  expect(pending.take(3)).toEqual(Buffer.from('new'));
  expect(pending.length).toBe(0);
});

test('copies a value that comes in very many pieces once', () => {
  const concat = jest.spyOn(Buffer, 'concat');
  const pending = new PendingBytes();
  for (let piece = 0; piece < 1000; piece += 1) {
    pending.push(Buffer.from('x'));
    expect(pending.peek(1001)).toBeUndefined();
  }
  pending.push(Buffer.from('y'));
  expect(pending.take(1001)?.toString()).toBe(`${'x'.repeat(1000)}y`);
  expect(concat).toHaveBeenCalledTimes(1);
  concat.mockRestore();
});

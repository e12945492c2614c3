import * as fc from 'fast-check';
import { HeldBytes } from '../../../engine/archive/held-bytes';

const PLENTY = 1_000_000_000;

test.each([
  ['plain', 0],
  ['compressed', PLENTY],
])('gives back %s what was added, in order', (_, plainBytes) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(255), fc.nat(20_000))), (added) => {
      const held = new HeldBytes({ plainBytes });
      const parts = added.map(([byte, length]) => Buffer.alloc(length, byte));
      for (const part of parts) {
        held.add(part);
      }
      expect(Buffer.concat([...held.release()]).equals(Buffer.concat(parts))).toBe(true);
      expect(Buffer.concat([...held.release()])).toHaveLength(0);
    }),
    { seed: 20261123 },
  );
});

test('copies what is added', () => {
  const held = new HeldBytes({ plainBytes: 0 });
  const bytes = Buffer.from('before');
  held.add(bytes);
  bytes.write('after!');
  expect(Buffer.concat([...held.release()]).toString()).toBe('before');
});

test('holds much of the same in a fraction of its bytes', () => {
  const before = process.memoryUsage().arrayBuffers;
  const total = { plainBytes: 0 };
  const held = Array.from({ length: 20 }, () => new HeldBytes(total));
  const entry = Buffer.from('CREATE TABLE acme.orders (id integer NOT NULL, cents integer);\n'.repeat(100));
  for (let added = 0; added < 800; added += 1) {
    for (const one of held) {
      one.add(entry);
    }
  }
  const megabytes = (process.memoryUsage().arrayBuffers - before) / 1e6;
  expect(held.length * 800 * entry.length).toBeGreaterThan(100e6);
  expect(megabytes).toBeLessThan(60);
  expect(total.plainBytes).toBeLessThan(17e6);
  expect(held.reduce((bytes, one) => bytes + [...one.release()].reduce((sum, { length }) => sum + length, 0), 0)).toBe(
    held.length * 800 * entry.length,
  );
});

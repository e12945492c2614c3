import { PartMemory } from '../../../engine/objects/part-memory';

test('memory of the usual size is used again', () => {
  const memory = new PartMemory(100, 2);
  const first = memory.take(100);
  expect(first.length).toBe(100);
  memory.give(first);
  expect(memory.take(100)).toBe(first);
  expect(memory.take(100)).not.toBe(first);
});

test('memory of another size is not kept', () => {
  const memory = new PartMemory(100, 2);
  memory.give(Buffer.alloc(99));
  const odd = memory.take(101);
  expect(odd.length).toBe(101);
  memory.give(odd);
  expect(memory.take(100).length).toBe(100);
});

test('no more is kept idle than may be', () => {
  const memory = new PartMemory(100, 2);
  const taken = [memory.take(100), memory.take(100), memory.take(100)];
  taken.forEach((each) => {
    memory.give(each);
  });
  const again = [memory.take(100), memory.take(100), memory.take(100)];
  expect(again.filter((each) => taken.includes(each))).toHaveLength(2);
});

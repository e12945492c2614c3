import { setImmediate as turn } from 'node:timers/promises';
import { inParallel } from '../../../engine/objects/in-parallel';

test('does so many at a time, and keeps the order', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
    running += 1;
    most = Math.max(most, running);
    for (let index = 0; index < turns; index += 1) {
      await turn();
    }
    running -= 1;
    return turns * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('of nothing is nothing', async () => {
  expect(await inParallel([], 4, async () => 1)).toEqual([]);
});

test('begins nothing more after a failure, and tells the first when the others have ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = inParallel([0, 1, 2, 3], 2, async (thing) => {
    begun.push(thing);
    if (thing === 0) {
      throw new Error('first');
    }
    await turn();
    await turn();
    ended.push(thing);
  });
  await expect(work).rejects.toThrow('first');
  expect(begun).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});

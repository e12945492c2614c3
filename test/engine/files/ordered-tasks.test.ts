import { setTimeout as sleep } from 'node:timers/promises';
import { OrderedTasks } from '../../../engine/files/ordered-tasks';

test('delivers results in the order of the tasks', async () => {
  const delivered: number[] = [];
  const tasks = new OrderedTasks<number>(10, async (result) => void delivered.push(result));
  for (const pause of [20, 1, 10, 0]) {
    await tasks.add(async () => {
      await sleep(pause);
      return pause;
    });
  }
  await tasks.finish();
  expect(delivered).toEqual([20, 1, 10, 0]);
});

test('runs no more tasks at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const tasks = new OrderedTasks<void>(3, () => undefined);
  for (let number = 0; number < 20; number += 1) {
    await tasks.add(async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(1);
      running -= 1;
    });
  }
  await tasks.finish();
  expect(most).toBe(3);
});

test('throws what a task threw, and settles the rest', async () => {
  let ended = false;
  const tasks = new OrderedTasks<void>(10, () => undefined);
  await tasks.add(async () => Promise.reject(new Error('broken')));
  await tasks.add(async () => {
    await sleep(5);
    ended = true;
  });
  await expect(tasks.finish()).rejects.toThrow('broken');
  await tasks.settle();
  expect(ended).toBe(true);
});

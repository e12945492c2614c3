import fc from 'fast-check';
import { RequestBudget } from '../../../engine/objects/request-budget';

/** Asks for room; says whether it was given. */
function ask(budget: RequestBudget, bytes: number): { isAdmitted: boolean } {
  const asked = { isAdmitted: false };
  budget.acquire(bytes).then(() => {
    asked.isAdmitted = true;
  });
  return asked;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('admits so many requests, and the next when one has ended', async () => {
  const budget = new RequestBudget(2, 100);
  const asked = [ask(budget, 1), ask(budget, 1), ask(budget, 1)];
  await turn();
  expect(asked.map(({ isAdmitted }) => isAdmitted)).toEqual([true, true, false]);
  budget.release(1);
  await turn();
  expect(asked[2]?.isAdmitted).toBe(true);
});

test('lets nobody overtake who waits for more room', async () => {
  const budget = new RequestBudget(10, 100);
  const [, large, small] = [ask(budget, 60), ask(budget, 50), ask(budget, 1)];
  await turn();
  expect([large.isAdmitted, small.isAdmitted]).toEqual([false, false]);
  budget.release(60);
  await turn();
  expect([large.isAdmitted, small.isAdmitted]).toEqual([true, true]);
});

test('lets a request that is larger than all the room go alone', async () => {
  const budget = new RequestBudget(10, 100);
  const [small, huge] = [ask(budget, 1), ask(budget, 1_000)];
  await turn();
  expect([small.isAdmitted, huge.isAdmitted]).toEqual([true, false]);
  budget.release(1);
  await turn();
  expect(huge.isAdmitted).toBe(true);
});

test('is kept to with any requests, and all of them are admitted in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(150), { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (sizes, most) => {
      const budget = new RequestBudget(most, 100);
      const open: number[] = [];
      let done = 0;
      const work = sizes.map(async (bytes) => {
        await budget.acquire(bytes);
        open.push(bytes);
        const total = open.reduce((sum, each) => sum + each, 0);
        expect(open.length).toBeLessThanOrEqual(most);
        expect(total <= 100 || total === Math.max(...open)).toBe(true);
        await turn();
        open.splice(open.indexOf(bytes), 1);
        budget.release(bytes);
        done += 1;
      });
      await Promise.all(work);
      expect(done).toBe(sizes.length);
    }),
    { numRuns: 50 },
  );
});

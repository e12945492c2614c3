import { Teardown } from '../../local/teardown';

test('undoes what was done, newest first', async () => {
  const undone: string[] = [];
  const teardown = new Teardown();
  teardown.defer(() => void undone.push('first'));
  teardown.defer(() => void undone.push('second'));
  await teardown.run();
  expect(undone).toEqual(['second', 'first']);
});

test('undoes everything once, however often it is asked', async () => {
  let times = 0;
  const teardown = new Teardown();
  teardown.defer(() => void times++);
  await Promise.all([teardown.run(), teardown.run()]);
  expect(times).toBe(1);
});

test('an action that fails keeps no other from being done, and is told', async () => {
  let done = false;
  const teardown = new Teardown();
  teardown.defer(() => {
    done = true;
  });
  teardown.defer(() => {
    throw new Error('stuck');
  });
  await expect(teardown.run()).rejects.toThrow('stuck');
  expect(done).toBe(true);
});

test('what is forgotten is not undone', async () => {
  let undone = false;
  const teardown = new Teardown();
  const forget = teardown.defer(() => {
    undone = true;
  });
  forget();
  await teardown.run();
  expect(undone).toBe(false);
});

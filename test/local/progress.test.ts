import { Progress } from '../../local/progress';

const recorder = (isTTY: boolean) => {
  const written: string[] = [];
  const progress = new Progress({ isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
  return { progress, written };
};

test('a step is told when it is done, with its time and its notes', async () => {
  const { progress, written } = recorder(false);
  const answer = await progress.step('deploy both Regions', async (note) => {
    note('two stacks');
    return 42;
  });
  expect(answer).toBe(42);
  expect(written.join('')).toMatch(/^✓ deploy both Regions +0\.0 s\n {4}two stacks\n$/);
});

test('a step that fails bears a cross and throws on', async () => {
  const { progress, written } = recorder(false);
  await expect(progress.step('deploy', () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(written.join('')).toMatch(/^✗ deploy +0\.0 s\n$/);
});

test('a terminal shows the running step', async () => {
  const { progress, written } = recorder(true);
  await progress.step('deploy', async () => {
    expect(written.join('')).toBe('… deploy');
  });
  expect(written.join('')).toContain('\r✓ deploy');
});

test('what is printed in the middle of a step begins on a line of its own', async () => {
  const { progress, written } = recorder(true);
  await progress.step('deploy', async () => progress.print('✗ an expectation'));
  expect(written.join('')).toMatch(/^… deploy\n✗ an expectation\n✓ deploy +0\.0 s\n$/);
});

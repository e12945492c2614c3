import { alternate, median, RUNS, runProgram } from './measure';

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('refuses a median of nothing', () => {
  expect(() => median([])).toThrow('no median of no values');
});

test('gives the contenders their turns one after the other', async () => {
  const turns: string[] = [];
  const contender = (name: string) => async () => turns.push(name);
  const results = await alternate({ own: contender('own'), rival: contender('rival') });
  expect(turns).toEqual(Array.from({ length: RUNS }, () => ['own', 'rival']).flat());
  expect(results).toEqual({ own: [1, 3, 5], rival: [2, 4, 6] });
});

test('passes on what a program wrote', async () => {
  const { stdout, seconds } = await runProgram(process.execPath, ['-e', 'console.log(process.env.WORD)'], {
    WORD: 'yes',
  });
  expect(stdout).toBe('yes\n');
  expect(seconds).toBeGreaterThan(0);
});

test('takes a program that fails for no measurement', async () => {
  const failing = runProgram(process.execPath, ['-e', 'console.error("out of ink"); process.exit(7)']);
  await expect(failing).rejects.toThrow(/ended with 7\.\nout of ink$/);
});

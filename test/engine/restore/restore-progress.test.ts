import { restoreProgress } from '../../../engine/restore/restore-progress';

test('a long restore tells every ten seconds how far it has come', () => {
  const info = jest.fn();
  let now = 0;
  const tell = restoreProgress({ info, warn: jest.fn() }, () => now);
  for (let done = 1; done <= 25; done++) {
    now += 1000;
    tell('data', done, 25);
  }
  expect(info.mock.calls).toEqual([
    ['restoring', { section: 'data', archives: '10/25' }],
    ['restoring', { section: 'data', archives: '20/25' }],
  ]);
});

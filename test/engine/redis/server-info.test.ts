import { readServerInfo } from '../../../engine/redis/server-info';

const INFO = [
  '# Server',
  'redis_version:7.1.0',
  'run_id:abc',
  '# Memory',
  'used_memory:2000',
  'used_memory_dataset:1500',
  '# Persistence',
  'rdb_changes_since_last_save:42',
];
const textOf = (lines: readonly string[]) => lines.join('\r\n');
const without = (name: string) => textOf(INFO.filter((line) => !line.startsWith(`${name}:`)));

test('reads the run, the changes and the bytes of data', () => {
  expect(readServerInfo(textOf(INFO), 'x')).toEqual({ runId: 'abc', changes: 42, bytes: 1500 });
});

test('takes all memory where that of the data is not told', () => {
  expect(readServerInfo(without('used_memory_dataset'), 'x').bytes).toBe(2000);
});

test.each([
  ['left out', without('rdb_changes_since_last_save')],
  ['no number', `${without('rdb_changes_since_last_save')}\r\nrdb_changes_since_last_save:-1`],
])('changes that are %s are not told', (_, info) => {
  expect(readServerInfo(info, 'x').changes).toBeUndefined();
});

test('bytes that are left out are not told', () => {
  expect(readServerInfo('run_id:abc', 'x')).toEqual({ runId: 'abc', changes: undefined, bytes: undefined });
});

test.each([
  ['no run_id', without('run_id')],
  ['an empty one', `${without('run_id')}\r\nrun_id:`],
])('refuses an answer with %s', (_, info) => {
  expect(() => readServerInfo(info, 'The cache at c:1')).toThrow(
    'The cache at c:1 answered INFO without run_id. HINT: let the user call INFO with all its sections.',
  );
});

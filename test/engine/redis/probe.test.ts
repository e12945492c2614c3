import type { OpenSession } from '../../../engine/redis/cache-session';
import { probeCache } from '../../../engine/redis/probe';

const CLUSTER = { address: { host: 'clustercfg.example.com', port: 6379 }, isSharded: true };

/** Sessions with servers that answer from a table, by host and port. */
class Sessions {
  public readonly opened: string[] = [];
  public closed = 0;
  public constructor(private readonly slots: unknown = []) {}

  public readonly open: OpenSession = async ({ host, port }, credentials, serverName) => {
    this.opened.push(`${host}:${port} ${credentials?.username} ${serverName}`);
    return {
      ask: async (name) => {
        if (host.startsWith('down')) {
          throw new Error('down');
        }
        return name === 'INFO' ? `run_id:${host}\r\nused_memory:10\r\nrdb_changes_since_last_save:1` : this.slots;
      },
      close: () => {
        this.closed += 1;
      },
    };
  };
}

const range = (from: number, ...nodes: unknown[]) => [from, from + 1, ...nodes];

test('asks the one primary', async () => {
  const sessions = new Sessions();
  const endpoint = { address: { host: 'primary', port: 6379 }, isSharded: false };
  await expect(probeCache(endpoint, { username: 'probe', password: 'pw' }, sessions.open)).resolves.toEqual([
    { runId: 'primary', changes: 1, bytes: 10 },
  ]);
  expect(sessions).toMatchObject({ opened: ['primary:6379 probe primary'], closed: 1 });
});

test('asks the primary of each shard once, and no replica', async () => {
  const sessions = new Sessions([
    range(0, ['one', 6379, 'id'], ['replica', 6379, 'id']),
    range(2, ['two', 6380, 'id']),
    range(4, ['one', 6379, 'id']),
  ]);
  const figures = await probeCache(CLUSTER, undefined, sessions.open);
  expect(figures.map(({ runId }) => runId)).toEqual(['one', 'two']);
  expect(sessions.closed).toBe(3);
});

test.each([
  ['an IP with a name', ['10.0.0.1', 6379, 'id', ['hostname', 'named.example.com']], 'named.example.com'],
  ['an IP without a name', ['10.0.0.1', 6379, 'id', []], '10.0.0.1'],
  ['a node that does not know its own host', [null, 6379, 'id', []], 'clustercfg.example.com'],
])('%s is asked under the name that its certificate is for', async (_, node, host) => {
  const sessions = new Sessions([range(0, node)]);
  await probeCache(CLUSTER, undefined, sessions.open);
  expect(sessions.opened.at(-1)).toBe(`${host}:6379 undefined clustercfg.example.com`);
});

test.each([
  ['no shards', [], 'names no shards'],
  ['another form', [['?']], 'in a form that is not known'],
  ['nothing', null, 'names no shards'],
])('refuses an answer with %s', async (_, slots, message) => {
  const sessions = new Sessions(slots);
  await expect(probeCache(CLUSTER, undefined, sessions.open)).rejects.toThrow(message);
  expect(sessions.closed).toBe(1);
});

test('fails when one shard cannot be asked', async () => {
  const sessions = new Sessions([range(0, ['one', 1, 'id']), range(2, ['down', 2, 'id'])]);
  await expect(probeCache(CLUSTER, undefined, sessions.open)).rejects.toThrow('down');
  expect(sessions.closed).toBe(3);
});

/** A command for a server. */
export type RedisCommand = readonly [string, ...string[]];

/** Sends a command, and gives its answer. */
export type SendCommand = (command: RedisCommand) => Promise<unknown>;

/** What a server knows. */
export interface ServerFeatures {
  /** Libraries of functions: Redis 7, Valkey. */
  readonly functions: boolean;
  /** Fields of hashes that expire: Redis 7.4, Valkey 9. */
  readonly fieldExpiry: boolean;
}

/** Text that does not compress: digits of a generator of Lehmer, the same each time. */
export function noise(length: number, seed: number): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text.slice(0, length);
}

const repeat = (count: number, make: (index: number) => readonly string[]): string[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

const FAR = '4102444800000';

/** Commands that leave a key for every type and every encoding that a server writes by itself, in databases 0, 3 and 9. */
export function sampleCommands(features: ServerFeatures): RedisCommand[] {
  return [
    ['SELECT', '0'],
    ...strings(),
    ...collections(),
    ...streams(),
    ...(features.functions ? functions() : []),
    ...(features.fieldExpiry ? expiringFields() : []),
    ['SELECT', '3'],
    ['SET', 'text', 'in another database'],
    ['SET', 'expiring', 'soon', 'PXAT', FAR],
    ['SELECT', '9'],
    ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu'],
    ['SET', 'counted', 'x', 'PXAT', FAR],
    ['SELECT', '0'],
  ].map((command) => command as unknown as RedisCommand);
}

/** A few keys, so that every byte of the file can be tried. */
export const TINY_COMMANDS: readonly RedisCommand[] = [
  ['SELECT', '0'],
  ['SET', 'number', '12345'],
  ['SET', 'repeated', 'abc'.repeat(20), 'PXAT', FAR],
  ['RPUSH', 'list', 'a', '-1', '70000'],
  ['SADD', 'integers', '1', '2', '300'],
  ['HSET', 'hash', 'field', 'value'],
  ['ZADD', 'scores', '1.5', 'member'],
  ['XADD', 'stream', '1-1', 'field', 'value'],
  ['XGROUP', 'CREATE', 'stream', 'group', '0'],
  ['XREADGROUP', 'GROUP', 'group', 'consumer', 'STREAMS', 'stream', '>'],
];

function strings(): string[][] {
  return [
    ['SET', 'int8', '-100'],
    ['SET', 'int16', '-30000'],
    ['SET', 'int32', '2000000000'],
    ['SET', 'int64', '-9000000000000000000'],
    ['SET', 'empty', ''],
    ['SET', 'short', 'a text'],
    ['SET', 'medium', noise(1_000, 1)],
    ['SET', 'long', noise(17_000, 2)],
    ['SET', 'compressed', 'lorem ipsum dolor sit amet '.repeat(400)],
    ['SET', `${'a long key '.repeat(30)}`, 'x'],
    ['SETBIT', 'bits', '8000', '1'],
    ['PFADD', 'hyperloglog', ...repeat(20, (index) => [`element ${index}`])],
    ['SET', 'expiring', 'in seconds', 'EX', '100000000'],
    ['SET', 'expiring too', 'in milliseconds', 'PXAT', FAR],
  ];
}

function collections(): string[][] {
  const large = noise(100, 3);
  return [
    ['RPUSH', 'list', 'a', '12', '-4000', '70000', '9000000', '5000000000', noise(70, 4), noise(1_000, 5)],
    ['RPUSH', 'list of nodes', ...repeat(30, (index) => [noise(300, index + 6)])],
    ['RPUSH', 'list with a plain node', 'a', 'x'.repeat(9_000), 'b'],
    ['SADD', 'intset of 16 bits', '1', '-2', '300'],
    ['SADD', 'intset of 32 bits', '1', '-70000', '300'],
    ['SADD', 'intset of 64 bits', '1', '-70000', '5000000000'],
    ['SADD', 'small set', 'a', 'b', '3'],
    ['SADD', 'set', large, 'b', '3'],
    ['HSET', 'small hash', 'name', 'value', 'number', '42'],
    ['HSET', 'hash that is compressed', ...repeat(60, (index) => [`field ${index}`, `the value ${index}`])],
    ['HSET', 'hash', 'name', large, 'number', '42'],
    ['ZADD', 'small sorted set', '1.5', 'a', '-2', 'b', 'inf', 'c', '-inf', 'd', '3e100', 'e'],
    ['ZADD', 'sorted set', '1.5', large, '-2', 'b', 'inf', 'c', '-inf', 'd'],
    ['GEOADD', 'places', '13.361389', '38.115556', 'Palermo', '15.087269', '37.502669', 'Catania'],
  ];
}

function streams(): string[][] {
  const entries = Array.from({ length: 150 }, (_, index) => [
    'XADD',
    'stream',
    `${1_700_000_000_000 + index * 1_000}-${index % 3}`,
    ...(index % 7 === 0 ? ['other', noise(20, index + 70)] : ['temperature', String(index), 'place', 'roof']),
  ]);
  return [
    ...entries,
    ['XDEL', 'stream', '1700000000000-0', '1700000005000-2'],
    ['XGROUP', 'CREATE', 'stream', 'readers', '0'],
    ['XGROUP', 'CREATE', 'stream', 'idle', '$'],
    ['XREADGROUP', 'GROUP', 'readers', 'first', 'COUNT', '5', 'STREAMS', 'stream', '>'],
    ['XREADGROUP', 'GROUP', 'readers', 'second', 'COUNT', '3', 'STREAMS', 'stream', '>'],
    ['XACK', 'stream', 'readers', '1700000001000-1'],
    ['XADD', 'emptied stream', '1-1', 'a', 'b'],
    ['XDEL', 'emptied stream', '1-1'],
  ];
}

function functions(): string[][] {
  const library = (name: string) =>
    `#!lua name=${name}\nredis.register_function('${name}', function(keys, args) return args[1] end)`;
  return ['mylib', 'other'].map((name) => ['FUNCTION', 'LOAD', library(name)]);
}

function expiringFields(): string[][] {
  return [
    ['HSET', 'small hash that expires', 'a', '1', 'b', '2'],
    ['HPEXPIREAT', 'small hash that expires', FAR, 'FIELDS', '1', 'a'],
    ['HSET', 'hash that expires', 'a', noise(100, 9), 'b', '2'],
    ['HPEXPIREAT', 'hash that expires', FAR, 'FIELDS', '1', 'b'],
  ];
}

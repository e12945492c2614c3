import { type Entry, intset, key, length, listpack, littleEndian, string, ziplist, zipmap } from './rdb-writer';

/** A value of each type and encoding, those among them that no server here writes, with the number of its type. */
export interface SampleValue {
  readonly name: string;
  /** Only in files of this server. @default - both */
  readonly kind?: 'redis' | 'valkey';
  readonly type: number;
  readonly bytes: Buffer;
}

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const score = (text: string): Buffer => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
const time = littleEndian(1_700_000_000_000n, 8);
const identifier = Buffer.alloc(16, 1);
const many = (count: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([length(count), ...parts]);
/** Entries of every encoding of listpacks and ziplists but the longest. */
const ENTRIES: readonly Entry[] = [
  ...['', 'a', 'b'.repeat(64), 'c'.repeat(5_000), 0, 12, 13, 127, 128, -1, -128, 4_095, -4_096],
  ...[4_096, -30_000, 40_000, -8_000_000, 9_000_000, -2_000_000_000, 3_000_000_000n, -(2n ** 63n), 2n ** 63n - 1n],
];
/** Entries where the lengths behind and before them grow, each with a short one behind it. */
const LONG_ENTRIES: readonly Entry[] = [125, 126, 249, 250, 251, 252, 16_376, 16_377, 16_378, 16_384].flatMap(
  (size) => ['e'.repeat(size), 'f'],
);
const EVEN = [...ENTRIES, ...ENTRIES];

/** A node: two items with the node's fields, one with a field of its own, one that is deleted. */
export const STREAM_NODE: readonly Entry[] = [
  ...[3, 1, 2, 'temperature', 'place', 0],
  ...[2, 0, 0, 20, 'roof', 5],
  ...[2, 1_000, 0, 21, 'roof', 5],
  ...[0, 2_000, -1, 1, 'other', 'value', 6],
  ...[3, 3_000, 0, 22, 'roof', 5],
];

/** A stream with a node, a group, its consumer, and one pending entry. @param generation 1 to 5 of the format. */
export function stream(generation: number, node: readonly Entry[] = STREAM_NODE): Buffer {
  const numbers = (count: number) => Buffer.concat(Array.from({ length: count }, (_, index) => length(index)));
  const owned = many(1, identifier);
  const group = [
    ...[string('group'), numbers(2), generation >= 2 ? length(2n ** 64n - 1n) : Buffer.alloc(0)],
    ...[many(generation >= 5 ? 2 : 1), identifier, time, length(3)],
    ...(generation >= 5 ? [Buffer.alloc(16, 2), time, length(1)] : []),
    ...[many(1), string('consumer'), time, generation >= 3 ? time : Buffer.alloc(0), owned],
    ...(generation >= 5 ? [many(1, Buffer.alloc(16, 2))] : []),
  ];
  const producers = many(1, string('producer'), many(1, string('iid'), numbers(2)));
  return Buffer.concat([
    ...[many(1, string(identifier), string(listpack(node)))],
    ...[numbers(3), generation >= 2 ? numbers(5) : Buffer.alloc(0), many(1, ...group)],
    ...(generation >= 4 ? [numbers(2), producers, numbers(2)] : []),
  ]);
}

const moduleValues = Buffer.concat([
  ...[length(1), length(7), length(2), length(2n ** 63n), length(3), Buffer.alloc(4), length(4), Buffer.alloc(8)],
  ...[length(5), string('a text'), length(5), string('ab'.repeat(40), 'lzf'), length(0)],
]);
/** The type `ReJSON-RL` in version 3, as RedisJSON has it. */
export const MODULE_TYPE = length(
  [...'ReJSON-RL'].reduce(
    (id, character) =>
      id * 64n + BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(character)),
    0n,
  ) *
    1_024n +
    3n,
  64,
);

/** Bytes that a module wrote, of every kind. */
export const MODULE_VALUES = moduleValues;

/** One value or more of each type. */
export const SAMPLE_VALUES: readonly SampleValue[] = [
  { name: 'string', type: 0, bytes: string('value') },
  { name: 'string of 8 bits', type: 0, bytes: string('-7', 'int8') },
  { name: 'string of 16 bits', type: 0, bytes: string('-700', 'int16') },
  { name: 'string of 32 bits', type: 0, bytes: string('-70000', 'int32') },
  { name: 'compressed string', type: 0, bytes: string('abc'.repeat(30_000), 'lzf') },
  { name: 'string with a length of 64 bits', type: 0, bytes: Buffer.concat([length(3, 64), Buffer.from('abc')]) },
  { name: 'long string', type: 0, bytes: string('x'.repeat(300_000)) },
  { name: 'list', type: 1, bytes: many(2, string('a'), string('1', 'int8')) },
  { name: 'set', type: 2, bytes: many(2, string('a'), string('b'.repeat(100), 'lzf')) },
  {
    name: 'sorted set',
    type: 3,
    bytes: many(
      4,
      ...['1.5', '-3e+20', '7'].flatMap((text) => [string(text), score(text)]),
      string('inf'),
      Buffer.of(254),
    ),
  },
  { name: 'hash', type: 4, bytes: many(1, string('field'), string('value')) },
  {
    name: 'sorted set 2',
    type: 5,
    bytes: many(2, string('a'), double(1.5), string('b'), double(Number.NEGATIVE_INFINITY)),
  },
  { name: 'module', type: 7, bytes: Buffer.concat([MODULE_TYPE, moduleValues]) },
  {
    name: 'zipmap',
    type: 9,
    bytes: string(
      zipmap(
        [
          ['a', 'b'],
          ['c'.repeat(300), 'd'.repeat(300)],
        ],
        3,
      ),
    ),
  },
  { name: 'list in a ziplist', type: 10, bytes: string(ziplist(ENTRIES)) },
  { name: 'list in a ziplist of long entries', type: 10, bytes: string(ziplist(LONG_ENTRIES)) },
  { name: 'intset of 16 bits', type: 11, bytes: string(intset([-5n, 0n, 300n], 2)) },
  { name: 'intset of 32 bits', type: 11, bytes: string(intset([-70_000n, 0n, 300n], 4)) },
  { name: 'intset of 64 bits', type: 11, bytes: string(intset([-(2n ** 63n), -1n, 0n, 2n ** 32n - 1n, 2n ** 32n], 8)) },
  { name: 'sorted set in a ziplist', type: 12, bytes: string(ziplist(EVEN)) },
  { name: 'hash in a ziplist', type: 13, bytes: string(ziplist(EVEN), 'lzf') },
  { name: 'quicklist', type: 14, bytes: many(2, string(ziplist(ENTRIES), 'lzf'), string(ziplist(['a']))) },
  { name: 'stream', type: 15, bytes: stream(1) },
  { name: 'hash in a listpack', type: 16, bytes: string(listpack(EVEN)) },
  { name: 'sorted set in a listpack', type: 17, bytes: string(listpack(EVEN), 'lzf') },
  {
    name: 'quicklist 2',
    type: 18,
    bytes: many(2, length(1), string('plain'.repeat(9_000)), length(2), string(listpack(ENTRIES), 'lzf')),
  },
  { name: 'stream 2', type: 19, bytes: stream(2) },
  { name: 'set in a listpack', type: 20, bytes: string(listpack(ENTRIES)) },
  { name: 'set in a listpack of long entries', type: 20, bytes: string(listpack(LONG_ENTRIES)) },
  { name: 'stream 3', type: 21, bytes: stream(3) },
  {
    name: 'hash that expires, of a candidate',
    kind: 'redis',
    type: 22,
    bytes: many(1, length(5), string('a'), string('b')),
  },
  {
    name: 'hash that expires in a listpack, of a candidate',
    kind: 'redis',
    type: 23,
    bytes: string(listpack(['a', 'b', 1_700_000_000_000n, 'c', 'd', 0])),
  },
  {
    name: 'hash that expires',
    kind: 'redis',
    type: 24,
    bytes: Buffer.concat([time, many(2, length(1), string('a'), string('b'), length(0), string('c'), string('d'))]),
  },
  {
    name: 'hash that expires in a listpack',
    kind: 'redis',
    type: 25,
    bytes: Buffer.concat([
      time,
      string(listpack(['a', 'b'.repeat(9_000), 1_700_000_000_000n, 'c', 'd', 1_700_000_000_001n])),
    ]),
  },
  { name: 'stream 4', kind: 'redis', type: 26, bytes: stream(4) },
  { name: 'stream 5', kind: 'redis', type: 27, bytes: stream(5) },
  {
    name: 'array',
    kind: 'redis',
    type: 28,
    bytes: many(
      4,
      ...[length(1), length(7)],
      ...[length(0), length(0), string('text'), length(1), length(1), Buffer.alloc(8)],
      ...[length(5), length(2), double(1.5), length(6), length(3), string('small')],
    ),
  },
  {
    name: 'hash that expires, of Valkey',
    kind: 'valkey',
    type: 22,
    bytes: many(2, string('a'), string('b'), time, string('c'), string('d'), littleEndian(-1n, 8)),
  },
];

/** A key for each value that a server may have. @param maxBytes longer ones are left out */
export function sampleKeys(kind: 'redis' | 'valkey', maxBytes = Number.POSITIVE_INFINITY): Buffer[] {
  return SAMPLE_VALUES.filter((value) => (value.kind ?? kind) === kind && value.bytes.length <= maxBytes).map(
    ({ name, type, bytes }) => key(type, bytes, name),
  );
}

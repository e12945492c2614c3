/** Faults inside values. The checksum of each file is right, so that only the structure can tell. */
import { RdbError } from '../../../engine/rdb/rdb-error';
import { verdictOn } from './fixtures';
import {
  type Entry,
  intset,
  key,
  length,
  listpack,
  littleEndian,
  lzf,
  rdbFile,
  string,
  ziplist,
  zipmap,
} from './rdb-writer';
import { MODULE_TYPE, STREAM_NODE, stream } from './sample-values';

/** The fault that a value is found to have, whether it lies whole in the window or comes in small pieces. */
async function problemOf(type: number, value: Buffer, kind: 'redis' | 'valkey' = 'redis'): Promise<string> {
  const file = rdbFile([key(type, value)], { kind, version: kind === 'redis' ? 14 : 80 });
  const problems = new Set<string>();
  for (const pieceBytes of [1 << 20, file.length < 10_000 ? 1 : 997]) {
    const error = await verdictOn(file, pieceBytes).then(
      () => 'none',
      (thrown: unknown) => (thrown instanceof RdbError ? thrown : Promise.reject(thrown)),
    );
    const told = error instanceof RdbError ? `${error.fault}: ${error.message}` : error;
    problems.add(told.replace(/RDB file, byte \d+: /, '').replace(/\. HINT: .*/, ''));
  }
  expect([...problems]).toHaveLength(1);
  return [...problems].join();
}

/** A copy with other bytes at a place; a negative place counts from the end. */
function changed(bytes: Buffer, place: number, ...values: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, place < 0 ? bytes.length + place : place);
  return copy;
}

const LZF_OF = (stored: Buffer, contentBytes: number): Buffer =>
  Buffer.concat([Buffer.of(0xc3), length(stored.length), length(contentBytes), stored]);

describe('strings', () => {
  const text = 'abcabcabcabcabcabcabc';
  const tooLong = 'a compressed string does not come out as long as the file says';
  const tooEarly = 'a compressed string ends too early, or refers to bytes before its begin';

  test.each([
    ['an encoding that there is not', Buffer.of(0xc5, 1), 'a string has encoding 5, there are 0 to 3'],
    ['a length that there is not', Buffer.of(0x82, 1, 1), 'a length begins with byte 130, which no length does'],
    ['a compressed one that is longer', LZF_OF(lzf(Buffer.from(text)), text.length - 1), tooLong],
    ['a compressed one that is shorter', LZF_OF(lzf(Buffer.from(text)), text.length + 1), tooLong],
    ['a compressed one cut in a literal run', LZF_OF(Buffer.of(5, 1, 2), 6), tooEarly],
    ['a compressed one cut in a reference', LZF_OF(Buffer.of(0, 1, 0x20), 4), tooEarly],
    ['a compressed one cut in a long reference', LZF_OF(Buffer.of(0, 1, 0xe0, 1), 11), tooEarly],
    ['a reference before the begin', LZF_OF(Buffer.of(0, 1, 0x20, 1), 4), tooEarly],
    ['a compressed length that is a string', Buffer.of(0xc3, 0xc0, 1), 'the stored length of a compressed string is'],
  ])('%s', async (_, value, problem) => {
    expect(await problemOf(0, value)).toContain(`corrupt: ${problem}`);
  });

  test('a long compressed one that claims another length', async () => {
    const content = Buffer.from('0123456789'.repeat(30_000));
    expect(await problemOf(0, LZF_OF(lzf(content), content.length + 1))).toContain(tooLong);
    expect(await problemOf(0, LZF_OF(lzf(content), content.length - 1))).toContain(tooLong);
  });

  test('a length that the file does not have', async () => {
    for (const bytes of [length(1_000), length(2 ** 31, 32), length(2n ** 63n, 64)]) {
      expect(await problemOf(0, bytes)).toMatch(/^truncated: the file ends inside a string/);
    }
    expect(await problemOf(2, length(2n ** 64n - 1n, 64))).toMatch(/^(corrupt|truncated): /);
  });
});

describe('scores', () => {
  test.each([
    ['no number', 3, Buffer.concat([length(1), string('a'), Buffer.of(253), Buffer.alloc(253, 0x30)])],
    ['a text that is none', 3, Buffer.concat([length(1), string('a'), Buffer.of(3), Buffer.from('1.x')])],
    ['no number in binary', 5, Buffer.concat([length(1), string('a'), Buffer.of(0, 0, 0, 0, 0, 0, 0xf8, 0x7f)])],
    ['another one', 5, Buffer.concat([length(1), string('a'), Buffer.of(1, 0, 0, 0, 0, 0, 0xf0, 0xff)])],
  ])('%s', async (_, type, value) => {
    expect(await problemOf(type, value)).toBe('corrupt: a score is no number');
  });
});

/** What a listpack, ziplist, intset or zipmap may have wrong, as the content of a string of either kind. */
async function problemsOfContent(type: number, content: Buffer): Promise<string> {
  const plain = await problemOf(type, string(content));
  expect(await problemOf(type, string(content, 'lzf'))).toBe(plain);
  return plain;
}

const CUT_ENTRY = 'an entry of a listpack reaches beyond its end, or begins with a byte that none does';

describe('listpacks', () => {
  const good = listpack(['abc', 5, 'x'.repeat(100), -70_000]);
  const long = listpack(['x'.repeat(70_000), 'y'.repeat(70_000)]);

  test.each<[string, Buffer, string]>([
    ['too short', good.subarray(0, 6), 'a listpack has 6 bytes, must have 7 or more'],
    ['another length', changed(good, 0, 5), 'a listpack of 122 bytes says it has 5'],
    ['another number of entries', listpack(['a', 'b'], 3), 'a listpack of 2 entries says it has 3'],
    ['no terminator', changed(good, -1, 1), 'a listpack does not end with 255'],
    ['an entry that is none', changed(good, 6, 0xf5), CUT_ENTRY],
    ['an entry that is too long', changed(good, 6, 0xbf), 'the length behind an entry of a listpack is not that'],
    ['a last entry that is too long', listpackOf(Buffer.of(0x85, 1, 2)), CUT_ENTRY],
    ['a head that is cut', listpackOf(Buffer.of(0xf0, 1)), CUT_ENTRY],
    ['another length behind an entry', changed(good, 10, 9), 'the length behind an entry of a listpack is not that'],
    [
      'another length behind a long entry',
      changed(long, 70_012, 0),
      'the length behind an entry of a listpack is not that',
    ],
  ])('%s', async (_, content, problem) => {
    expect(await problemsOfContent(20, content)).toContain(`corrupt: ${problem}`);
  });

  test('stored as an integer', async () => {
    expect(await problemOf(20, string('5', 'int8'))).toContain('a set is stored as an integer or in an encoding that');
  });

  test('a field without a value', async () => {
    expect(await problemOf(16, string(listpack(['a', 'b', 'c'])))).toBe(
      'corrupt: a hash has 3 entries, must have a multiple of 2',
    );
  });

  test('the highest length of 14 and of 21 bits stands behind an entry in as many bytes, or in one more', async () => {
    for (const [size, short, long] of [
      [16_383, [0x7f, 0xff], [0, 0xff, 0xff]],
      [2_097_151, [0x7f, 0xff, 0xff], [0, 0xff, 0xff, 0xff]],
    ] as const) {
      const text = Buffer.concat([Buffer.of(0xf0), littleEndian(BigInt(size - 5), 4), Buffer.alloc(size - 5, 'x')]);
      for (const behind of [short, long]) {
        expect(await problemsOfContent(20, listpackOf(Buffer.concat([text, Buffer.from(behind)])))).toBe('none');
      }
      const cut = listpackOf(Buffer.concat([text, Buffer.from(short).subarray(1)]));
      expect(await problemsOfContent(20, cut)).toMatch(/reaches beyond its end|is not that of the entry/);
    }
  });

  test('another length takes no byte more', async () => {
    const padded = Buffer.concat([
      Buffer.of(0xe0, 200),
      Buffer.alloc(200, 'x'),
      Buffer.of(0, 0x81, 0x80 | (202 % 128)),
    ]);
    expect(await problemsOfContent(20, listpackOf(padded))).toContain('the length behind an entry');
  });

  test('the length behind the last entry is cut', async () => {
    const cut = Buffer.concat([Buffer.of(0xe0, 200), Buffer.alloc(200, 'x'), Buffer.of(1)]);
    expect(await problemsOfContent(20, listpackOf(cut))).toContain(CUT_ENTRY);
  });

  test('a compressed one with more behind its end', async () => {
    const content = listpack(['abc', 'x'.repeat(100)]);
    const value = LZF_OF(Buffer.concat([lzf(content), lzf(Buffer.from([...Array(200).keys()]))]), content.length);
    expect(await problemOf(20, value)).toBe('corrupt: a compressed string does not come out as long as the file says');
  });

  test('of more entries than the header counts is counted', async () => {
    const entries = Array.from({ length: 70_000 }, (_, index) => index % 100);
    expect(await problemOf(20, string(listpack(entries)))).toBe('none');
    expect(await problemOf(20, string(listpack(entries.slice(1), 65_534)))).toContain('says it has 65534');
  });

  test.each<[string, readonly Entry[]]>([
    ['a text', ['a', 'b', 'c']],
    ['a negative one', ['a', 'b', -1]],
    ['one that is too late', ['a', 'b', 2n ** 48n]],
    ['one before the other', ['a', 'b', 5, 'c', 'd', 4]],
    ['one behind none', ['a', 'b', 0, 'c', 'd', 4]],
  ])('a time of expiry that is %s', async (_, entries) => {
    expect(await problemOf(25, Buffer.concat([Buffer.alloc(8), string(listpack(entries))]))).toBe(
      'corrupt: the expiry of a field is no time, or not in order',
    );
  });
});

/** A listpack of these bytes, with its right length. */
function listpackOf(entries: Buffer): Buffer {
  return Buffer.concat([littleEndian(BigInt(entries.length + 7), 4), Buffer.of(1, 0), entries, Buffer.of(255)]);
}

describe('ziplists', () => {
  const good = ziplist(['abc', 5, 'x'.repeat(300), -70_000]);
  const cut = 'an entry of a ziplist reaches beyond its end, or has an encoding that there is not';

  test.each<[string, Buffer, string]>([
    ['too short', good.subarray(0, 10), 'a ziplist has 10 bytes, must have 11 or more'],
    ['another length', changed(good, 0, 5), 'a ziplist of 330 bytes says it has 261'],
    ['another place of the last entry', changed(good, 4, 10, 0), 'and said to be at 10'],
    ['another number of entries', ziplist(['a', 'b'], 3), 'a ziplist of 2 entries says it has 3'],
    ['no terminator', changed(good, -1, 1), 'a ziplist does not end with 255'],
    ['an encoding that there is not', changed(good, 11, 0xc1), cut],
    ['an entry that is too long', changed(ziplist(['abc']), 11, 0x3f), cut],
    ['another length of the entry before', changed(good, 15, 7), 'an entry of a ziplist has 5 bytes, and 7 say those'],
    ['an empty one whose last entry is outside', changed(ziplist([]), 4, 11), 'and said to be at 11'],
  ])('%s', async (_, content, problem) => {
    expect(await problemsOfContent(10, content)).toContain(problem);
  });

  test('a member without a score', async () => {
    expect(await problemOf(12, string(ziplist(['a'])))).toContain('must have a multiple of 2');
  });

  test('a long length before a short entry is no fault', async () => {
    const content = Buffer.concat([
      ...[littleEndian(19n, 4), littleEndian(13n, 4), Buffer.of(2, 0), Buffer.of(0, 1, 0x61)],
      ...[Buffer.of(254, 3, 0, 0, 0), Buffer.of(0xf1), Buffer.of(255)],
    ]);
    content.writeUInt32LE(content.length);
    expect(await problemsOfContent(10, content)).toBe('none');
  });
});

describe('intsets', () => {
  test.each<[string, Buffer, string]>([
    ['too short', Buffer.alloc(7), 'an intset has 7 bytes, must have 8 or more'],
    [
      'integers of 3 bytes',
      changed(intset([1n], 2), 0, 3),
      'the integers of an intset have 3 bytes, must have 2, 4 or 8',
    ],
    ['another number', changed(intset([1n, 2n], 2), 4, 3), 'an intset of 12 bytes says it has 3 integers of 2 bytes'],
    ['none', intset([], 2), 'an intset of 8 bytes says it has 0 integers of 2 bytes'],
    ['one twice', intset([5n, 5n], 2), 'the integers of an intset do not ascend'],
    ['a lower one, of 16 bits', intset([5n, -5n], 2), 'the integers of an intset do not ascend'],
    ['a lower one, of 32 bits', intset([70_000n, -70_000n], 4), 'the integers of an intset do not ascend'],
    ['a lower one, of 64 bits', intset([2n ** 40n, 2n ** 32n], 8), 'the integers of an intset do not ascend'],
    ['one twice, of 64 bits', intset([2n ** 40n, 2n ** 40n], 8), 'the integers of an intset do not ascend'],
    [
      'a lower one in the lower half',
      intset([2n ** 40n + 1n, 2n ** 40n], 8),
      'the integers of an intset do not ascend',
    ],
  ])('%s', async (_, content, problem) => {
    expect(await problemsOfContent(11, content)).toBe(`corrupt: ${problem}`);
  });

  test('longer than a window', async () => {
    const values = Array.from({ length: 100_000 }, (_, index) => BigInt(index));
    expect(await problemsOfContent(11, intset(values, 4))).toBe('none');
    expect(await problemsOfContent(11, intset([...values, 99_999n], 4))).toContain('do not ascend');
  });
});

describe('zipmaps', () => {
  const good = zipmap([['a', 'b']]);
  const beyond = 'an entry of a zipmap reaches beyond its end';

  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), beyond],
    ['no pairs', Buffer.of(0, 255), 'a zipmap of 0 pairs says it has 0'],
    ['another number of pairs', changed(good, 0, 2), 'a zipmap of 1 pairs says it has 2'],
    ['a field without a value', Buffer.of(1, 1, 0x61, 255), 'a zipmap ends behind a field without a value'],
    ['a field that is too long', changed(good, 1, 100), beyond],
    ['no terminator', good.subarray(0, -1), beyond],
    ['bytes behind its end', Buffer.concat([good, Buffer.of(1)]), 'a zipmap ends 1 bytes before its string does'],
  ])('%s', async (_, content, problem) => {
    expect(await problemOf(9, string(content))).toBe(`corrupt: ${problem}`);
  });
});

describe('lists, arrays and modules', () => {
  test('a node of another kind', async () => {
    expect(await problemOf(18, Buffer.concat([length(1), length(3), string('a')]))).toBe(
      'corrupt: a node of a list is of kind 3, must be 1 or 2',
    );
  });

  test('an element of another kind', async () => {
    expect(await problemOf(28, Buffer.concat([length(1), length(0), length(0), length(4)]))).toBe(
      'corrupt: an element of an array has kind 4, there are 0 to 3',
    );
  });

  test('a value of a module of another kind', async () => {
    expect(await problemOf(7, Buffer.concat([MODULE_TYPE, length(6)]))).toBe(
      'corrupt: a value of a module has kind 6, there are 0 to 5',
    );
  });

  test('data of a module that do not say when they are loaded', async () => {
    const file = rdbFile([Buffer.concat([Buffer.of(247), MODULE_TYPE, length(1), length(1), length(0)])]);
    await expect(verdictOn(file)).rejects.toThrow("the time of loading of a module's data has kind 1, must have 2");
  });
});

describe('streams', () => {
  const replaced = (place: number, entry: Entry): readonly Entry[] => STREAM_NODE.with(place, entry);

  test.each<[string, readonly Entry[], string]>([
    ['a text for a number', replaced(0, 'three'), 'a text for items'],
    ['a negative number', replaced(1, -1), '-1 for deleted items'],
    ['no terminator', replaced(5, 1), '1 behind the names of its fields, must be 0'],
    ['another number of entries of an item', replaced(11, 6), 'an item of 5 entries that says it has 6'],
    ['another one, of an item with a field of its own', replaced(24, 5), 'an item of 6 entries that says it has 5'],
    ['fewer items', replaced(0, 4), 'fewer entries than it announces'],
    ['more items', replaced(0, 2), 'entries behind its last item'],
    ['nothing', [], 'fewer entries than it announces'],
  ])('a node with %s', async (_, node, problem) => {
    expect(await problemOf(21, stream(3, node))).toBe(`corrupt: a node of a stream has ${problem}`);
  });

  test('an identifier of another length', async () => {
    expect(await problemOf(15, Buffer.concat([length(1), string('short')]))).toBe(
      'corrupt: an identifier of a stream has 5 bytes, must have 16',
    );
  });

  test.each<[string, number, readonly Buffer[]]>([
    ['that no consumer has', 1, []],
    ['that another consumer has too', 1, [Buffer.alloc(16), Buffer.alloc(16)]],
    ['that is another one than its consumer has', 1, [Buffer.alloc(16, 1)]],
    ['that only its consumer has', 0, [Buffer.alloc(16)]],
  ])('a pending entry %s', async (_, pending, owned) => {
    const entries = Buffer.concat([length(pending), ...Array(pending).fill(Buffer.alloc(25))]);
    const consumer = Buffer.concat([string('consumer'), Buffer.alloc(8), length(owned.length), ...owned]);
    const group = Buffer.concat([string('group'), length(1), length(1), entries, length(1), consumer]);
    expect(await problemOf(15, Buffer.concat([length(0), length(0), length(0), length(0), length(1), group]))).toBe(
      'corrupt: the pending entries of a group are not those that its consumers have, or that were refused',
    );
  });
});

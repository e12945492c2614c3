import { RdbError } from '../../../engine/rdb/rdb-error';
import { verifyRdb } from '../../../engine/rdb/verify';
import { faultOf, fixture, fixtureNames, pieces, verdictOn } from './fixtures';
import { header, key, length, littleEndian, rdbFile, string } from './rdb-writer';
import { MODULE_TYPE, MODULE_VALUES, SAMPLE_VALUES, sampleKeys } from './sample-values';

const KEY = key(0, string('value'));
const opcode = (code: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(code), ...parts]);
const select = (index: number | bigint): Buffer => opcode(254, length(index));
const field = (name: string, value: string): Buffer => opcode(250, string(name), string(value));

async function errorOf(bytes: Uint8Array): Promise<RdbError> {
  const error = await verdictOn(bytes).catch((thrown: unknown) => thrown);
  if (error instanceof RdbError) return error;
  throw new Error(`There was no RdbError but ${JSON.stringify(error)}`);
}

describe('files that servers wrote', () => {
  const SERVERS = [
    ['redis-6.2', { kind: 'redis', version: 9, ownVersion: { 'redis-ver': '6.2.5' }, keys: 30, functions: 0 }],
    ['redis-7.0', { kind: 'redis', version: 10, ownVersion: { 'redis-ver': '7.0.15' }, keys: 30, functions: 2 }],
    ['valkey-9.1', { kind: 'valkey', version: 80, ownVersion: { 'valkey-ver': '9.1.2' }, keys: 32, functions: 2 }],
  ] as const;

  test.each(SERVERS)(
    '%s: every type, compressed and not',
    async (name, { kind, version, ownVersion, keys, functions }) => {
      for (const compression of ['types', 'plain']) {
        const file = fixture(`${name}-${compression}.rdb`);
        expect(await verdictOn(file)).toEqual({
          ...{ kind, version, bytes: file.length, checksum: 'verified', functions, modules: [], trailingBytes: 0 },
          databases: [
            { index: 0, keys, expires: 2, announced: { keys, expires: 2 } },
            { index: 3, keys: 2, expires: 1, announced: { keys: 2, expires: 1 } },
            { index: 9, keys: 1, expires: 1, announced: { keys: 1, expires: 1 } },
          ],
          aux: expect.objectContaining({ ...ownVersion, 'redis-bits': '64', ctime: expect.stringMatching(/^\d{10}$/) }),
        });
      }
    },
  );

  test('how long a key was not used stands before it', async () => {
    for (const name of fixtureNames('idle')) {
      expect(fixture(name).includes(248)).toBe(true);
      expect((await verdictOn(fixture(name))).databases).toEqual([expect.objectContaining({ keys: 7, expires: 1 })]);
    }
  });
});

describe('every type of value', () => {
  test.each(SAMPLE_VALUES)('$name (type $type) counts as a key', async ({ type, bytes, kind = 'redis' }) => {
    const version = kind === 'redis' ? 14 : 80;
    const file = rdbFile([select(0), key(type, bytes), KEY], { kind, version });
    for (const pieceBytes of [1 << 20, 65_536, 7]) {
      const { databases, checksum } = await verdictOn(file, pieceBytes);
      expect(databases).toEqual([{ index: 0, keys: 2, expires: 0 }]);
      expect(checksum).toBe('verified');
    }
  });

  test.each(['redis', 'valkey'] as const)('all together, of %s', async (kind) => {
    const keys = sampleKeys(kind);
    const { databases } = await verdictOn(rdbFile(keys, { kind, version: kind === 'redis' ? 14 : 80 }));
    expect(databases).toEqual([{ index: 0, keys: keys.length, expires: 0 }]);
  });

  test('a key without elements does not count, as servers throw it away', async () => {
    const empty = key(1, length(0));
    const { databases } = await verdictOn(rdbFile([opcode(252, littleEndian(1n, 8)), empty, KEY]));
    expect(databases).toEqual([{ index: 0, keys: 1, expires: 0 }]);
  });
});

describe('what stands between keys', () => {
  test('keys are counted by database, with those that expire', async () => {
    const soon = [opcode(252, littleEndian(1n, 8)), opcode(253, Buffer.alloc(4))];
    const records = [select(7), soon[0], KEY, KEY, select(300), soon[1], KEY, select(7), KEY].map(
      (part) => part as Buffer,
    );
    expect((await verdictOn(rdbFile(records))).databases).toEqual([
      { index: 7, keys: 3, expires: 1 },
      { index: 300, keys: 1, expires: 1 },
    ]);
  });

  test('the numbers of keys that are announced are told beside those that are there', async () => {
    const { databases } = await verdictOn(rdbFile([select(1), opcode(251, length(5), length(2)), KEY]));
    expect(databases).toEqual([{ index: 1, keys: 1, expires: 0, announced: { keys: 5, expires: 2 } }]);
  });

  test('only well known fields are told, and none that is long or not printable', async () => {
    const fields = [field('redis-ver', '7.2.4'), field('repl-id', 'secret'), field('used-mem', 'x'.repeat(65))];
    const numbers = opcode(250, string('ctime'), string('1700000000', 'int32'));
    const negative = opcode(250, string('aof-base'), string('-1', 'int8'));
    const odd = field('redis-bits', 'a\u0007');
    expect((await verdictOn(rdbFile([...fields, numbers, negative, odd, field('x'.repeat(400_000), '')]))).aux).toEqual(
      {
        'redis-ver': '7.2.4',
        ctime: '1700000000',
        'aof-base': '-1',
      },
    );
  });

  test('functions are counted, and types of modules are named', async () => {
    const data = opcode(247, MODULE_TYPE, length(2), length(1), MODULE_VALUES);
    const library = opcode(245, string('#!lua name=a\n'));
    const records = [data, library, library, key(7, Buffer.concat([MODULE_TYPE, MODULE_VALUES])), data];
    const { functions, modules } = await verdictOn(rdbFile(records));
    expect({ functions, modules }).toEqual({ functions: 2, modules: ['ReJSON-RL'] });
  });

  test('frequency, idle time and sizes of slots are passed over', async () => {
    const records = [
      opcode(249, Buffer.of(5)),
      opcode(248, length(70)),
      opcode(244, length(1), length(2), length(3)),
      KEY,
    ];
    expect((await verdictOn(rdbFile(records))).databases).toEqual([{ index: 0, keys: 1, expires: 0 }]);
  });

  test('opcode 243 is metadata of a key in files of Redis, and an import of slots in those of Valkey', async () => {
    const metadata = opcode(243, length(1), Buffer.alloc(4), MODULE_VALUES);
    const slots = opcode(243, string('a'.repeat(40)), length(2), length(1), length(2), length(500), length(16_383));
    for (const [records, kind, version] of [
      [[metadata, KEY], 'redis', 13],
      [[slots, KEY], 'valkey', 80],
    ] as const) {
      const { databases } = await verdictOn(rdbFile(records, { kind, version }));
      expect(databases).toEqual([{ index: 0, keys: 1, expires: 0 }]);
    }
  });
});

describe('the end of a file', () => {
  test('a checksum that the server did not write is told', async () => {
    const { checksum, trailingBytes } = await verdictOn(rdbFile([KEY], { checksum: 'disabled' }));
    expect({ checksum, trailingBytes }).toEqual({ checksum: 'disabled', trailingBytes: 0 });
  });

  test('versions before 5 have no checksum', async () => {
    const { checksum, databases } = await verdictOn(rdbFile([KEY], { version: 4 }));
    expect({ checksum, databases }).toEqual({ checksum: 'none', databases: [{ index: 0, keys: 1, expires: 0 }] });
  });

  test('bytes behind the end are counted, however many', async () => {
    const file = rdbFile([KEY]);
    for (const trailingBytes of [1, 8, 1_000_000]) {
      const verdict = await verdictOn(Buffer.concat([file, Buffer.alloc(trailingBytes, 1)]));
      expect(verdict).toMatchObject({ checksum: 'verified', trailingBytes, bytes: file.length + trailingBytes });
    }
  });

  test('a wrong checksum is told with both numbers', async () => {
    const file = rdbFile([KEY]);
    file.writeBigUInt64LE(0x1234n, file.length - 8);
    expect(await errorOf(file)).toMatchObject({
      fault: 'checksum',
      offset: file.length,
      message: expect.stringMatching(/the CRC64 is [0-9a-f]{16}, must be 0000000000001234\. HINT: bytes changed/),
    });
  });

  test('a version that a flipped bit turned into one without a checksum is found', async () => {
    const records = [field('redis-ver', '7.2.4'), select(0), KEY];
    expect(await errorOf(Buffer.concat([header('redis', 1), rdbFile(records).subarray(9)]))).toMatchObject({
      fault: 'corrupt',
      message: expect.stringContaining('a file of version 1 cannot have type or opcode 250'),
    });
    expect(
      await errorOf(Buffer.concat([header('redis', 4), rdbFile([KEY], { version: 6 }).subarray(9)])),
    ).toMatchObject({
      fault: 'corrupt',
      message: expect.stringContaining('as many bytes as a checksum has follow a file of version 4'),
    });
    expect(await faultOf(rdbFile([key(14, length(0))], { version: 4 }))).toBe('corrupt');
  });
});

describe('what is no file, or not a known one', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'truncated', 0],
    ['a part of a header', Buffer.from('REDIS00'), 'truncated', 0],
    ['another header', Buffer.from('PGDMP0011....'), 'corrupt', 0],
    ['a header without digits', Buffer.from('REDIS00x1....'), 'corrupt', 0],
    ['version 0', header('redis', 0), 'unknown', 0],
    ['a version of Redis that is newer', header('redis', 15), 'unknown', 0],
    ['a version of Valkey that is newer', header('valkey', 82), 'unknown', 0],
    ['a version that Valkey never had', header('valkey', 11), 'unknown', 0],
    ['an opcode of candidates', rdbFile([opcode(246)]), 'unknown', 10],
    ['an opcode that there is not', rdbFile([opcode(200)]), 'unknown', 10],
    ['a type of candidates', rdbFile([key(6, string('a'))]), 'unknown', 10],
    ['a type that there is not', rdbFile([key(29, string('a'))]), 'unknown', 10],
    ['a type that only Redis has', rdbFile([key(24, string('a'))], { kind: 'valkey', version: 80 }), 'unknown', 10],
  ])('%s', async (_, bytes, fault, offset) => {
    expect(await errorOf(bytes)).toMatchObject({ fault, offset, message: expect.stringContaining('HINT: ') });
  });

  test('more databases than any server has are too many to count', async () => {
    const records = Array.from({ length: 65_537 }, (_, index) => [select(index), KEY]).flat();
    expect(await faultOf(rdbFile(records))).toBe('limit');
  });

  test('no more than 100 types of modules are named', async () => {
    const records = Array.from({ length: 101 }, (_, index) =>
      key(7, Buffer.concat([length(BigInt(index) << 10n, 64), length(0)])),
    );
    expect((await verdictOn(rdbFile(records))).modules).toHaveLength(100);
  });

  test('the message names neither keys nor values', async () => {
    const error = await errorOf(rdbFile([key(24, string('a'), 'secret-key')], { kind: 'valkey', version: 80 }));
    expect(error.message).not.toContain('secret');
  });
});

describe('a stream', () => {
  test('that fails is no fault of the file', async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield rdbFile([KEY]).subarray(0, 12);
      throw new Error('connection lost');
    }
    await expect(verifyRdb(failing())).rejects.toThrow('connection lost');
  });

  test('is closed at the first fault', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      try {
        for (;;) yield Buffer.from('no RDB file');
      } finally {
        closed = true;
      }
    }
    await expect(verifyRdb(endless())).rejects.toThrow(RdbError);
    expect(closed).toBe(true);
  });

  test('may give empty pieces, and several are read at the same time', async () => {
    async function* withGaps(bytes: Buffer): AsyncGenerator<Uint8Array, void> {
      for await (const piece of pieces(bytes, 1_000)) {
        yield Buffer.alloc(0);
        yield piece;
      }
    }
    const names = fixtureNames('types');
    const verdicts = await Promise.all(names.map((name) => verifyRdb(withGaps(fixture(name)))));
    expect(verdicts).toEqual(await Promise.all(names.map((name) => verdictOn(fixture(name)))));
  });
});

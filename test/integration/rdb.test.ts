/** Real servers of both kinds save files; the walk over them and the servers' own check come to the same. */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import { verifyRdb } from '../../engine/rdb/verify';
import { type RedisServer, startRedis } from '../../local/redis/server';
import { Teardown } from '../../local/teardown';
import { faultOf, fixture } from '../engine/rdb/fixtures';
import { withChecksum } from '../engine/rdb/rdb-writer';
import { noise, type RedisCommand, type SendCommand, sampleCommands } from '../engine/rdb/sample-data';

jest.setTimeout(300_000);

describe.each(['valkey', 'redis'] as const)('%s', (flavour) => {
  const teardown = new Teardown();
  let folder: string;
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;
  const send: SendCommand = (command) => client.sendCommand([...command]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-rdb-'));
    server = await startRedis({ teardown, folder, flavour });
    client = createClient({ socket: { host: server.host, port: server.port, reconnectStrategy: false } });
    client.on('error', () => undefined);
    await client.connect();
    const knows = async (command: string) => JSON.stringify(await send(['COMMAND', 'INFO', command])) !== '[null]';
    const features = { functions: await knows('FUNCTION'), fieldExpiry: await knows('HPEXPIREAT') };
    for (const command of [...sampleCommands(features), ...moreCommands()]) await send(command);
  });

  afterAll(async () => {
    client?.destroy();
    await teardown.run();
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['compressed', ['rdbcompression', 'yes']],
    ['plain', ['rdbcompression', 'no']],
    ['with how often keys are used', ['maxmemory-policy', 'allkeys-lfu']],
    ['with how long keys were not used', ['maxmemory-policy', 'allkeys-lru']],
  ] as const)('a file that is %s: same version, keys, expiries and checksum', async (_, setting) => {
    await send(['CONFIG', 'SET', ...setting]);
    await send(['SAVE']);
    const verdict = await verifyRdb(createReadStream(server.rdbFile));
    const checked = await serversCheck(server, server.rdbFile);
    expect(checked.passes).toBe(true);
    expect(verdict.checksum === 'verified').toBe(checked.output.includes('Checksum OK'));
    const sum = (count: 'keys' | 'expires') =>
      verdict.databases.reduce((total, database) => total + database[count], 0);
    expect(sum('keys')).toBe(numberBefore(' keys read', checked.output));
    expect(sum('expires')).toBe(numberBefore(' expires', checked.output));
    expect(verdict.databases.map(({ index, keys, expires }) => ({ index, keys, expires }))).toEqual(
      await keyspace(send),
    );
    expect(verdict.databases.every(({ keys, announced }) => announced?.keys === keys)).toBe(true);
  });

  test('what the server finds damaged, the walk does too; and nothing that the server takes', async () => {
    const good = fixture(flavour === 'valkey' ? 'valkey-9.1-types.rdb' : 'redis-6.2-types.rdb');
    const file = join(folder, 'damaged.rdb');
    const outcomes = { bothPass: 0, bothFail: 0, onlyServerFails: 0, onlyWalkFails: 0 };
    for (let place = 130; place < good.length - 9; place += 211) {
      const damaged = Buffer.from(good);
      damaged.writeUInt8(damaged.readUInt8(place) ^ 0x41, place);
      await writeFile(file, withChecksum(damaged));
      const { passes } = await serversCheck(server, file);
      const isWhole = (await faultOf(withChecksum(damaged))) === 'none';
      if (passes) outcomes[isWhole ? 'bothPass' : 'onlyWalkFails'] += 1;
      else outcomes[isWhole ? 'onlyServerFails' : 'bothFail'] += 1;
    }
    expect(outcomes).toMatchObject({ onlyServerFails: 0, onlyWalkFails: 0 });
    expect(outcomes.bothFail).toBeGreaterThan(10);
    expect(outcomes.bothPass).toBeGreaterThan(10);
  });
});

/** Long values, so that files are longer than any window; and elements where the lengths behind and before them grow. */
function moreCommands(): RedisCommand[] {
  const borders = [125, 126, 249, 250, 251, 252, 16_376, 16_377, 16_378, 16_379];
  const atBorders: RedisCommand[] = [
    ['CONFIG', 'SET', 'list-max-ziplist-size', '-5'],
    ...borders.map((length): RedisCommand => ['RPUSH', `border ${length}`, noise(length, length), 'a']),
  ];
  const long = Array.from({ length: 40 }, (_, index) => [
    ['SET', `long ${index}`, noise(30_000, index + 1)] as RedisCommand,
    [
      'RPUSH',
      'long list',
      ...Array.from({ length: 200 }, (__, item) => noise(40, index * 200 + item + 1)),
    ] as RedisCommand,
  ]).flat();
  return [...atBorders, ...long];
}

async function serversCheck({ checkRdb }: RedisServer, file: string): Promise<{ passes: boolean; output: string }> {
  return promisify(execFile)(checkRdb, [file]).then(
    ({ stdout }) => ({ passes: true, output: stdout }),
    (error: { stdout?: string }) => ({ passes: false, output: error.stdout ?? '' }),
  );
}

/** Some servers count for all databases, others for each. */
function numberBefore(unit: string, output: string): number {
  const numbers = [...output.matchAll(new RegExp(`(\\d+)${unit}`, 'g'))].map(([, digits]) => Number(digits));
  return numbers.reduce((total, number) => total + number, 0);
}

async function keyspace(send: SendCommand): Promise<{ index: number; keys: number; expires: number }[]> {
  const text = String(await send(['INFO', 'keyspace']));
  return [...text.matchAll(/db(\d+):keys=(\d+),expires=(\d+)/g)].map(([, ...digits]) => {
    const [index = 0, keys = 0, expires = 0] = digits.map(Number);
    return { index, keys, expires };
  });
}

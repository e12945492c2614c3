import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { startRedis } from '../../../local/redis/server';
import { Teardown } from '../../../local/teardown';
import { type RedisCommand, sampleCommands, TINY_COMMANDS } from './sample-data';

/**
 * Writes the files of test/engine/rdb/fixtures with a genuine server, by hand; once for each server:
 *
 *     npm run build
 *     node dist/test/engine/rdb/make-fixtures.js test/engine/rdb/fixtures valkey|redis
 *
 * The server is the one in PATH, otherwise that of the wheel (docs/decisions/local-servers.md).
 */
async function main(fixtures: string, flavour: string): Promise<void> {
  if (flavour !== 'valkey' && flavour !== 'redis') {
    throw new Error('Two arguments are needed. HINT: name the folder of fixtures, then valkey or redis.');
  }
  const teardown = new Teardown();
  const folder = mkdtempSync(join(tmpdir(), 'rdb-fixtures-'));
  try {
    const server = await startRedis({ teardown, folder, flavour });
    const name = `${flavour}-${server.version.split('.').slice(0, 2).join('.')}`;
    const client = createClient({ socket: { host: server.host, port: server.port, reconnectStrategy: false } });
    // Commands that wait are told of it too.
    client.on('error', () => undefined);
    await client.connect();
    const send = (command: RedisCommand) => client.sendCommand([...command]);
    const save = async (kind: string, commands: readonly RedisCommand[], ...settings: readonly [string, string][]) => {
      await send(['FLUSHALL']);
      if (features.functions) await send(['FUNCTION', 'FLUSH']);
      for (const [setting, value] of settings) await send(['CONFIG', 'SET', setting, value]);
      for (const command of commands) await send(command);
      await send(['SAVE']);
      copyFileSync(server.rdbFile, join(fixtures, `${name}-${kind}.rdb`));
    };
    const knows = async (command: string) => JSON.stringify(await send(['COMMAND', 'INFO', command])) !== '[null]';
    const features = { functions: await knows('FUNCTION'), fieldExpiry: await knows('HPEXPIREAT') };
    const sample = sampleCommands(features);
    await save('tiny', TINY_COMMANDS);
    await save('plain', sample, ['rdbcompression', 'no']);
    await save('types', sample, ['rdbcompression', 'yes'], ['maxmemory-policy', 'noeviction']);
    await save('idle', TINY_COMMANDS, ['maxmemory-policy', 'allkeys-lru']);
    client.destroy();
  } finally {
    await teardown.run();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

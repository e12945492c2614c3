import { copyFile } from 'node:fs/promises';
import { createClient } from '@redis/client';
import { type RedisServer, startRedis } from '../../local/redis/server';
import type { Teardown } from '../../local/teardown';

/**
 * What an application keeps in Redis, for so many users: sessions that expire, counters, profiles, scores, queues, sets of
 * tags and of numbers, events in streams, and a few large hashes and sets. Written by the server itself, which is much
 * faster than a client that sends it.
 */
const FILL = `
  local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
  math.randomseed(from)
  local words = { 'alpha', 'river', 'stone', 'green', 'cloud', 'amber', 'quick', 'north', 'delta', 'maple', 'seven', 'tiger' }
  local function word() return words[math.random(#words)] end
  local function hex(length)
    local parts = {}
    for part = 1, length / 8 do parts[part] = string.format('%08x', math.random(0, 2147483647)) end
    return table.concat(parts)
  end
  local function fill(command, key, count, make)
    local arguments = {}
    for index = 1, count do
      for _, value in ipairs(make(index)) do arguments[#arguments + 1] = value end
    end
    redis.call(command, key, unpack(arguments))
  end
  for user = from, to do
    local session = string.format('{"user":%d,"token":"%s","roles":["%s","%s"],"locale":"en-GB","seen":%d,"theme":"%s"}',
      user, hex(32), word(), word(), 1760000000 + user, word())
    redis.call('SET', 'session:' .. hex(16), session, 'EX', 2000000000)
    redis.call('SET', 'visits:' .. user, math.random(100000))
    redis.call('HSET', 'user:' .. user, 'name', word() .. ' ' .. word(), 'mail', word() .. user .. '@example.com', 'age',
      math.random(90), 'city', word(), 'plan', 'standard', 'since', 1700000000 + user, 'logins', math.random(5000),
      'score', math.random(), 'active', 1, 'group', math.random(40))
    if user % 5 == 0 then
      fill('ZADD', 'board:' .. user, 40, function(place) return { math.random(1000000), 'player:' .. user * 40 + place } end)
      fill('RPUSH', 'jobs:' .. user, 20, function() return { word() .. ':' .. math.random(1000000) .. ':' .. word() } end)
      fill('SADD', 'tags:' .. user, 15, function() return { word() .. math.random(1000) } end)
      fill('SADD', 'follows:' .. user, 60, function() return { math.random(10000000) } end)
    end
    redis.call('XADD', 'events:' .. user % 200, user .. '-1', 'kind', word(), 'page', '/' .. word(), 'ms', math.random(3000))
    redis.call('HSET', 'index:' .. user % 20, 'mail:' .. user .. ':' .. word(), user)
    redis.call('SADD', 'online:' .. user % 20, 'user:' .. user .. ':' .. word())
  end`;
const USERS = 400_000;
/** A script of a second does not look like one that hangs. */
const USERS_PER_SCRIPT = 5_000;

/** A file that a server saved of it, and what it holds. */
export interface RedisData {
  readonly file: string;
  /** Keys in the only database. */
  readonly keys: number;
  readonly server: Pick<RedisServer, 'flavour' | 'version' | 'checkRdb' | 'stop'>;
}

/** Has a server of this machine fill itself and save a file of more than 100 MB. @param folder for the server and the file. */
export async function saveRedisData(teardown: Teardown, folder: string): Promise<RedisData> {
  const server = await startRedis({ teardown, folder });
  const client = createClient({ socket: { host: server.host, port: server.port, reconnectStrategy: false } });
  // Commands that wait are told of it too.
  client.on('error', () => undefined);
  await client.connect();
  for (let from = 1; from <= USERS; from += USERS_PER_SCRIPT) {
    await client.eval(FILL, { arguments: [String(from), String(from + USERS_PER_SCRIPT - 1)] });
  }
  const keys = await client.dbSize();
  await client.sendCommand(['SAVE']);
  const file = `${folder}/data.rdb`;
  await copyFile(server.rdbFile, file);
  client.destroy();
  return { file, keys, server };
}

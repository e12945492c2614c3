/** Starts real servers; where the machine has none, the first run downloads one. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { type RedisServer, startRedis } from '../../../local/redis/server';
import { Teardown } from '../../../local/teardown';

const FIRST_INSTALLATION_MS = 300_000;
jest.setTimeout(FIRST_INSTALLATION_MS);

/** The module itself; an import would be a copy of it. */
const net = jest.requireActual('node:net');
let folder: string;
let teardown: Teardown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  teardown = new Teardown();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await teardown.run();
  await rm(folder, { recursive: true, force: true });
});

test.each(['valkey', 'redis'] as const)(
  'a server of %s answers, saves, and its file passes its own check',
  async (flavour) => {
    const server = await startRedis({ teardown, folder, flavour, settings: { requirepass: 'example' } });
    expect(server).toMatchObject({ flavour, host: '127.0.0.1', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    await expect(send(server, ['PING'])).rejects.toThrow('NOAUTH');
    await send(server, ['SET', 'key', 'value'], 'example');
    expect(await send(server, ['GET', 'key'], 'example')).toBe('value');
    expect(await send(server, ['SAVE'], 'example')).toBe('OK');
    expect((await readFile(server.rdbFile)).subarray(0, 5).toString()).toBe(flavour === 'redis' ? 'REDIS' : 'VALKE');
    expect(existsSync(join(server.binDirectory, `${flavour}-server`))).toBe(true);
    expect(execFileSync(server.checkRdb, [server.rdbFile]).toString()).toContain('Checksum OK');
  },
);

test('the teardown ends the server and removes its data', async () => {
  const server = await startRedis({ teardown, folder });
  expect(isAlive(server.processGroup)).toBe(true);
  await teardown.run();
  expect(isAlive(server.processGroup)).toBe(false);
  expect((await readdir(folder)).filter((name) => !name.endsWith('.log'))).toEqual([]);
});

test('a server can be stopped before the teardown, and outlive it', async () => {
  const stopped = await startRedis({ teardown, folder });
  const released = await startRedis({ teardown, folder });
  await stopped.stop();
  expect(isAlive(stopped.processGroup)).toBe(false);
  released.release();
  await teardown.run();
  expect(isAlive(released.processGroup)).toBe(true);
  await released.stop();
  expect(isAlive(released.processGroup)).toBe(false);
});

test('a port that another program took first is not insisted on', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const asIfFree = {
    once: jest.fn(),
    listen: (_: number, __: string, done: () => void) => done(),
    address: () => address,
    close: (done: () => void) => done(),
  };
  try {
    jest.spyOn(net, 'createServer').mockReturnValueOnce(asIfFree);
    const server = await startRedis({ teardown, folder });
    expect(server.port).not.toBe((address as AddressInfo).port);
    expect(await send(server, ['PING'])).toBe('PONG');
  } finally {
    taken.close();
  }
});

test('a setting that the server does not take is told with the log to read', async () => {
  await expect(startRedis({ teardown, folder, settings: { maxmemory: 'plenty' } })).rejects.toThrow(
    /^The server did not start: it ended with code 1\. HINT: read .*\.log\.$/,
  );
});

test('clients with TLS reach the same server', async () => {
  const tls = await certificate();
  const server = await startRedis({ teardown, folder, tls });
  await send(server, ['SET', 'key', 'by the plain port']);
  const socket = {
    host: server.host,
    port: server.tlsPort ?? 0,
    tls: true,
    ca: tls.cert,
    servername: 'localhost',
  } as const;
  const client = createClient({ socket: { ...socket, reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  expect(await client.get('key')).toBe('by the plain port');
  await server.stop();
  expect(client.isReady).toBe(false);
  await expect(createClient({ socket: { ...socket, reconnectStrategy: false } }).connect()).rejects.toThrow();
});

/** One that trusts itself. */
async function certificate(): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...options, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

async function send(server: RedisServer, command: string[], password?: string): Promise<unknown> {
  const socket = { host: server.host, port: server.port, reconnectStrategy: false } as const;
  const client = createClient({ socket, ...(password !== undefined && { password }) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { checkLockRoom, checkVersions, clientVersion } from '../../../engine/postgres/preflight';
import type { ServerDescription } from '../../../engine/postgres/snapshot';
import { FakeTools } from './fake-tools';

const server = (versionNumber: number): ServerDescription => ({
  version: `${versionNumber / 10_000}`,
  versionNumber,
  encoding: 'UTF8',
  lockRoom: 6400,
  lockHolders: 100,
});
const client = (major: number) => ({ version: `${major}.1`, major });

describe('the version of the client tools', () => {
  let tools: FakeTools;
  beforeAll(async () => {
    tools = await FakeTools.create();
  });
  afterAll(() => tools.remove());

  it.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', { version: '15.18', major: 15 }],
    ['pg_dump (PostgreSQL) 18beta1', { version: '18beta1', major: 18 }],
  ])('is read from "%s"', async (answer, expected) => {
    const options = await tools.write('pg_dump', `[ "$1" = --version ] && echo '${answer}'`);
    await expect(clientVersion(options)).resolves.toEqual(expected);
  });

  it('is refused when it is none', async () => {
    const options = await tools.write('pg_dump', 'echo hello');
    await expect(clientVersion(options)).rejects.toThrow(/answered "hello", which names no version\. HINT: /);
  });
});

describe('versions of client and server', () => {
  it.each([
    [15, 150_018],
    [17, 150_018],
    [18, 180_001],
    [15, 90_600],
  ])('fit: client %i, server %i', (major, versionNumber) => {
    expect(() => checkVersions(client(major), server(versionNumber), 'gzip')).not.toThrow();
  });

  it('do not fit when the client is older than the server', () => {
    expect(() => checkVersions(client(15), server(160_004), 'gzip')).toThrow(
      /client tools are of PostgreSQL 15\.1, the server is of 16\.\d+\. HINT: .*16 or newer/,
    );
  });

  it.each([12, 19])('do not fit when archives of the client are not known: %i', (major) => {
    expect(() => checkVersions(client(major), server(120_000), 'gzip')).toThrow(/known are 13 to 18\. HINT: /);
  });

  it.each(['lz4', 'zstd'] as const)('do not fit when the client does not know %s', (compression) => {
    expect(() => checkVersions(client(15), server(150_000), compression)).toThrow(
      new RegExp(`15\\.1 does not know the compression ${compression}; 16 and newer do\\. HINT: `),
    );
    expect(() => checkVersions(client(16), server(150_000), compression)).not.toThrow();
  });
});

describe('room for locks', () => {
  it('suffices for as many relations as there is room for', () => {
    expect(() => checkLockRoom(6400, server(150_000))).not.toThrow();
  });

  it('does not suffice for one more, and the value to set is named', () => {
    expect(() => checkLockRoom(6401, server(150_000))).toThrow(
      /each of 6401 tables.* room for 6400\. HINT: set max_locks_per_transaction to 128 or more\. .*rebooted/,
    );
    expect(() => checkLockRoom(20_000, server(150_000))).toThrow('max_locks_per_transaction to 256 or more');
  });
});

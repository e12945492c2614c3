import { BackupFile } from '../../../engine/contract/backup-layout';
import { DEFAULT_OBJECTIVES } from '../../../engine/contract/deployment';
import type { ProofSystem } from '../../../engine/contract/proofs';
import { type RedisManifest, redisManifestBytes } from '../../../engine/redis/redis-manifest';
import { keptBackups } from '../../../engine/status/kept-backups';
import { FakeS3Server } from '../../fakes/s3-server';
import { NOW } from './evidence';

const BUCKET = 'acme-sessions-111122223333-eu-west-1';
const ID = '20261123T020000Z-0f3c9a1e';

let server: FakeS3Server;
beforeAll(async () => {
  server = await FakeS3Server.start();
});
afterEach(() => server.reset());
afterAll(() => server.stop());

const keptOf = (system: ProofSystem) => {
  const objectives = DEFAULT_OBJECTIVES[system];
  const s3 = server.client();
  return keptBackups({ s3, bucket: BUCKET, system, resource: 'sessions', objectives, withTenants: true, now: NOW });
};

const rdb: RedisManifest['files'][number]['rdb'] = {
  kind: 'valkey',
  version: 80,
  checksum: 'verified',
  keys: 5,
  expires: 0,
  functions: 0,
  modules: [],
  trailingBytes: 0,
};
const folder = `daily/sessions/${ID}/`;
const file = (name: string) => ({
  key: `${folder}${name}`,
  versionId: 'v1',
  bytes: 100,
  sha256: 'a'.repeat(64),
  crc64nvme: 'AAAAAAAAAAA=',
  rdb,
});
const MANIFEST: RedisManifest = {
  format: 'holdfast.redis/1',
  id: ID,
  resource: 'sessions',
  tier: 'daily',
  lockedUntil: '2026-12-23T02:00:00Z',
  startedAt: '2026-11-23T02:00:00Z',
  finishedAt: '2026-11-23T02:10:00Z',
  software: '0.1.0',
  cache: { kind: 'replicationGroup', id: 'sessions' },
  snapshot: { name: 'redis-20261123-015500', at: '2026-11-23T01:55:00Z' },
  files: [file('0001.rdb'), file('0002.rdb')],
  totals: { keys: 10, bytes: 200 },
};

test('finds the exported snapshots of a cache, and the moment that the newest shows', async () => {
  await server.bucket(BUCKET).put(`${folder}${BackupFile.MANIFEST}`, redisManifestBytes(MANIFEST), {}, true, undefined);
  expect(await keptOf('redis')).toEqual({
    backups: { count: 1, newest: { id: ID, at: new Date('2026-11-23T01:55:00Z'), bytes: 200, objects: 2 } },
    unread: [],
    damaged: [],
    tenants: [],
    leftOut: [],
  });
});

test('does not count a backup of a moment to come: a wrong clock would keep it young for ever', async () => {
  const ahead = { ...MANIFEST, snapshot: { ...MANIFEST.snapshot, at: '2126-11-23T01:55:00Z' } };
  await server.bucket(BUCKET).put(`${folder}${BackupFile.MANIFEST}`, redisManifestBytes(ahead), {}, true, undefined);
  const { backups, damaged } = await keptOf('redis');
  expect(backups).toEqual({ count: 1 });
  expect(damaged).toEqual([
    expect.stringMatching(`^The backup ${ID} shows 2126-11-23T01:55:00Z, which is yet to come. HINT: set the clock`),
  ]);
});

test('finds none where none are', async () => {
  expect(await keptOf('redis')).toMatchObject({ backups: { count: 0 }, unread: [], damaged: [] });
});

test.each(['files', 'database'] as const)('asks nothing about %s, which have no manifests', async (system) => {
  expect(await keptOf(system)).toEqual({ unread: [], damaged: [], tenants: [], leftOut: [] });
  expect(server.calls).toEqual([]);
});

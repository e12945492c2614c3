import { parseRedisManifest, type RedisManifest, redisManifestBytes } from '../../../engine/redis/redis-manifest';

const MANIFEST: RedisManifest = {
  format: 'holdfast.redis/1',
  id: '20261123T120000Z-0f3c9a1e',
  resource: 'sessions',
  tier: 'daily',
  lockedUntil: '2026-12-23T12:00:00.000Z',
  startedAt: '2026-11-23T12:00:00.000Z',
  finishedAt: '2026-11-23T12:01:00.000Z',
  software: '0.1.0',
  cache: { kind: 'serverless', id: 'sessions' },
  snapshot: { name: 'snap', at: '2026-11-23T11:00:00.000Z' },
  files: [
    {
      key: 'daily/sessions/20261123T120000Z-0f3c9a1e/0001.rdb',
      versionId: 'v1',
      bytes: 10,
      sha256: 'a'.repeat(64),
      crc64nvme: 'AAAAAAAAAAA=',
      rdb: {
        kind: 'valkey',
        version: 80,
        checksum: 'verified',
        keys: 1,
        expires: 0,
        functions: 0,
        modules: [],
        trailingBytes: 0,
      },
    },
  ],
  totals: { keys: 1, bytes: 10 },
};

test('is read as it was written', () => {
  expect(parseRedisManifest(redisManifestBytes(MANIFEST), 'backup x')).toEqual(MANIFEST);
});

test('is not written without a file', () => {
  expect(() => redisManifestBytes({ ...MANIFEST, files: [] })).toThrow('is not complete: files');
});

test.each([
  ['tenants', '{"format":"holdfast.tenants/1"}', 'has the format "holdfast.tenants/1", known is "holdfast.redis/1"'],
  ['nothing', '{}', 'is not complete'],
  ['no JSON', '<', 'is no JSON'],
])('a manifest of %s is refused', (_, content, message) => {
  expect(() => parseRedisManifest(Buffer.from(content), 'backup x')).toThrow(message);
});

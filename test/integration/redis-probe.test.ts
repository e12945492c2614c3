/** The probe and the export against real servers over TLS; ElastiCache and S3 are played. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { verifyRdb } from '../../engine/rdb/verify';
import { tlsSessions } from '../../engine/redis/cache-session';
import { exportCache } from '../../engine/redis/export-cache';
import { probeCache } from '../../engine/redis/probe';
import { snapshotCache } from '../../engine/redis/snapshot-cache';
import { type Certificate, makeCertificate } from '../../local/certificate';
import { type RedisServer, startRedis } from '../../local/redis/server';
import { Teardown } from '../../local/teardown';
import { eventOf, FakeElastiCache } from '../engine/redis/fake-elasticache';
import { FakeS3Server } from '../fakes/s3-server';

jest.setTimeout(300_000);

const CREDENTIALS = { username: 'probe', password: 'probe-password' };

describe.each(['valkey', 'redis'] as const)('%s', (flavour) => {
  const teardown = new Teardown();
  let folder: string;
  let certificate: Certificate;
  let server: RedisServer;
  let client: ReturnType<typeof createClient>;

  async function start(settings: Readonly<Record<string, string>>): Promise<void> {
    server = await startRedis({ teardown, folder, flavour, tls: certificate, settings });
    client = createClient({ socket: { host: server.host, port: server.port, reconnectStrategy: false } });
    client.on('error', () => undefined);
    await client.connect();
    const rights = ['+info', '+cluster|slots'];
    await client.sendCommand(['ACL', 'SETUSER', CREDENTIALS.username, 'on', `>${CREDENTIALS.password}`, ...rights]);
  }
  const address = () => ({ host: server.host, port: server.tlsPort ?? 0 });
  const open = () => tlsSessions(certificate.cert);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-probe-'));
    certificate = await makeCertificate(folder, teardown);
  });
  afterEach(async () => {
    client?.destroy();
    await server?.stop();
  });
  afterAll(async () => {
    await teardown.run();
    await rm(folder, { recursive: true, force: true });
  });

  test('a user with little more than +info reads changes and size', async () => {
    await start({});
    const probe = async () => (await probeCache({ address: address(), isSharded: false }, CREDENTIALS, open()))[0];
    const before = await probe();
    await client.set('key', 'x'.repeat(5_000_000));
    await client.incr('counter');
    const after = await probe();
    expect(after?.runId).toMatch(/^[0-9a-f]{40}$/);
    expect((after?.changes ?? 0) - (before?.changes ?? 0)).toBe(2);
    expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBeGreaterThan(4_500_000);
    await client.sendCommand(['SAVE']);
    await expect(probe()).resolves.toMatchObject({ runId: after?.runId, changes: 0 });
  });

  test('a wrong password, and a user without rights, are told apart', async () => {
    await start({});
    const endpoint = { address: address(), isSharded: false };
    await expect(probeCache(endpoint, { ...CREDENTIALS, password: 'wrong' }, open())).rejects.toThrow('WRONGPASS');
    await client.sendCommand(['ACL', 'SETUSER', CREDENTIALS.username, '-info']);
    await expect(probeCache(endpoint, CREDENTIALS, open())).rejects.toThrow('NOPERM');
  });

  // Redis 6.2 does not announce another port of its own while it runs, and that of the TLS front is known only then.
  const testCluster = flavour === 'valkey' ? test : test.skip;
  testCluster('a cluster names its primaries', async () => {
    await start({ 'cluster-enabled': 'yes' });
    await client.sendCommand(['CONFIG', 'SET', 'cluster-announce-port', `${server.tlsPort}`]);
    await client.sendCommand(['CLUSTER', 'ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => `${slot}`)]);
    const figures = await probeCache({ address: address(), isSharded: true }, CREDENTIALS, open());
    expect(figures).toEqual([{ runId: expect.any(String), changes: expect.any(Number), bytes: expect.any(Number) }]);
  });

  test('a change leads to a snapshot, which is exported, walked and kept', async () => {
    await start({});
    const s3 = await FakeS3Server.start();
    const s3Client = s3.client();
    teardown.defer(() => {
      s3Client.destroy();
      return s3.stop();
    });
    const cache = new FakeElastiCache({
      DescribeReplicationGroups: () => ({
        ReplicationGroups: [
          {
            MemberClusters: ['sessions-001'],
            NodeGroups: [{ PrimaryEndpoint: { Address: server.host, Port: server.tlsPort } }],
          },
        ],
      }),
    });
    cache.onExport = async (_, name, bucket) => {
      await s3.bucket(bucket).put(`${name}-0001.rdb`, await readFile(server.rdbFile));
    };
    const login = { kind: 'secret', secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:cache' } as const;
    const { target, store } = eventOf();
    const event = { store, target: { ...target, login } };
    await client.set('key', 'value', { EX: 3600 });
    const probed = await snapshotCache(event, {
      elastiCache: cache.client,
      s3: s3Client,
      readSecret: async () => JSON.stringify(CREDENTIALS),
      openSession: open(),
      now: Date.now,
    });
    expect(probed).toMatchObject({ decision: 'due', snapshot: { outcome: 'begun' }, changes: 1, problems: [] });
    await client.sendCommand(['SAVE']);
    cache.snapshots = cache.snapshots.map((snapshot) => ({ ...snapshot, status: 'available' }));
    const exported = await exportCache(event, {
      elastiCache: cache.client,
      s3: s3Client,
      walk: verifyRdb,
      software: '0.1.0',
      deadline: Date.now() + 60_000,
      now: Date.now,
    });
    expect(exported).toMatchObject({
      outcome: 'exported',
      manifest: {
        snapshot: { name: probed.snapshot?.name },
        files: [{ rdb: { kind: flavour, checksum: 'verified', keys: 1, expires: 1 } }],
      },
    });
  });
});

import { evenSlots } from '../../../engine/recovery/cache-shape';
import { FakeS3Server } from '../../fakes/s3-server';
import { sdkError } from '../../fakes/sdk-client';
import { CacheRig, EXPORTED, NEW, SNAPSHOT, STAGING, STORE, writeBackup } from './cache-rig';
import { EXECUTION } from './database-rig';

const TAGS = [
  { Key: 'holdfast:restored-from', Value: 'sessions' },
  { Key: 'holdfast:restore', Value: 'execution-1' },
];
const PLACEMENT = {
  subnetGroup: 'private',
  securityGroupIds: ['sg-9'],
  parameterGroup: 'default.valkey8.cluster.on',
  nodeType: 'cache.t4g.small',
};

let s3: FakeS3Server;
beforeAll(async () => {
  s3 = await FakeS3Server.start();
});
afterAll(() => s3.stop());
beforeEach(() => s3.reset());

describe('from a snapshot', () => {
  test('a group in cluster mode is made as the original is, with the slots of the snapshot', async () => {
    const rig = new CacheRig(s3);
    const { answer } = await rig.run(SNAPSHOT);
    expect(rig.created).toEqual({
      ReplicationGroupId: NEW,
      ReplicationGroupDescription: 'Restored from sessions by execution-1',
      SnapshotName: 'redis_20261123_110000',
      NodeGroupConfiguration: [
        { NodeGroupId: '0001', Slots: '0-8000', ReplicaCount: 1 },
        { NodeGroupId: '0002', Slots: '8001-16383', ReplicaCount: 1 },
      ],
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheNodeType: 'cache.r7g.large',
      CacheSubnetGroupName: 'private',
      SecurityGroupIds: ['sg-1'],
      CacheParameterGroupName: 'tuned',
      Port: 6380,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/sessions',
      SnapshotRetentionLimit: 7,
      SnapshotWindow: '03:00-04:00',
      Tags: TAGS,
    });
    expect(answer.result).toEqual({
      identifier: NEW,
      arn: `arn:aws:elasticache:us-east-1:111122223333:replicationgroup:${NEW}`,
      endpoint: { address: `${NEW}.example.com`, port: 6379 },
      durationSeconds: (rig.now - Date.parse(EXECUTION.startedAt)) / 1000,
    });
  });

  test('a group with one shard gets as many nodes as the original has', async () => {
    const rig = new CacheRig(s3, false);
    const { answer } = await rig.run(SNAPSHOT);
    expect(rig.created).toMatchObject({ NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    expect(rig.created).not.toHaveProperty('NodeGroupConfiguration');
    expect(answer.result?.endpoint).toEqual({ address: `${NEW}.example.com`, port: 6379 });
  });

  test('can be placed elsewhere, with other shards, whose slots are divided anew', async () => {
    const rig = new CacheRig(s3);
    const placement = { ...PLACEMENT, shards: 3, replicasPerShard: 0, userGroupIds: ['readers'] };
    await rig.run({ ...SNAPSHOT, newReplicationGroupId: 'drill-restored', placement });
    expect(rig.created).toMatchObject({
      ReplicationGroupId: 'drill-restored',
      SecurityGroupIds: ['sg-9'],
      CacheParameterGroupName: 'default.valkey8.cluster.on',
      CacheNodeType: 'cache.t4g.small',
      MultiAZEnabled: false,
      UserGroupIds: ['readers'],
      NodeGroupConfiguration: [
        { Slots: '0-5460', ReplicaCount: 0 },
        { Slots: '5461-10921', ReplicaCount: 0 },
        { Slots: '10922-16383', ReplicaCount: 0 },
      ],
    });
  });

  test('of a group that is gone needs only its security groups said, and is encrypted in any case', async () => {
    const rig = new CacheRig(s3);
    rig.caches.groups.delete('sessions');
    await expect(rig.run(SNAPSHOT)).rejects.toThrow(/sessions is gone.* `placement` lacks securityGroupIds\. HINT: /);
    await rig.run({ ...SNAPSHOT, placement: { securityGroupIds: ['sg-9'] } });
    expect(rig.created).toMatchObject({
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheNodeType: 'cache.r6g.large',
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/snapshot',
      NodeGroupConfiguration: [{ Slots: '0-8000' }, { Slots: '8001-16383' }],
    });
  });

  test('of an old version keeps the patch, which ElastiCache asks for there', async () => {
    const rig = new CacheRig(s3);
    Object.assign(rig.caches.nodes.get('sessions-001') ?? {}, { EngineVersion: '5.0.6' });
    await rig.run(SNAPSHOT);
    expect(rig.created).toMatchObject({ EngineVersion: '5.0.6' });
  });
});

describe('from an exported backup', () => {
  beforeEach(() => writeBackup(s3.client(), ['first shard', 'second shard']));

  test('seeds the group with copies of the files, and removes them', async () => {
    const rig = new CacheRig(s3);
    const seen: string[] = [];
    rig.caches.fault = (operation) => {
      if (operation === 'CreateReplicationGroup') {
        seen.push(...[...s3.objects(STAGING)].map(([key, { body }]) => `${key}: ${body}`));
      }
      return undefined;
    };
    const { answer } = await rig.run(EXPORTED);
    expect(rig.created).toMatchObject({
      SnapshotArns: [
        `${STORE.stagingBucketArn}/restore/execution-1/0001.rdb`,
        `${STORE.stagingBucketArn}/restore/execution-1/0002.rdb`,
      ],
      NodeGroupConfiguration: [
        { Slots: '0-9999', ReplicaCount: 1 },
        { Slots: '10000-16383', ReplicaCount: 1 },
      ],
    });
    expect(rig.created).not.toHaveProperty('SnapshotName');
    expect(seen).toEqual(['restore/execution-1/0001.rdb: first shard', 'restore/execution-1/0002.rdb: second shard']);
    expect(rig.staged).toEqual([]);
    expect(answer.result?.identifier).toBe(NEW);
  });

  test('of a group that is gone, takes engine, version and shards from the manifest', async () => {
    const rig = new CacheRig(s3);
    rig.caches.groups.delete('sessions');
    await expect(rig.run(EXPORTED)).rejects.toThrow(
      /lacks subnetGroup, securityGroupIds, parameterGroup, nodeType\. HINT: /,
    );
    await rig.run({ ...EXPORTED, placement: { ...PLACEMENT, replicasPerShard: 2 } });
    expect(rig.created).toMatchObject({
      Engine: 'valkey',
      EngineVersion: '8.0',
      NodeGroupConfiguration: [
        { Slots: '0-8191', ReplicaCount: 2 },
        { Slots: '8192-16383', ReplicaCount: 2 },
      ],
    });
  });

  test('of several shards is refused for a cache that is not in cluster mode', async () => {
    await expect(new CacheRig(s3, false).run(EXPORTED)).rejects.toThrow(
      /^A cache that is not in cluster mode has one shard, got: 2\. HINT: /,
    );
  });

  test('whose bytes have changed makes no cache', async () => {
    const rig = new CacheRig(s3);
    const [key = ''] = s3.objects(STORE.bucket).keys();
    const version = s3.bucket(STORE.bucket).current(key);
    Object.assign(version ?? {}, { body: Buffer.from('other bytes') });
    const { error } = await rig.run(EXPORTED);
    expect(error?.name).toBe('ObjectDamagedError');
    expect(rig.created).toBeUndefined();
    expect(rig.staged).toEqual([]);
    expect(rig.published).toEqual(['left 0 behind']);
  });

  test('whose copies cannot be removed is ready all the same: they expire', async () => {
    const rig = new CacheRig(s3);
    s3.fault = ({ operation }) => (operation === 'DeleteObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const { answer } = await rig.run(EXPORTED);
    expect(answer.result?.identifier).toBe(NEW);
  });

  test('is refused when there is none of that id, or no cache of that name', async () => {
    const rig = new CacheRig(s3);
    const source = { kind: 'exported', backupId: '20261122T020000Z-0f3c9a1e' } as const;
    await expect(rig.run({ ...EXPORTED, source })).rejects.toThrow(
      /^There is no backup 20261122T020000Z-0f3c9a1e of the cache sessions in bucket acme-sessions\. HINT: /,
    );
    await expect(rig.run({ ...EXPORTED, resource: 'other' })).rejects.toThrow(
      /^No cache is protected under the name other\. HINT: /,
    );
  });
});

describe('the auth token', () => {
  test('is taken from its secret when the group is made, and kept nowhere', async () => {
    const rig = new CacheRig(s3);
    Object.assign(rig.caches.groups.get('sessions') ?? {}, { AuthTokenEnabled: true });
    rig.authSecretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:sessions';
    await rig.run(SNAPSHOT);
    expect(rig.created).toMatchObject({ AuthToken: 'token-of-sessions' });
    expect(rig.kept).not.toContain('token-of-sessions');
  });

  test('that nobody knows is no reason to let everybody in', async () => {
    const rig = new CacheRig(s3);
    Object.assign(rig.caches.groups.get('sessions') ?? {}, { AuthTokenEnabled: true });
    await expect(rig.run(SNAPSHOT)).rejects.toThrow(
      /^The cache has an auth token, and no secret is known for sessions that holds it\. HINT: /,
    );
  });

  test('that cannot be read is found out before anything is made', async () => {
    const rig = new CacheRig(s3);
    Object.assign(rig.caches.groups.get('sessions') ?? {}, { AuthTokenEnabled: true });
    rig.authSecretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:sessions';
    rig.secret = '{}';
    await expect(rig.call(SNAPSHOT)).rejects.toThrow(/has no field "password"/);
  });

  test('is not the password of a user, whose groups must be said when the original is gone', async () => {
    const rig = new CacheRig(s3);
    rig.caches.groups.delete('sessions');
    rig.authSecretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:sessions';
    rig.secret = '{"username":"probe","password":"p"}';
    const placement = { securityGroupIds: ['sg-9'] };
    await expect(rig.call({ ...SNAPSHOT, placement })).rejects.toThrow(
      /^The secret .* of sessions holds a user, not an auth token, .* HINT: say `placement\.userGroupIds`\.$/,
    );
    await rig.run({ ...SNAPSHOT, placement: { ...placement, userGroupIds: ['users'] } });
    expect(rig.created).toMatchObject({ UserGroupIds: ['users'] });
  });

  test('is not needed where users sign in by their groups', async () => {
    const rig = new CacheRig(s3);
    Object.assign(rig.caches.groups.get('sessions') ?? {}, { AuthTokenEnabled: true, UserGroupIds: ['users'] });
    await rig.run(SNAPSHOT);
    expect(rig.created).toMatchObject({ UserGroupIds: ['users'] });
    expect(rig.created).not.toHaveProperty('AuthToken');
  });
});

describe('a plan is refused', () => {
  test.each<[string, (rig: CacheRig) => void, object, RegExp]>([
    ['without the snapshot', (rig) => rig.caches.snapshots.clear(), {}, /^ElastiCache has no snapshot redis_/],
    [
      'with a snapshot that is not complete',
      (rig) => Object.assign(rig.caches.snapshots.get('redis_20261123_110000') ?? {}, { SnapshotStatus: 'creating' }),
      {},
      /must be available, got: creating\. HINT: /,
    ],
    [
      'with a taken id',
      (rig) => rig.caches.add(NEW),
      {},
      /^There is a replication group sessions-restored-\d+ already/,
    ],
    ['without the subnet group', (rig) => rig.caches.subnetGroups.clear(), {}, /^There is no subnet group private/],
    [
      'without the parameter group',
      (rig) => rig.caches.parameterGroups.clear(),
      {},
      /^There is no parameter group tuned/,
    ],
    [
      'with a disabled key',
      (rig) => Object.assign(rig, { keyState: 'Disabled' }),
      {},
      /must be Enabled, got: Disabled/,
    ],
    [
      'with an id that the role may not touch',
      () => undefined,
      { newReplicationGroupId: 'sessions2' },
      /^The new name must have 1 to 40 /,
    ],
  ])('%s', async (_name, prepare, more, message) => {
    const rig = new CacheRig(s3);
    prepare(rig);
    const error = await rig.call({ ...SNAPSHOT, ...more }).catch((thrown) => thrown);
    expect([error.name, error.message]).toEqual(['RestoreRefusedError', expect.stringMatching(message)]);
    expect(rig.created).toBeUndefined();
  });
});

describe('whichever call of ElastiCache', () => {
  /** Each is a restore of its own. */
  const ALL_CALLS_MS = 60_000;
  const rigWithFault = (index: number, how: 'fault' | 'lost', error: Error): CacheRig => {
    const rig = new CacheRig(s3);
    let calls = 0;
    rig.caches[how] = () => {
      calls += 1;
      return calls === index + 1 ? error : undefined;
    };
    return rig;
  };
  const callsOf = async (): Promise<number> => {
    const rig = new CacheRig(s3);
    await rig.run(EXPORTED);
    return rig.sdk.caches.sent.length;
  };

  beforeEach(() => writeBackup(s3.client(), ['first shard', 'second shard']));

  test(
    'loses its answer, one group is made',
    async () => {
      const total = await callsOf();
      expect(total).toBeGreaterThan(8);
      for (let index = 0; index < total; index += 1) {
        const rig = rigWithFault(index, 'lost', sdkError('Throttling'));
        const outcome = await rig.run(EXPORTED).catch((error) => error);
        expect([index, outcome.answer?.result?.identifier ?? outcome.name]).toEqual([
          index,
          rig.kept === '{}' ? 'RestoreBusyError' : NEW,
        ]);
        expect(rig.sdk.caches.inputsOf('CreateReplicationGroup').length).toBeLessThanOrEqual(1);
      }
    },
    ALL_CALLS_MS,
  );

  test(
    'is refused, nothing is left behind',
    async () => {
      const total = await callsOf();
      for (let index = 0; index < total; index += 1) {
        const rig = rigWithFault(index, 'fault', sdkError('AccessDenied', 'no', 403));
        const outcome = await rig.run(EXPORTED).catch((error) => ({ error }));
        expect([index, outcome.error?.name]).toEqual([index, 'RestoreFailedError']);
        expect([...rig.caches.groups.keys(), ...rig.staged]).toEqual(['sessions']);
      }
    },
    ALL_CALLS_MS,
  );
});

describe('a restore that fails', () => {
  test('because the data do not fit, is taken back', async () => {
    const rig = new CacheRig(s3);
    rig.caches.comesTo = 'create-failed';
    const { error, answer } = await rig.run(SNAPSHOT);
    expect(error?.message).toMatch(/its status is create-failed\. HINT: /);
    expect(answer.failure?.Cause).toBe(error?.message);
    expect([...rig.caches.groups.keys()]).toEqual(['sessions']);
  });

  test('because it takes too long, waits for what cannot be deleted yet', async () => {
    const rig = new CacheRig(s3);
    rig.caches.looks = 40;
    const { error } = await rig.run(SNAPSHOT, 600);
    expect(error?.message).toMatch(/^The restore is not ready after/);
    expect([...rig.caches.groups.keys()]).toEqual(['sessions']);
    expect(rig.published).toEqual(['left 0 behind']);
  });

  test('and cannot be taken back, names what is left', async () => {
    await writeBackup(s3.client(), ['first shard', 'second shard']);
    const rig = new CacheRig(s3);
    rig.caches.comesTo = 'create-failed';
    rig.caches.fault = (operation) =>
      operation === 'DeleteReplicationGroup' ? sdkError('AccessDenied', 'denied', 403) : undefined;
    s3.fault = ({ operation }) => (operation === 'DeleteObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const { answer } = await rig.run(EXPORTED);
    expect(answer.failure?.Cause).toMatch(
      /Left behind, to be deleted by hand: replication group .*AccessDenied: denied\.; copies of files in bucket acme-sessions-staging: /,
    );
    expect(rig.published).toEqual(['left 2 behind']);
  });

  test('leaves alone what another made under the same id', async () => {
    const rig = new CacheRig(s3);
    const { progress } = await rig.call(SNAPSHOT);
    rig.caches.add(NEW);
    const failure = await rig.call(SNAPSHOT, { progress }).catch((error) => error);
    expect(failure.message).toMatch(/^Somebody else made a replication group /);
    await rig.takeBack(SNAPSHOT, progress, failure);
    expect([...rig.caches.groups.keys()]).toEqual(['sessions', NEW]);
  });
});

test('slots are divided among any number of shards without a gap', () => {
  for (let shards = 1; shards <= 500; shards += 1) {
    const ranges = evenSlots(shards).map((slots) => slots.split('-').map(Number));
    const begins = ranges.map(([first]) => first);
    const follows = ranges.map(([, last = 0]) => last + 1);
    expect([...begins, 16_384]).toEqual([0, ...follows]);
  }
});

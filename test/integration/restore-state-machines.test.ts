/**
 * Runs the state machine of restores in MiniStack, with the bundled functions, against RDS, AWS Backup and ElastiCache in memory.
 */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type {
  DatabaseRestoreSettings,
  RestoreDatabaseRequest,
  RestoreRedisRequest,
} from '../../engine/contract/restore-managed';
import { EXPORTED, STAGING, STORE, writeBackup } from '../engine/recovery/cache-rig';
import { COPIED_BACK, COPY, POINT } from '../fakes/managed-backup';
import { ACCOUNT, RECOVERY_REGION } from '../fakes/managed-databases';
import { sdkError } from '../fakes/sdk-client';
import { RestoreEnvironment } from './restore-environment';

const SETTINGS: DatabaseRestoreSettings = {
  timeoutSeconds: 600,
  vaultName: 'acme-vault',
  recoveryVault: { name: 'acme-recovery-vault', region: RECOVERY_REGION, account: ACCOUNT },
  backupRoleArn: `arn:aws:iam::${ACCOUNT}:role/restores`,
};
const INSTANCE: RestoreDatabaseRequest = {
  kind: 'instance',
  identifier: 'orders',
  newIdentifier: 'orders-restored',
  source: { kind: 'pointInTime' },
};
const START_MS = 120_000;
const RUN_MS = 60_000;

let aws: RestoreEnvironment;
/** The dimension `System` of the metrics that the state machine itself publishes, for each test its own. */
let system = 0;

beforeAll(async () => {
  aws = await RestoreEnvironment.start(['restore-database', 'restore-redis']);
}, START_MS);
afterAll(() => aws?.stop());

beforeEach(() => {
  aws.reset();
  system += 1;
  aws.rds.addInstance('orders', {
    DBSubnetGroupName: 'private',
    VpcSecurityGroupIds: ['sg-1'],
    DBParameterGroupName: 'tuned',
  });
  Object.assign(aws.rds.instances.get('orders') ?? {}, { status: 'available' });
});

const run = (request: object, settings: Partial<DatabaseRestoreSettings> = {}) =>
  aws.run('restore-database', request, { ...SETTINGS, ...settings }, `test-${system}`);
const present = () => [...aws.rds.instances.keys(), ...aws.rds.clusters.keys()].sort();

test(
  'an instance is restored to a point in time, and what it took is published',
  async () => {
    const { status, output } = await run(INSTANCE);
    expect(output).toEqual({
      identifier: 'orders-restored',
      arn: `arn:aws:rds:us-east-1:${ACCOUNT}:db:orders-restored`,
      endpoint: { address: 'orders-restored.example.com', port: 5432 },
      secretArn: expect.stringContaining('rds!orders-restored'),
      durationSeconds: expect.any(Number),
    });
    expect(status).toBe('SUCCEEDED');
    expect(aws.rds.instances.get('orders-restored')).toMatchObject({ DeletionProtection: true, status: 'available' });
    expect(await aws.metric('database', 'duration')).toBeGreaterThanOrEqual(0);
    expect(await aws.metric('database', 'leftBehind')).toBe(0);
  },
  RUN_MS,
);

test(
  'a cluster is restored with its instances',
  async () => {
    aws.rds.addCluster('orders', { DBSubnetGroupName: 'private', VpcSecurityGroupIds: ['sg-1'] });
    Object.assign(aws.rds.clusters.get('orders') ?? {}, {
      status: 'available',
      DBClusterMembers: [{ DBInstanceIdentifier: 'orders', IsClusterWriter: true }],
    });
    const { status, output } = await run({ ...INSTANCE, kind: 'cluster' });
    expect([status, output]).toEqual(['SUCCEEDED', expect.objectContaining({ identifier: 'orders-restored' })]);
    expect(aws.rds.clusters.get('orders-restored')?.DBClusterMembers).toEqual([
      { DBInstanceIdentifier: 'orders-restored-1', IsClusterWriter: true },
    ]);
  },
  RUN_MS,
);

test(
  'a recovery point is restored',
  async () => {
    const source = { kind: 'recoveryPoint', recoveryPointArn: POINT, vaultName: 'acme-vault' };
    const { status } = await run({ ...INSTANCE, source });
    expect(status).toBe('SUCCEEDED');
    expect(aws.rds.instances.get('orders-restored')?.DBParameterGroups).toEqual([
      { DBParameterGroupName: 'tuned', ParameterApplyStatus: 'in-sync' },
    ]);
  },
  RUN_MS,
);

test(
  'a recovery point of the recovery vault is copied back and restored',
  async () => {
    const { status, output } = await run({ ...INSTANCE, source: { kind: 'recoveryVault', recoveryPointArn: COPY } });
    expect([status, output]).toEqual([
      'SUCCEEDED',
      expect.objectContaining({ copiedRecoveryPointArn: COPIED_BACK, identifier: 'orders-restored' }),
    ]);
  },
  RUN_MS,
);

test(
  'a request that cannot be carried out is refused before anything is made',
  async () => {
    const { status, cause } = await run({ ...INSTANCE, newIdentifier: 'orders' });
    expect(status).toBe('FAILED');
    expect(JSON.parse(cause ?? '').errorMessage).toContain('got: "orders"');
    expect(present()).toEqual(['orders']);
  },
  RUN_MS,
);

test(
  'a service that is busy is asked again',
  async () => {
    let refusals = 4;
    aws.rds.fault = (operation) => {
      refusals -= operation === 'RestoreDBInstanceToPointInTime' ? 1 : 0;
      return operation === 'RestoreDBInstanceToPointInTime' && refusals >= 0 ? sdkError('Throttling') : undefined;
    };
    const { status } = await run(INSTANCE);
    expect(status).toBe('SUCCEEDED');
  },
  RUN_MS,
);

test(
  'a restore that the service refuses ends with the reason',
  async () => {
    aws.rds.fault = (operation) =>
      operation === 'RestoreDBInstanceToPointInTime' ? sdkError('InvalidVPCNetworkStateFault', 'bad zones') : undefined;
    const { status, cause } = await run(INSTANCE);
    expect(status).toBe('FAILED');
    expect(cause).toMatch(/^Cannot restore the instance orders as orders-restored: InvalidVPCNetworkState.*bad zones/);
    expect(present()).toEqual(['orders']);
  },
  RUN_MS,
);

test(
  'a database that fails while it is made is taken back',
  async () => {
    aws.rds.comesTo = 'incompatible-restore';
    const { status, cause } = await run(INSTANCE);
    expect(status).toBe('FAILED');
    expect(cause).toMatch(/its status is incompatible-restore/);
    expect(present()).toEqual(['orders']);
  },
  RUN_MS,
);

test(
  'a restore that takes too long is taken back',
  async () => {
    aws.rds.looks = 1_000_000;
    const { status, cause } = await run(INSTANCE, { timeoutSeconds: 2 });
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('it may take 2 s')]);
    expect(present()).toEqual(['orders']);
  },
  RUN_MS,
);

test(
  'what cannot be taken back is named and counted',
  async () => {
    aws.rds.comesTo = 'failed';
    aws.rds.fault = (operation) =>
      operation === 'DeleteDBInstance' ? sdkError('InvalidParameterCombination', 'denied') : undefined;
    const { status, cause } = await run(INSTANCE);
    expect(status).toBe('FAILED');
    expect(cause).toContain('its status is failed');
    expect(cause).toContain('Left behind, to be deleted by hand: instance orders-restored: Cannot delete');
    expect(await aws.metric('database', 'leftBehind')).toBe(1);
  },
  RUN_MS,
);

test(
  'when the function cannot even take back, the state machine counts that by itself',
  async () => {
    aws.rds.comesTo = 'failed';
    const name = `test-${system}`;
    const { status, cause } = await aws.run('restore-database', INSTANCE, SETTINGS, name, {
      takeBackWith: 'no-such-function',
    });
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining('its status is failed')]);
    expect(await aws.metric(name, 'leftBehind')).toBe(1);
  },
  RUN_MS,
);

describe('a cache', () => {
  const settings = { timeoutSeconds: 600, stores: { sessions: STORE } };
  const restore = (request: RestoreRedisRequest) => aws.run('restore-redis', request, settings, `test-${system}`);
  const staged = async () => {
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: STAGING }));
    return Contents.map(({ Key }) => Key);
  };

  beforeAll(async () => {
    await Promise.all([STORE.bucket, STAGING].map((bucket) => aws.makeBucket(bucket)));
    await writeBackup(aws.s3, ['first shard', 'second shard']);
  });
  beforeEach(() => {
    const shard = { NodeGroupMembers: [{ CacheClusterId: 'sessions-001' }] };
    aws.caches.add(
      'sessions',
      {
        Engine: 'valkey',
        ClusterEnabled: true,
        CacheNodeType: 'cache.r7g.large',
        NodeGroups: [
          { ...shard, Slots: '0-9999' },
          { ...shard, Slots: '10000-16383' },
        ],
        TransitEncryptionEnabled: true,
        AuthTokenEnabled: false,
      },
      {
        EngineVersion: '8.0.1',
        CacheSubnetGroupName: 'private',
        SecurityGroups: [{ SecurityGroupId: 'sg-1' }],
        CacheParameterGroup: { CacheParameterGroupName: 'tuned' },
      },
    );
    aws.caches.snapshots.set('evening', { SnapshotName: 'evening', SnapshotStatus: 'available' });
  });

  test(
    'is restored from a snapshot',
    async () => {
      const source = { kind: 'snapshot', name: 'evening' } as const;
      const { status, output } = await restore({ ...EXPORTED, source, newReplicationGroupId: 'sessions-restored' });
      expect([status, output]).toEqual([
        'SUCCEEDED',
        expect.objectContaining({ endpoint: { address: 'sessions-restored.example.com', port: 6379 } }),
      ]);
      expect(await aws.metric('redis', 'leftBehind')).toBe(0);
    },
    RUN_MS,
  );

  test(
    'is restored from the files of the protected bucket, which are copied to where ElastiCache reads',
    async () => {
      const seen: unknown[] = [];
      aws.caches.fault = (operation, input) => {
        seen.push(...(operation === 'CreateReplicationGroup' ? [input.SnapshotArns] : []));
        return undefined;
      };
      const { status } = await restore(EXPORTED);
      expect(status).toBe('SUCCEEDED');
      const keys = ['0001.rdb', '0002.rdb'].map((name) =>
        expect.stringMatching(new RegExp(`^${STORE.stagingBucketArn}/restore/[0-9a-f-]{36}/${name}$`)),
      );
      expect(seen).toEqual([keys]);
      expect(await staged()).toEqual([]);
    },
    RUN_MS,
  );

  test(
    'that does not fit is taken back, and so are the copies',
    async () => {
      aws.caches.comesTo = 'create-failed';
      const { status, cause } = await restore(EXPORTED);
      expect([status, cause]).toEqual(['FAILED', expect.stringContaining('its status is create-failed')]);
      expect([...aws.caches.groups.keys()]).toEqual(['sessions']);
      expect(await staged()).toEqual([]);
    },
    RUN_MS,
  );

  test(
    'that cannot be taken back is named and counted',
    async () => {
      aws.caches.comesTo = 'create-failed';
      aws.caches.fault = (operation) =>
        operation === 'DeleteReplicationGroup' ? sdkError('InvalidParameterCombination', 'denied') : undefined;
      const { cause } = await restore(EXPORTED);
      expect(cause).toContain('Left behind, to be deleted by hand: replication group sessions-restored-');
      expect(await aws.metric('redis', 'leftBehind')).toBe(1);
    },
    RUN_MS,
  );
});

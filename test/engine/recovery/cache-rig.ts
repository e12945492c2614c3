import type { S3Client } from '@aws-sdk/client-s3';
import type { RestoreAnswer, RestoreRedisRequest } from '../../../engine/contract/restore-managed';
import { ObjectStore } from '../../../engine/objects/object-store';
import type { CacheServices } from '../../../engine/recovery/cache-plan';
import { CacheSeeds } from '../../../engine/recovery/cache-seeds';
import { KeyCheck } from '../../../engine/recovery/key-check';
import { ReplicationGroups } from '../../../engine/recovery/replication-groups';
import { RestoreBusyError } from '../../../engine/recovery/restore-error';
import { restoreRedis } from '../../../engine/recovery/restore-redis';
import { type RedisManifest, redisManifestBytes } from '../../../engine/redis/redis-manifest';
import { FakeElastiCache } from '../../fakes/managed-caches';
import type { FakeS3Server } from '../../fakes/s3-server';
import { FakeSdkClient } from '../../fakes/sdk-client';
import { EXECUTION } from './database-rig';

export const BACKUP_ID = '20261123T020000Z-0f3c9a1e';
export const STORE = { bucket: 'acme-sessions', stagingBucketArn: 'arn:aws:s3:::acme-sessions-staging' };
export const STAGING = 'acme-sessions-staging';
export const NEW = 'sessions-restored-20261123120000';
export const SNAPSHOT: RestoreRedisRequest = {
  resource: 'sessions',
  replicationGroupId: 'sessions',
  source: { kind: 'snapshot', name: 'redis_20261123_110000' },
};
export const EXPORTED: RestoreRedisRequest = { ...SNAPSHOT, source: { kind: 'exported', backupId: BACKUP_ID } };

/** Writes a backup of one file a shard into the protected bucket. */
export async function writeBackup(s3: S3Client, contents: readonly string[]): Promise<void> {
  const store = new ObjectStore(s3, { bucket: STORE.bucket });
  const prefix = `daily/sessions/${BACKUP_ID}/`;
  const rdb: RedisManifest['files'][number]['rdb'] = {
    kind: 'valkey',
    version: 80,
    checksum: 'verified',
    keys: 1,
    expires: 0,
    functions: 0,
    modules: [],
    trailingBytes: 0,
  };
  const files = [];
  for (const [index, content] of contents.entries()) {
    const stored = await store.put(`${prefix}000${index + 1}.rdb`, Buffer.from(content));
    files.push({ ...stored, rdb });
  }
  const manifest: RedisManifest = {
    format: 'holdfast.redis/1',
    id: BACKUP_ID,
    resource: 'sessions',
    tier: 'daily',
    lockedUntil: '2026-12-23T02:00:00.000Z',
    startedAt: '2026-11-23T02:00:00.000Z',
    finishedAt: '2026-11-23T02:05:00.000Z',
    software: '1.0.0',
    cache: { kind: 'replicationGroup', id: 'sessions' },
    snapshot: { name: 'redis_20261123_015000', at: '2026-11-23T01:50:00.000Z', engineVersion: '8.0.1' },
    files,
    totals: { keys: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) },
  };
  await store.put(`${prefix}manifest.json`, redisManifestBytes(manifest));
}

/** ElastiCache, KMS, secrets and the state machine, with a clock that waits do not stop. */
export class CacheRig {
  public readonly caches = new FakeElastiCache();
  public keyState = 'Enabled';
  public secret = '{"password":"token-of-sessions"}';
  public authSecretArn: string | undefined;
  public readonly published: string[] = [];
  public readonly sdk = {
    caches: new FakeSdkClient(this.caches.answers),
    kms: new FakeSdkClient({ DescribeKey: () => ({ KeyMetadata: { KeyState: this.keyState } }) }),
  };
  public now = Date.parse(EXECUTION.startedAt);
  /** Everything that was kept between steps, as text. */
  public kept = '';

  /** With a group `sessions` of two shards with a replica each, or of one shard. */
  public constructor(
    private readonly s3: FakeS3Server,
    isClusterMode = true,
  ) {
    const shard = (Slots: string) => ({ Slots, NodeGroupMembers: [{}, {}] });
    this.caches.add(
      'sessions',
      {
        Engine: 'valkey',
        ClusterEnabled: isClusterMode,
        CacheNodeType: 'cache.r7g.large',
        NodeGroups: isClusterMode ? [shard('0-9999'), shard('10000-16383')] : [{ NodeGroupMembers: [{}, {}] }],
        MultiAZ: 'enabled',
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        AuthTokenEnabled: false,
        KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/sessions',
        SnapshotRetentionLimit: 7,
        SnapshotWindow: '03:00-04:00',
      },
      {
        EngineVersion: '8.0.1',
        CacheSubnetGroupName: 'private',
        SecurityGroups: [{ SecurityGroupId: 'sg-1' }],
        CacheParameterGroup: { CacheParameterGroupName: 'tuned' },
      },
    );
    this.caches.snapshots.set('redis_20261123_110000', {
      SnapshotName: 'redis_20261123_110000',
      SnapshotStatus: 'available',
      Engine: 'redis',
      EngineVersion: '7.1.0',
      CacheNodeType: 'cache.r6g.large',
      CacheSubnetGroupName: 'private',
      CacheParameterGroupName: 'tuned',
      KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/snapshot',
      Port: 6380,
      NodeSnapshots: isClusterMode
        ? [{ NodeGroupConfiguration: { Slots: '0-8000' } }, { NodeGroupConfiguration: { Slots: '8001-16383' } }]
        : [{}],
    });
  }

  /** One call of the function. */
  public async call(
    request: RestoreRedisRequest,
    more: { progress?: unknown; failure?: { Error: string; Cause: string }; isReport?: boolean } = {},
    timeoutSeconds = 43_200,
  ): Promise<RestoreAnswer> {
    const store = { ...STORE, ...(this.authSecretArn !== undefined && { authSecretArn: this.authSecretArn }) };
    const settings = { timeoutSeconds, stores: { sessions: store } };
    const step = { execution: EXECUTION, settings, request, ...more };
    this.kept += JSON.stringify(more);
    return restoreRedis(JSON.parse(JSON.stringify(step)), this.services, this.signals, this.now);
  }

  /** As the state machine does: to the end, or until taken back. */
  public async run(
    request: RestoreRedisRequest,
    timeoutSeconds?: number,
  ): Promise<{ answer: RestoreAnswer; error: Error | undefined }> {
    let answer = await this.call(request, {}, timeoutSeconds);
    try {
      while (!answer.isDone) {
        this.now += answer.waitSeconds * 1000;
        answer = await this.call(request, { progress: answer.progress }, timeoutSeconds);
      }
      return { answer, error: undefined };
    } catch (error) {
      return { answer: await this.takeBack(request, answer.progress, error as Error), error: error as Error };
    }
  }

  /** Takes a restore back, as the state machine does after a failure. */
  public async takeBack(request: RestoreRedisRequest, progress: unknown, error: Error): Promise<RestoreAnswer> {
    const failure = { Error: error.name, Cause: JSON.stringify({ errorMessage: error.message }) };
    let answer = { progress, isDone: false, waitSeconds: 0 } as RestoreAnswer;
    while (!answer.isDone) {
      this.now += answer.waitSeconds * 1000;
      const { progress: kept } = answer;
      answer = await this.call(request, { progress: kept, failure }).catch((thrown) => {
        if (thrown instanceof RestoreBusyError) {
          return { progress: kept, isDone: false, waitSeconds: 5 };
        }
        throw thrown;
      });
    }
    return answer;
  }

  /** What ElastiCache was asked to make. */
  public get created(): unknown {
    return this.sdk.caches.inputsOf('CreateReplicationGroup')[0];
  }

  /** Keys of the staging bucket. */
  public get staged(): string[] {
    return [...this.s3.objects(STAGING).keys()];
  }

  private get services(): CacheServices {
    return {
      groups: new ReplicationGroups(this.sdk.caches as never),
      seeds: new CacheSeeds(this.s3.client()),
      keys: new KeyCheck(this.sdk.kms as never),
      readSecret: async () => this.secret,
    };
  }

  private readonly signals = {
    succeeded: async (seconds: number) => {
      this.published.push(`succeeded after ${seconds} s`);
    },
    failed: async (leftBehind: number) => {
      this.published.push(`left ${leftBehind} behind`);
    },
  };
}

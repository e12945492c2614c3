import {
  CreateServerlessCacheSnapshotCommand,
  DeleteServerlessCacheSnapshotCommand,
  type ServerlessCache as DescribedCache,
  DescribeServerlessCachesCommand,
  type ElastiCacheClient,
  ExportServerlessCacheSnapshotCommand,
  paginateDescribeServerlessCacheSnapshots,
  type ServerlessCacheSnapshot,
} from '@aws-sdk/client-elasticache';
import type { CacheService, CacheSnapshot, CreateOutcome, SnapshotSettings } from './cache-service';
import type { CacheEndpoint } from './probe';
import { explained, outcomeOf } from './service-error';

/** A serverless cache of ElastiCache. Its only endpoint hides its shards. */
export class ServerlessCache implements CacheService {
  /** @param name of the serverless cache. */
  public constructor(
    private readonly elastiCache: ElastiCacheClient,
    private readonly name: string,
  ) {}

  public async endpoint(): Promise<CacheEndpoint> {
    const cache = await this.describe();
    const { Address: host, Port: port } = cache.Endpoint ?? {};
    if (host === undefined || port === undefined) {
      throw new Error(
        `Serverless cache ${this.name} has no endpoint, its status is ${cache.Status}. HINT: wait until it is available.`,
      );
    }
    return { address: { host, port }, isSharded: false };
  }

  public async settings(): Promise<SnapshotSettings> {
    const { SnapshotRetentionLimit: retentionDays = 0, DailySnapshotTime: window } = await this.describe();
    return { retentionDays, window };
  }

  public async snapshots(): Promise<CacheSnapshot[]> {
    return explained('list the snapshots of', this.name, async () => {
      const found: CacheSnapshot[] = [];
      const pages = paginateDescribeServerlessCacheSnapshots(
        { client: this.elastiCache },
        { ServerlessCacheName: this.name },
      );
      for await (const { ServerlessCacheSnapshots: snapshots = [] } of pages) {
        found.push(...snapshots.map(snapshotOf));
      }
      return found;
    });
  }

  public async createSnapshot(name: string, tag: { key: string; value: string }): Promise<CreateOutcome> {
    const command = new CreateServerlessCacheSnapshotCommand({
      ServerlessCacheName: this.name,
      ServerlessCacheSnapshotName: name,
      Tags: [{ Key: tag.key, Value: tag.value }],
    });
    return outcomeOf<CreateOutcome>(
      'take a snapshot of',
      this.name,
      () => this.elastiCache.send(command),
      'begun',
      OUTCOMES,
    );
  }

  public async deleteSnapshot(name: string): Promise<void> {
    await explained('delete a snapshot of', this.name, () =>
      this.elastiCache.send(new DeleteServerlessCacheSnapshotCommand({ ServerlessCacheSnapshotName: name })),
    );
  }

  public async exportSnapshot(snapshot: string, _name: string, bucket: string): Promise<string> {
    const command = new ExportServerlessCacheSnapshotCommand({
      ServerlessCacheSnapshotName: snapshot,
      S3BucketName: bucket,
    });
    return outcomeOf('export a snapshot of', this.name, () => this.elastiCache.send(command), snapshot, {
      // The export of an earlier try goes on.
      InvalidServerlessCacheSnapshotStateFault: snapshot,
    });
  }

  private async describe(): Promise<DescribedCache> {
    const { ServerlessCaches: [cache] = [] } = await explained('look at', this.name, () =>
      this.elastiCache.send(new DescribeServerlessCachesCommand({ ServerlessCacheName: this.name })),
    );
    if (cache === undefined) {
      throw new Error(`There is no serverless cache ${this.name}. HINT: correct its name in the configuration.`);
    }
    return cache;
  }
}

/** Errors of CreateServerlessCacheSnapshot that are no failures. */
const OUTCOMES: Readonly<Record<string, CreateOutcome>> = {
  InvalidServerlessCacheStateFault: 'busy',
  ServerlessCacheSnapshotQuotaExceededFault: 'noQuota',
  ServerlessCacheSnapshotAlreadyExistsFault: 'nameTaken',
};

function snapshotOf(snapshot: ServerlessCacheSnapshot): CacheSnapshot {
  const { ServerlessCacheSnapshotName: name = '', ARN: arn = '', Status: status = '' } = snapshot;
  return {
    name,
    arn,
    createdAt: snapshot.CreateTime,
    status: STATUSES[status.toLowerCase()] ?? 'inUse',
    isManual: snapshot.SnapshotType?.toLowerCase() !== 'automated',
    files: undefined,
    engineVersion: snapshot.ServerlessCacheConfiguration?.MajorEngineVersion,
  };
}

const STATUSES: Readonly<Record<string, CacheSnapshot['status']>> = {
  creating: 'creating',
  available: 'available',
  deleting: 'unusable',
  'create-failed': 'unusable',
};

import type {
  ExportRedisEvent,
  SnapshotRedisEvent,
  VerifyRedisEvent,
  VerifyRedisResult,
} from '../../engine/contract/redis';
import { ObjectStore } from '../../engine/objects/object-store';
import { type RedisManifest, redisBackups } from '../../engine/redis/redis-manifest';
import { encryptOtherwise } from '../damage';
import type { LocalAws } from '../local-aws';
import { ScheduledFunction } from '../scheduled-function';

/** What the probe answers, as far as it is looked at here. */
interface ProbeAnswer {
  readonly snapshot?: { readonly name: string; readonly outcome: string };
  readonly changes?: number;
  readonly bytes?: number;
}

/** What the export answers. */
interface ExportAnswer {
  readonly outcome: string;
  readonly backupId?: string;
}

/** The deployed backups of a cache: the three functions, and what they leave. */
export class RedisBackups {
  private constructor(
    private readonly aws: LocalAws,
    private readonly region: string,
    readonly probe: ScheduledFunction<SnapshotRedisEvent, ProbeAnswer>,
    readonly exporter: ScheduledFunction<ExportRedisEvent, ExportAnswer>,
    readonly verifier: ScheduledFunction<VerifyRedisEvent, VerifyRedisResult>,
  ) {}

  /** Finds the schedules of a deployment. @param prefix first part of its names. @param name name of the cache */
  static async find(aws: LocalAws, region: string, prefix: string, name: string): Promise<RedisBackups> {
    return new RedisBackups(
      aws,
      region,
      await ScheduledFunction.find(aws, region, `${prefix}-${name}-snapshot-redis`),
      await ScheduledFunction.find(aws, region, `${prefix}-${name}-export-redis`),
      await ScheduledFunction.find(aws, region, `${prefix}-verify-redis`),
    );
  }

  /** Lets the schedules fire no more, so that whoever invokes the functions is alone. */
  async stopSchedules(): Promise<void> {
    await Promise.all([this.probe, this.exporter, this.verifier].map((each) => each.setSchedule('DISABLED')));
  }

  /** The newest backup; undefined when there is none. */
  newest(): Promise<RedisManifest | undefined> {
    const { bucket, keyArn } = this.exporter.event.store;
    const s3 = this.aws.s3(this.region);
    return redisBackups(new ObjectStore(s3, { bucket, keyArn }), s3, bucket, this.exporter.event.target.resource).find({
      latest: true,
    });
  }

  /** Encrypts the copy of a file with a key that it should not have. @returns takes the copy away */
  damageCopy(key: string): Promise<() => Promise<void>> {
    const replica = this.verifier.event.replicas[this.exporter.event.target.resource];
    if (replica === undefined) throw new Error('The deployed schedule knows no replica of the cache.');
    return encryptOtherwise(this.aws, replica, key);
  }
}

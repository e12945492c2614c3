import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { filled, instant } from '../catalog/manifest-format';
import { cacheStateKey } from '../contract/redis';
import { TIERS } from '../contract/retention';
import { READ_HINTS } from '../objects/read-hints';
import { StateObject } from '../objects/state-object';
import { redisFile } from './redis-manifest';

/** A backup that has begun, and how far it came. */
const unfinishedExport = z.object({
  backupId: filled,
  tier: z.enum(TIERS),
  startedAt: instant,
  snapshot: z.object({
    name: filled,
    at: instant,
    engineVersion: z.optional(filled),
    /** Number of files that it is exported as; absent where that is not known before. */
    files: z.optional(z.int().check(z.positive())),
  }),
  /** What the keys of the exported files begin with; absent until ElastiCache was asked. */
  exportName: z.optional(filled),
  /** Files that are kept already. */
  files: z.array(redisFile),
});

const exportState = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** Absent while none has begun. */
  unfinished: z.optional(unfinishedExport),
  /** Name of the snapshot whose file was damaged when it was last exported; absent once another is. */
  damaged: z.optional(filled),
});

export type UnfinishedExport = z.infer<typeof unfinishedExport>;

/** What the exports of a cache remember from run to run, in the staging bucket. */
function exportStateObject(s3: S3Client, stagingBucket: string, resource: string) {
  return new StateObject({
    s3,
    bucket: stagingBucket,
    key: cacheStateKey.export(resource),
    schema: exportState,
    of: 'exports',
    takenBy: `exports ${resource}`,
    hints: READ_HINTS,
  });
}

/** The state of exports, held by one run: whatever another run writes in between ends this one. */
export class ExportProgress {
  private etag: string | undefined;
  private current: UnfinishedExport | undefined;
  private damaged: string | undefined;

  /** @throws Error when the state cannot be read. */
  public static async open(s3: S3Client, stagingBucket: string, resource: string): Promise<ExportProgress> {
    const progress = new ExportProgress(exportStateObject(s3, stagingBucket, resource));
    const { state, etag } = await progress.states.read();
    [progress.current, progress.damaged, progress.etag] = [state?.unfinished, state?.damaged, etag];
    return progress;
  }

  private constructor(private readonly states: ReturnType<typeof exportStateObject>) {}

  /** The backup that has begun; undefined while none has. */
  public get unfinished(): UnfinishedExport | undefined {
    return this.current;
  }

  /** Name of the snapshot that was damaged when it was last exported; undefined when the last one was not. */
  public get damagedSnapshot(): string | undefined {
    return this.damaged;
  }

  /**
   * Gives up the backup that has begun, because its snapshot is damaged.
   *
   * @throws StateTakenError when another run has written the state.
   */
  public async giveUpDamaged({ snapshot: { name } }: UnfinishedExport): Promise<void> {
    await this.write({ damaged: name });
  }

  /** @throws StateTakenError when another run has written the state. */
  public async save(unfinished: UnfinishedExport | undefined): Promise<void> {
    await this.write(unfinished && { unfinished });
  }

  private async write(next: { unfinished?: UnfinishedExport; damaged?: string } = {}): Promise<void> {
    this.etag = await this.states.write({ format: 1, ...next }, this.etag);
    [this.current, this.damaged] = [next.unfinished, next.damaged];
  }
}

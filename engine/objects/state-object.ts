import { text } from 'node:stream/consumers';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { errorName, explainStoreError, httpStatus, type StoreHints } from './store-error';

/** Which object, and how it is spoken of. */
export interface StateObjectOptions<Schema extends z.ZodMiniType> {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** Form of the content. */
  readonly schema: Schema;
  /** What it is the state of, as errors say it: `proofs`. */
  readonly of: string;
  /** What another run does that has written in the meantime: `has taken over the proof of uploads`. */
  readonly takenBy: string;
  readonly hints: StoreHints;
}

/** A state together with the version of the object it was read from, which guards the next write. */
export interface StoredState<State> {
  /** Undefined when there is none yet. */
  readonly state: State | undefined;
  readonly etag: string | undefined;
}

/** Another run has written the state since it was read. */
export class StateTakenError extends Error {}

/** A small JSON object in S3 that several runs may write, none of which overwrites what it has not read. */
export class StateObject<Schema extends z.ZodMiniType> {
  public constructor(private readonly options: StateObjectOptions<Schema>) {}

  /** @throws Error when the object cannot be read or is no such state: guessing would forget what was known before. */
  public async read(): Promise<StoredState<z.infer<Schema>>> {
    const { content, etag } = await this.readContent();
    return { state: content === undefined ? undefined : this.parse(content), etag };
  }

  /**
   * Writes the state, if nobody has written it since `etag` was read.
   *
   * @returns the new ETag.
   * @throws StateTakenError when somebody has; Error when S3 refuses.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
   */
  public async write(state: z.infer<Schema>, etag: string | undefined): Promise<string | undefined> {
    const { s3, bucket, key, of, takenBy, hints } = this.options;
    const content = JSON.stringify(state, undefined, 2);
    try {
      const answer = await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: content,
          ContentType: 'application/json',
          ...(etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }),
        }),
      );
      return answer.ETag;
    } catch (error) {
      if (httpStatus(error) === 412 || httpStatus(error) === 409) {
        const own = await this.etagOfOwnWrite(content);
        if (own !== undefined) {
          return own;
        }
        throw new StateTakenError(
          `Another run ${takenBy}. HINT: nothing to do; let one schedule only send the event.`,
          { cause: error },
        );
      }
      throw explainStoreError(error, `write the state of ${of} to`, bucket, hints);
    }
  }

  private async readContent(): Promise<{ content: string | undefined; etag: string | undefined }> {
    const { s3, bucket, key, of, hints } = this.options;
    try {
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { content: await text(answer.Body as NodeJS.ReadableStream), etag: answer.ETag };
    } catch (error) {
      if (errorName(error) === 'NoSuchKey') {
        return { content: undefined, etag: undefined };
      }
      throw explainStoreError(error, `read the state of ${of} from`, bucket, hints);
    }
  }

  /** The SDK repeats a write whose answer was lost; S3 then refuses the second one because of the first. */
  private async etagOfOwnWrite(written: string): Promise<string | undefined> {
    const { content, etag } = await this.readContent();
    return content === written ? etag : undefined;
  }

  private parse(content: string): z.infer<Schema> {
    const { schema, bucket, key, of } = this.options;
    const parsed = z.safeParse(schema, jsonOrUndefined(content));
    if (parsed.error !== undefined) {
      const where = parsed.error.issues[0]?.path.join('.') || 'the whole file';
      throw new Error(
        `s3://${bucket}/${key} is no state of ${of} of format 1 (wrong: ${where}). HINT: restore an earlier version of the object; or delete it, and the next run begins anew, not knowing what was known before.`,
      );
    }
    return parsed.data;
  }
}

function jsonOrUndefined(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

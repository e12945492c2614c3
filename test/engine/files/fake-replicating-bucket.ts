import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  PutBucketReplicationCommand,
  type ReplicationConfiguration,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** What the fake S3 holds, and what was asked of it. */
export interface FakeBucket {
  readonly client: S3Client;
  versioning?: string;
  replication?: ReplicationConfiguration;
  /** Errors that the next requests end with, each request with one. */
  readonly errors: Error[];
  /** Operations that were asked for, failed ones included. */
  readonly requests: string[];
}

/** An S3 with one bucket, of which versioning and replication can be looked at and changed. */
export function fakeBucket(state: { versioning?: string; replication?: ReplicationConfiguration }): FakeBucket {
  const bucket: FakeBucket = { ...state, client: new S3Client({ region: 'eu-west-1' }), errors: [], requests: [] };
  const answer = (command: unknown): object => {
    const error = bucket.errors.shift();
    if (error !== undefined) {
      throw error;
    }
    if (command instanceof GetBucketVersioningCommand) {
      return { Status: bucket.versioning };
    }
    if (command instanceof GetBucketReplicationCommand) {
      if (bucket.replication === undefined) {
        throw s3Error('ReplicationConfigurationNotFoundError', 404);
      }
      return { ReplicationConfiguration: bucket.replication };
    }
    if (command instanceof PutBucketReplicationCommand) {
      bucket.replication = command.input.ReplicationConfiguration;
      return {};
    }
    if (command instanceof DeleteBucketReplicationCommand) {
      bucket.replication = undefined;
      return {};
    }
    throw new Error(`The fake S3 does not know ${String(command)}`);
  };
  bucket.client.send = async (command: object, options?: unknown) => {
    bucket.requests.push(command.constructor.name.replace('Command', ''));
    (options as { abortSignal?: AbortSignal } | undefined)?.abortSignal?.throwIfAborted();
    return answer(command);
  };
  return bucket;
}

/** An error as S3 reports it. */
export const s3Error = (name: string, httpStatusCode: number): S3ServiceException =>
  new S3ServiceException({ name, message: `${name} happened`, $fault: 'client', $metadata: { httpStatusCode } });

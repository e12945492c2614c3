import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { backupIdTime, databasePrefix } from '../contract/backup-layout';
import { TIERS } from '../contract/retention';
import { inParallel } from '../objects/in-parallel';
import { errorName, explainStoreError, type StoreHints } from '../objects/store-error';

/** No run takes longer, in milliseconds: what an older run has left unfinished, no one will finish. 24 hours. */
export const LONGEST_RUN_MS = 86_400_000;

/**
 * Gives up the uploads that dead runs of a database have left, so that their parts are no longer paid for. Complete
 * objects of a run without a manifest stay until the lifecycle expires them with their tier: a role that backs up must not
 * delete.
 *
 * @param begunBefore only uploads of runs that began before: now less {@link LONGEST_RUN_MS}, so that a run that goes on
 *   elsewhere is not hurt.
 * @returns the number of uploads given up.
 * @throws Error when S3 refuses.
 */
export async function abortLeftovers(
  s3: S3Client,
  bucket: string,
  resource: string,
  begunBefore: Date,
): Promise<number> {
  let aborted = 0;
  for (const tier of TIERS) {
    const prefix = databasePrefix(tier, resource);
    const isLeftover = ({ Key: key = '' }: MultipartUpload): boolean => {
      const [id = ''] = key.slice(prefix.length).split('/');
      const begun = backupIdTime(id);
      return begun !== undefined && begun < begunBefore;
    };
    for await (const uploads of uploadsBelow(s3, bucket, prefix)) {
      const leftovers = uploads.filter(isLeftover);
      await inParallel(leftovers, MOST_REQUESTS, (upload) => abort(s3, bucket, upload));
      aborted += leftovers.length;
    }
  }
  return aborted;
}

const MOST_REQUESTS = 8;

async function* uploadsBelow(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<MultipartUpload[], void> {
  let page: ListMultipartUploadsCommandOutput | undefined;
  do {
    const after = page && { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    page = await s3
      .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...after }))
      .catch((error: unknown) => {
        throw explainStoreError(error, 'list the unfinished uploads of', bucket, HINTS);
      });
    yield page.Uploads ?? [];
  } while (page.IsTruncated);
}

/** Another run may do the same at this moment: an upload that is gone is as good. */
async function abort(s3: S3Client, bucket: string, { Key, UploadId }: MultipartUpload): Promise<void> {
  try {
    await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  } catch (error) {
    if (errorName(error) !== 'NoSuchUpload') {
      throw explainStoreError(error, 'give up an unfinished upload to', bucket, HINTS);
    }
  }
}

const HINTS: StoreHints = {
  AccessDenied:
    'give the role s3:ListBucketMultipartUploads on the bucket and s3:AbortMultipartUpload on its objects; look for a Deny in the bucket policy.',
  NoSuchBucket: 'deploy the stack that owns the bucket, or correct the name of the bucket.',
  other: 'look the error up in the S3 API reference, and run again.',
};

import { explainStoreError as explain, type StoreHints } from '../objects/store-error';

/**
 * Turns an error of the SDK into one that says what the verification attempted on which bucket, and what to do about it.
 *
 * @param attempt what was done, as a verb that the bucket's name completes: `list the versions of`.
 */
export function explainStoreError(error: unknown, attempt: string, bucket: string): Error {
  return explain(error, attempt, bucket, STORE_HINTS);
}

/** What to do about an error of S3 in a verification of files. */
export const STORE_HINTS: StoreHints = {
  AccessDenied:
    'give the role of the function s3:ListBucketVersions, s3:GetObjectVersion and, for its key, kms:Decrypt; look for a Deny in the bucket policy.',
  NoSuchBucket: 'deploy the stack that owns the bucket, or correct the name in the event.',
  PermanentRedirect: 'correct the Region of the bucket in the event.',
  SlowDown: 'run less often, or spread the targets over several schedules.',
  other: 'look the error up in the S3 API reference, and run the verification again.',
};

import type { StoreHints } from './store-error';

/** What to do when objects cannot be read, listed or looked at. */
export const READ_HINTS: StoreHints = {
  AccessDenied:
    'give the role s3:GetObject, s3:GetObjectVersion, s3:ListBucket and s3:ListBucketVersions on the bucket and kms:Decrypt on its key; look for a Deny in the bucket policy.',
  InvalidObjectState: 'the object lies in an archive class: restore it with s3:RestoreObject, and run again.',
  NoSuchBucket: 'deploy the stack that owns the bucket, or correct the name of the bucket.',
  PermanentRedirect: 'correct the Region of the bucket.',
  SlowDown: 'run again later.',
  other: 'look the error up in the S3 API reference, and run again.',
};

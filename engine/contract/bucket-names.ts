/** Names of Holdfast's buckets: made of what a deployment is known by, so that nobody has to look them up. */

/** What Holdfast's own bucket for reports bears in the place of a resource's name; no resource may bear it. */
export const PROOFS_RESOURCE = 'proofs';

/** What Holdfast's own bucket for records of deletions bears in the place of a resource's name; no resource may bear it. */
export const TRAIL_RESOURCE = 'trail';

/** What the name of a staging bucket has after the name of the resource; no other resource may be called so. */
export const STAGING_SUFFIX = '-staging';

/** Name of the bucket that holds the files or backups of a protected resource. */
export function sourceBucketName(prefix: string, resource: string, account: string, region: string): string {
  return `${prefix}-${resource}-${account}-${region}`;
}

/** Name of the bucket that holds the replica of a protected resource. */
export function replicaBucketName(prefix: string, resource: string, account: string, region: string): string {
  return `${prefix}-${resource}-replica-${account}-${region}`;
}

/** Name of the bucket that ElastiCache exports the snapshots of a protected cache into; as long as that of its replica. */
export function stagingBucketName(prefix: string, resource: string, account: string, region: string): string {
  return sourceBucketName(prefix, `${resource}${STAGING_SUFFIX}`, account, region);
}

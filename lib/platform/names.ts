/** What Holdfast's own bucket for reports bears in the place of a resource's name; no resource may bear it. */
export const PROOFS_RESOURCE = 'proofs';

/** Name of the bucket that holds the files of a protected resource. */
export function sourceBucketName(prefix: string, resource: string, account: string, region: string): string {
  return `${prefix}-${resource}-${account}-${region}`;
}

/** Name of the bucket that holds the replica of a protected resource. */
export function replicaBucketName(prefix: string, resource: string, account: string, region: string): string {
  return `${prefix}-${resource}-replica-${account}-${region}`;
}

/** Names of the roles that act across Regions and accounts, so that the recovery side can admit them before they exist. */
export const roleNames = {
  /** Role that S3 assumes to replicate a resource. */
  replication: (prefix: string, resource: string): string => `${prefix}-${resource}-replication`,
  /** Role of the function that verifies files. */
  verifyFiles: (prefix: string): string => `${prefix}-verify-files`,
} as const;

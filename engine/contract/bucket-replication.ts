/** What decides how a protected bucket replicates, wherever the rule is written: in a template or through the S3 API. */

/** Id of the replication rule, which the metrics of replication carry as a dimension. */
export const replicationRuleId = (resource: string): string => `holdfast-${resource}`;

/** Minutes within which replication time control promises a copy; S3 takes no other number. */
export const REPLICATION_TIME_MINUTES = 15;

/** What differs between the replication rules of two buckets; all else is the same for each. */
export interface ReplicationTarget {
  /** See {@link replicationRuleId}. */
  readonly ruleId: string;
  /** ARN of the replica. */
  readonly replicaBucketArn: string;
  /** ARN of the key, or of an alias of the key, that encrypts the replica. */
  readonly replicaKeyArn: string;
  /** Account of the replica, which then owns the copies. @default - the account of the source */
  readonly replicaAccount?: string;
}

/** Properties of the custom resource that lets a bucket replicate which CloudFormation does not own. */
export interface BucketReplicationProperties extends ReplicationTarget {
  readonly bucketName: string;
  /** ARN of the role that S3 assumes to replicate. */
  readonly roleArn: string;
}

import type { aws_s3 as s3 } from 'aws-cdk-lib';
import { RUNS_PREFIX, SAFETY_PREFIX } from '../../engine/contract/backup-layout';
import type { Retention } from '../../engine/contract/retention';
import { REPLICA_KEEPS_LONGER_DAYS } from '../files/file-lifecycle';

/** Days for which the tasks of a run may look up what they told each other. */
const RUNS_KEPT_DAYS = 7;

/**
 * Days until a version goes that its age has hidden, or that someone deleted. The lock of its object holds it longer where
 * it was deleted before its time.
 */
const NONCURRENT_KEPT_DAYS = 1;

/** Days after which an upload is removed that a killed run has left. */
const ABORT_UPLOADS_AFTER_DAYS = 1;

/** Lifecycle rules of a bucket of dumps: each tier goes when its time is over, by a rule on its prefix. */
export function dumpsLifecycleRules(retention: Retention): s3.CfnBucket.RuleProperty[] {
  return rules(retention, 0);
}

/**
 * Lifecycle rules of the replica of a bucket of dumps, which keeps everything longer: S3 carries rules out asynchronously, and the
 * replica must not lose what the source still lists.
 */
export function dumpsReplicaLifecycleRules(retention: Retention): s3.CfnBucket.RuleProperty[] {
  return rules(retention, REPLICA_KEEPS_LONGER_DAYS);
}

function rules(retention: Retention, longerDays: number): s3.CfnBucket.RuleProperty[] {
  const keepDays: readonly (readonly [prefix: string, days: number])[] = [
    ...retention.tiers.map((tier) => [`${tier}/`, retention.keepDays(tier)] as const),
    [SAFETY_PREFIX, retention.keepDays('daily')],
    [RUNS_PREFIX, RUNS_KEPT_DAYS],
  ];
  return [
    ...keepDays.map(([prefix, days]) => ({
      id: `holdfast-${prefix.replace('/', '')}`,
      status: 'Enabled',
      prefix,
      expirationInDays: days + longerDays,
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_KEPT_DAYS },
    })),
    {
      id: 'holdfast-incomplete-uploads',
      status: 'Enabled',
      abortIncompleteMultipartUpload: { daysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS },
    },
    { id: 'holdfast-expired-delete-markers', status: 'Enabled', expiredObjectDeleteMarker: true },
  ];
}

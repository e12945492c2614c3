import type { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Problem } from '../problem';
import type { LockMode } from './lock-mode';
import type { BucketLock } from './secure-bucket';

/**
 * Storage classes a version can move to, in the order in which it can pass through them. STANDARD is where every version
 * begins. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
export const STORAGE_CLASSES = [
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const;
export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** A move to a cheaper storage class. */
export interface Transition {
  readonly storageClass: StorageClass;
  /** Days since the version was written (current versions) or replaced (noncurrent versions). */
  readonly afterDays: number;
}

/** What happens to versions as they age. */
export interface VersionLifecycle {
  /** Moves to cheaper classes, in the order of their age. @default - versions stay in S3 Standard */
  readonly transitions?: readonly Transition[];
  /**
   * Current versions: days until a delete marker hides the version. Noncurrent versions: days until it is deleted for
   * good. @default - versions are kept
   */
  readonly expireAfterDays?: number;
}

/** The life of a file from its upload to its deletion, on one side of the replication. */
export interface FileLifecycle {
  /** Versions that a plain read returns. @default - kept in S3 Standard */
  readonly currentVersions?: VersionLifecycle;
  /** Versions that were overwritten or deleted. @default - kept in S3 Standard */
  readonly noncurrentVersions?: VersionLifecycle;
  /** Days after which an upload that was begun and never completed is removed. @default 7 */
  readonly abortIncompleteUploadsAfterDays?: number;
  /**
   * Days for which Object Lock keeps each version from being deleted.
   * @default - the source is not locked, the replica is (see {@link FileCategory})
   */
  readonly lockDays?: number;
}

/** Days after which an incomplete upload is removed unless said otherwise. */
export const ABORT_INCOMPLETE_UPLOADS_AFTER_DAYS = 7;

/**
 * Days the replica keeps every version longer than the source. S3 carries lifecycle out asynchronously, so with equal
 * ages the replica could lose a version while the source still lists it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export const REPLICA_KEEPS_LONGER_DAYS = 7;

/** S3 refuses moves into these classes before this age; the others have no such limit. */
const MINIMUM_AGE_DAYS: Partial<Record<StorageClass, number>> = { STANDARD_IA: 30, ONEZONE_IA: 30 };

/**
 * Days that are billed for each version in a class, however soon it leaves.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
const MINIMUM_STAY_DAYS: Record<StorageClass, number> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  INTELLIGENT_TIERING: 0,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
};

/** Everything wrong with a lifecycle that belongs to one side alone; empty when it can be deployed. */
export function lifecycleProblems(lifecycle: FileLifecycle, path: string): Problem[] {
  return [
    ...versionProblems(lifecycle.currentVersions, `${path}.currentVersions`),
    ...versionProblems(lifecycle.noncurrentVersions, `${path}.noncurrentVersions`),
    ...dayProblems(lifecycle.abortIncompleteUploadsAfterDays, `${path}.abortIncompleteUploadsAfterDays`),
    ...dayProblems(lifecycle.lockDays, `${path}.lockDays`),
    ...lockProblems(lifecycle, path),
  ];
}

/** Everything wrong with a replica's lifecycle beside its source's: the replica must keep each version longer. */
export function replicaLifecycleProblems(source: FileLifecycle, replica: FileLifecycle, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const side of ['currentVersions', 'noncurrentVersions'] as const) {
    const sourceDays = source[side]?.expireAfterDays;
    const replicaDays = replica[side]?.expireAfterDays;
    if (replicaDays === undefined) {
      continue;
    }
    const field = `${path}.${side}.expireAfterDays`;
    if (sourceDays === undefined) {
      problems.push({
        path: field,
        message: `the replica would expire versions after ${replicaDays} days that the source keeps for ever. HINT: leave it out`,
      });
    } else if (replicaDays < sourceDays + REPLICA_KEEPS_LONGER_DAYS) {
      problems.push({
        path: field,
        message: `must be at least ${sourceDays + REPLICA_KEEPS_LONGER_DAYS}, ${REPLICA_KEEPS_LONGER_DAYS} days more than the source's ${sourceDays}, got: ${replicaDays}`,
      });
    }
  }
  if (source.lockDays !== undefined && (replica.lockDays ?? 0) < source.lockDays) {
    problems.push({
      path: `${path}.lockDays`,
      message: `must be at least the source's ${source.lockDays}, got: ${replica.lockDays ?? 'none'}`,
    });
  }
  return problems;
}

/**
 * The lifecycle rules of a bucket. Their ids are stable; removing delete markers that hide nothing is a rule of its own,
 * because S3 does not take it together with an age.
 */
export function lifecycleRules(lifecycle: FileLifecycle): s3.CfnBucket.RuleProperty[] {
  const { currentVersions, noncurrentVersions } = lifecycle;
  return [
    {
      id: 'holdfast-versions',
      status: 'Enabled',
      abortIncompleteMultipartUpload: {
        daysAfterInitiation: lifecycle.abortIncompleteUploadsAfterDays ?? ABORT_INCOMPLETE_UPLOADS_AFTER_DAYS,
      },
      transitions: transitionRules(currentVersions),
      expirationInDays: currentVersions?.expireAfterDays,
      noncurrentVersionTransitions: transitionRules(noncurrentVersions),
      ...(noncurrentVersions?.expireAfterDays !== undefined && {
        noncurrentVersionExpiration: { noncurrentDays: noncurrentVersions.expireAfterDays },
      }),
    },
    { id: 'holdfast-expired-delete-markers', status: 'Enabled', expiredObjectDeleteMarker: true },
  ];
}

/** The lock of a bucket with this lifecycle; undefined where it locks nothing. */
export function lifecycleLock({ lockDays }: FileLifecycle, mode: LockMode | undefined): BucketLock | undefined {
  return lockDays === undefined ? undefined : { days: lockDays, mode };
}

function transitionRules(versions: VersionLifecycle | undefined) {
  return versions?.transitions?.map(({ storageClass, afterDays }) => ({ storageClass, transitionInDays: afterDays }));
}

function versionProblems(versions: VersionLifecycle | undefined, path: string): Problem[] {
  if (!versions) {
    return [];
  }
  const problems = dayProblems(versions.expireAfterDays, `${path}.expireAfterDays`);
  let previous: Transition | undefined;
  for (const [index, transition] of (versions.transitions ?? []).entries()) {
    problems.push(...transitionProblems(transition, previous, `${path}.transitions[${index}]`));
    previous = transition;
  }
  if (previous && versions.expireAfterDays !== undefined) {
    const earliest = previous.afterDays + MINIMUM_STAY_DAYS[previous.storageClass];
    if (versions.expireAfterDays <= previous.afterDays || versions.expireAfterDays < earliest) {
      problems.push({
        path: `${path}.expireAfterDays`,
        message: `must be at least ${Math.max(earliest, previous.afterDays + 1)}, after the move to ${previous.storageClass} at ${previous.afterDays} days and the ${MINIMUM_STAY_DAYS[previous.storageClass]} days that are billed there, got: ${versions.expireAfterDays}`,
      });
    }
  }
  return problems;
}

function transitionProblems(transition: Transition, previous: Transition | undefined, path: string): Problem[] {
  const problems = dayProblems(transition.afterDays, `${path}.afterDays`);
  const minimumAge = MINIMUM_AGE_DAYS[transition.storageClass] ?? 0;
  if (problems.length === 0 && transition.afterDays < minimumAge) {
    problems.push({
      path: `${path}.afterDays`,
      message: `must be at least ${minimumAge} for ${transition.storageClass}, got: ${transition.afterDays}`,
    });
  }
  if (previous) {
    const stay = MINIMUM_STAY_DAYS[previous.storageClass];
    const earliest = previous.afterDays + Math.max(stay, 1);
    if (transition.afterDays < earliest) {
      problems.push({
        path: `${path}.afterDays`,
        message: `must be at least ${earliest}, after the move to ${previous.storageClass} at ${previous.afterDays} days and the ${stay} days that are billed there, got: ${transition.afterDays}`,
      });
    }
    if (STORAGE_CLASSES.indexOf(transition.storageClass) <= STORAGE_CLASSES.indexOf(previous.storageClass)) {
      problems.push({
        path: `${path}.storageClass`,
        message: `must be colder than ${previous.storageClass} (order: ${STORAGE_CLASSES.join(', ')}), got: ${transition.storageClass}`,
      });
    } else if (previous.storageClass === 'ONEZONE_IA' && transition.storageClass === 'GLACIER_IR') {
      problems.push({
        path: `${path}.storageClass`,
        message: `must be GLACIER or DEEP_ARCHIVE after ONEZONE_IA, S3 allows no other move from there, got: ${transition.storageClass}`,
      });
    }
  }
  return problems;
}

/** A version may be replaced right after it was written, so it is deleted as early as noncurrent versions expire. */
function lockProblems({ lockDays, noncurrentVersions }: FileLifecycle, path: string): Problem[] {
  const expireAfterDays = noncurrentVersions?.expireAfterDays;
  if (lockDays === undefined || expireAfterDays === undefined || lockDays <= expireAfterDays) {
    return [];
  }
  return [
    {
      path: `${path}.lockDays`,
      message: `must not be longer than noncurrentVersions.expireAfterDays (${expireAfterDays}), or versions could not be deleted when they expire, got: ${lockDays}`,
    },
  ];
}

function dayProblems(days: number | undefined, path: string): Problem[] {
  if (days === undefined || (Number.isInteger(days) && days >= 1 && days <= MAXIMUM_DAYS)) {
    return [];
  }
  return [{ path, message: `must be a whole number of days from 1 to ${MAXIMUM_DAYS}, got: ${days}` }];
}

/** Object Lock's longest retention: 100 years. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html */
const MAXIMUM_DAYS = 36_500;

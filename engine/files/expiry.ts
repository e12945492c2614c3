import type { ObjectVersion } from './listing-page';

const DAY_MS = 86_400_000;

/**
 * Whether a delete marker was written by the lifecycle of its bucket and not by a person. S3 replicates no lifecycle
 * actions, so the other side is not expected to have it.
 *
 * The lifecycle writes a marker once the version beneath has reached the age of expiry. A marker with nothing beneath is
 * what remains when that version has expired for good; it hides nothing, and the lifecycle removes it in turn.
 *
 * @param beneath next older version of the key on the same side; absent where there is none
 * @param expireAfterDays age at which the source expires current versions, the replica later; absent when it keeps them
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
export function isExpiry(
  version: ObjectVersion,
  beneath: ObjectVersion | undefined,
  expireAfterDays: number | undefined,
): boolean {
  if (!version.isDeleteMarker || expireAfterDays === undefined) {
    return false;
  }
  return (
    beneath === undefined ||
    (!beneath.isDeleteMarker && version.lastModified - beneath.lastModified >= expireAfterDays * DAY_MS)
  );
}

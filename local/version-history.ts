import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectVersion } from '../engine/files/listing-page';
import { VersionListing } from '../engine/files/version-listing';

/** The history of every key of a bucket, oldest version first. */
export type Histories = ReadonlyMap<string, readonly ObjectVersion[]>;

/** Reads the histories of all keys of a bucket. All of it is held in memory: for rehearsals, not for real buckets. */
export async function readHistories(s3: S3Client, bucket: string): Promise<Histories> {
  const histories = new Map<string, ObjectVersion[]>();
  const listing = await VersionListing.open({ s3, name: bucket }, undefined, new AbortController().signal);
  for (; listing.current !== undefined; await listing.advance()) {
    const version = listing.current;
    // A listing gives the newest version of a key first.
    histories.set(version.key, [version, ...(histories.get(version.key) ?? [])]);
  }
  return histories;
}

import { VersionListing } from '../files/version-listing';
import type { DumpsBucket } from './dumps';

/** An object as a listing should show it. */
export interface ExpectedObject {
  /** @default - any: it is the current one */
  readonly versionId?: string;
  /** @default - any */
  readonly bytes?: number;
}

/** What a listing lacks; keys. */
export interface Lacking {
  /** Objects that are not there, or not as they were written. */
  readonly missing: readonly string[];
  /** Objects that are there, below a delete marker. */
  readonly hidden: readonly string[];
}

/**
 * Looks for objects in the version listing of a folder: about 1,000 objects a request, nothing is read.
 *
 * @param expected by key.
 * @param matching `content` for a store that gives copies new version ids: then the current version is meant.
 * @throws Error when S3 refuses.
 */
export async function lookThrough(
  bucket: DumpsBucket,
  folder: string,
  expected: ReadonlyMap<string, ExpectedObject>,
  matching: 'versionId' | 'content',
): Promise<Lacking> {
  const missing = new Set(expected.keys());
  const hidden: string[] = [];
  const listing = await VersionListing.open(bucket, undefined, new AbortController().signal, folder);
  while (listing.current !== undefined) {
    const { key, versionId, size, isLatest, isDeleteMarker } = listing.current;
    const object = expected.get(key);
    if (object !== undefined && isDeleteMarker && isLatest) {
      hidden.push(key);
    } else if (object !== undefined && !isDeleteMarker) {
      const { bytes = size } = object;
      const isVersion =
        matching === 'versionId' && object.versionId !== undefined ? versionId === object.versionId : isLatest;
      if (isVersion && size === bytes) {
        missing.delete(key);
      }
    }
    await listing.advance();
  }
  return { missing: [...missing], hidden };
}

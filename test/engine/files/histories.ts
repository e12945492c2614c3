import type { ObjectVersion } from '../../../engine/files/listing-page';
import type { VersionWalk } from '../../../engine/files/merge-join';

/** A version of a history, as short as a test can say it. */
export function version(versionId: string, more: Partial<ObjectVersion> = {}): ObjectVersion {
  return {
    key: 'key',
    versionId,
    isDeleteMarker: false,
    isLatest: false,
    lastModified: 0,
    size: 1,
    etag: versionId,
    storageClass: 'STANDARD',
    ...more,
  };
}

/** Walks versions that are in memory; every third step is a page that must be waited for. */
export function walk(versions: readonly ObjectVersion[]): VersionWalk & { readonly steps: () => number } {
  let index = 0;
  return {
    get current() {
      return versions[index];
    },
    advance() {
      index += 1;
      return index % 3 === 0 ? Promise.resolve() : undefined;
    },
    steps: () => index,
  };
}

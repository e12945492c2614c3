import { etagOf, lastModifiedOf, type SyntheticBucket, sizeOf, versionIdOf } from './synthetic-bucket';

/** Which page of a bucket a client asks for, whatever the operation calls it. */
export interface PageRequest {
  readonly prefix: string;
  /** Groups keys at the next occurrence after the prefix; empty for none. */
  readonly delimiter: string;
  /** The page begins after this key or group. */
  readonly after: string;
  readonly maxKeys: number;
  /** Whether the client asked for `encoding-type=url`. The keys of a synthetic bucket are the same either way. */
  readonly urlEncoded: boolean;
}

/** XML of the answer, from after the bucket's name to the end. */
export type RenderListing = (bucket: SyntheticBucket, request: PageRequest) => string;

/** Answer of ListObjectVersions. */
export const versionsListing: RenderListing = (bucket, request) => {
  const page = selectPage(bucket, request);
  const next =
    page.last === undefined ? '' : `<NextKeyMarker>${page.last.name}</NextKeyMarker>${nextVersionId(page.last)}`;
  return (
    `<KeyMarker>${request.after}</KeyMarker><VersionIdMarker></VersionIdMarker>${next}${commonXml(request, page)}` +
    `${entriesXml(page, versionXml)}</ListVersionsResult>`
  );
};

/** Answer of ListObjectsV2. The continuation token is the last key itself. */
export const objectsListingV2: RenderListing = (bucket, request) => {
  const page = selectPage(bucket, request);
  const next = page.last === undefined ? '' : `<NextContinuationToken>${page.last.name}</NextContinuationToken>`;
  return (
    `${next}<KeyCount>${page.entries.length}</KeyCount>${commonXml(request, page)}` +
    `${entriesXml(page, objectXml)}</ListBucketResult>`
  );
};

/** Answer of the first version of ListObjects. */
export const objectsListingV1: RenderListing = (bucket, request) => {
  const page = selectPage(bucket, request);
  const next = page.last === undefined ? '' : `<NextMarker>${page.last.name}</NextMarker>`;
  return (
    `<Marker>${request.after}</Marker>${next}${commonXml(request, page)}` +
    `${entriesXml(page, objectXml)}</ListBucketResult>`
  );
};

/** A key, or where there is no index, a group of keys (`CommonPrefixes`). */
interface Entry {
  readonly name: string;
  readonly index?: number;
}

interface Page {
  readonly entries: readonly Entry[];
  /** Where the next page goes on; absent on the last page. */
  readonly last?: Entry;
}

function selectPage(bucket: SyntheticBucket, { prefix, delimiter, after, maxKeys }: PageRequest): Page {
  const entries: Entry[] = [];
  const marker = endOfGroup(after, delimiter);
  let index = bucket.firstIndex((key) => key >= prefix && key > marker);
  for (;;) {
    const key = bucket.keys[index];
    if (key === undefined || !key.startsWith(prefix)) {
      return { entries };
    }
    const last = entries.at(-1);
    if (entries.length === maxKeys && last !== undefined) {
      return { entries, last };
    }
    const endOfName = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (endOfName < 0) {
      entries.push({ name: key, index });
      index += 1;
    } else {
      const group = key.slice(0, endOfName + delimiter.length);
      entries.push({ name: group });
      const end = endOfGroup(group, delimiter);
      index = bucket.firstIndex((other) => other > end);
    }
  }
}

/** A marker that is a group stands for all of its keys. */
const endOfGroup = (marker: string, delimiter: string): string =>
  delimiter !== '' && marker.endsWith(delimiter) ? `${marker}\uffff` : marker;

function commonXml({ prefix, delimiter, maxKeys, urlEncoded }: PageRequest, page: Page): string {
  return (
    `<Prefix>${prefix}</Prefix>${delimiter === '' ? '' : `<Delimiter>${delimiter}</Delimiter>`}` +
    `<MaxKeys>${maxKeys}</MaxKeys>${urlEncoded ? '<EncodingType>url</EncodingType>' : ''}` +
    `<IsTruncated>${page.last !== undefined}</IsTruncated>`
  );
}

function entriesXml(page: Page, entryXml: (name: string, index: number) => string): string {
  return page.entries
    .map(({ name, index }) =>
      index === undefined ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>` : entryXml(name, index),
    )
    .join('');
}

const OWNER = '<Owner><ID>79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be</ID></Owner>';

const versionXml = (key: string, index: number): string =>
  `<Version><Key>${key}</Key><VersionId>${versionIdOf(index)}</VersionId><IsLatest>true</IsLatest>${attributesXml(index)}` +
  `${OWNER}<StorageClass>STANDARD</StorageClass></Version>`;

const objectXml = (key: string, index: number): string =>
  `<Contents><Key>${key}</Key>${attributesXml(index)}<StorageClass>STANDARD</StorageClass></Contents>`;

const attributesXml = (index: number): string =>
  `<LastModified>${lastModifiedOf(index).toISOString()}</LastModified><ETag>${etagOf(index).replaceAll('"', '&quot;')}</ETag>` +
  `<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${sizeOf(index)}</Size>`;

const nextVersionId = ({ index }: Entry): string =>
  index === undefined ? '' : `<NextVersionIdMarker>${versionIdOf(index)}</NextVersionIdMarker>`;

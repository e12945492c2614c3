import type { ServerResponse } from 'node:http';
import type { FakeBucket, FakeUpload, FakeVersion, Refusal } from './s3-bucket';

/** Sends an element of S3's XML. */
export function sendXml(response: ServerResponse, root: string, content: string, headers: object = {}): void {
  response.writeHead(200, { 'content-type': 'application/xml', ...headers });
  response.end(`${XML_HEAD}<${root} ${NAMESPACE}>${content}</${root}>`);
}

/** Sends a refusal. */
export function sendRefusal(response: ServerResponse, { status, code, message }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`${XML_HEAD}<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}

/** The content of an answer to `ListObjectsV2`. */
export function objectListing(bucket: FakeBucket, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const startAfter = query.get('start-after') ?? '';
  const names = bucket
    .keys()
    .filter((key) => key.startsWith(prefix) && key > startAfter && bucket.current(key) !== undefined);
  const page = pageOf(groups(names, prefix, query.get('delimiter')), query.get('continuation-token'), pageSize);
  const next = page.next === undefined ? '' : `<NextContinuationToken>${escapeXml(page.next)}</NextContinuationToken>`;
  const entries = page.names.map((name) => {
    const object = bucket.current(name);
    return object === undefined
      ? `<CommonPrefixes><Prefix>${escapeXml(name)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${escapeXml(name)}</Key><LastModified>${object.lastModified.toISOString()}</LastModified><ETag>${escapeXml(object.etag)}</ETag><Size>${object.body.length}</Size></Contents>`;
  });
  return `<Prefix>${escapeXml(prefix)}</Prefix><IsTruncated>${page.next !== undefined}</IsTruncated>${next}${entries.join('')}`;
}

/** The content of an answer to `ListObjectVersions`. A page ends between two keys. */
export function versionListing(bucket: FakeBucket, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const keys = bucket.keys().filter((key) => key.startsWith(prefix));
  const page = pageOf(keys, query.get('key-marker'), pageSize);
  const next = page.next === undefined ? '' : `<NextKeyMarker>${escapeXml(page.next)}</NextKeyMarker>`;
  const entries = page.names.flatMap((key) =>
    bucket.history(key).map((version, place) => versionEntry(key, version, place)),
  );
  return `<IsTruncated>${page.next !== undefined}</IsTruncated>${next}${entries.join('')}`;
}

/** The content of an answer to `ListMultipartUploads`. */
export function uploadListing(bucket: FakeBucket, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const [afterKey, afterId] = [query.get('key-marker'), query.get('upload-id-marker') ?? LAST];
  const uploads = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort(byKey)
    .filter(({ key, uploadId }) => afterKey === null || key > afterKey || (key === afterKey && uploadId > afterId));
  const page = uploads.slice(0, pageSize);
  const last = page.at(-1);
  const isTruncated = pageSize < uploads.length;
  const next =
    isTruncated && last
      ? `<NextKeyMarker>${escapeXml(last.key)}</NextKeyMarker><NextUploadIdMarker>${last.uploadId}</NextUploadIdMarker>`
      : '';
  const entries = page.map(
    ({ key, uploadId, initiated }) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${uploadId}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
  );
  return `<IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}`;
}

/** Text as XML holds it. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** After every id of an upload. */
const LAST = '\u{10ffff}';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const byKey = (left: FakeUpload, right: FakeUpload): number =>
  Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)) || (left.uploadId < right.uploadId ? -1 : 1);

/** Keys with what they have in common up to the delimiter taken together. */
function groups(keys: readonly string[], prefix: string, delimiter: string | null): string[] {
  const names = keys.map((key) => {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    return end < 0 ? key : key.slice(0, end + 1);
  });
  return [...new Set(names)];
}

function pageOf(names: readonly string[], after: string | null, size: number): { names: string[]; next?: string } {
  const start = after === null ? 0 : names.indexOf(after) + 1;
  const page = names.slice(start, start + size);
  const last = page.at(-1);
  return start + size < names.length && last !== undefined ? { names: page, next: last } : { names: page };
}

function versionEntry(key: string, version: FakeVersion, place: number): string {
  const tag = version.isDeleteMarker ? 'DeleteMarker' : 'Version';
  const size = version.isDeleteMarker ? '' : `<Size>${version.body.length}</Size>`;
  return `<${tag}><Key>${escapeXml(key)}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${place === 0}</IsLatest><LastModified>${version.lastModified.toISOString()}</LastModified>${size}</${tag}>`;
}

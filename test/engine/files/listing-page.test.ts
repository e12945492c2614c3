import { readListingPage } from '../../../engine/files/listing-page';

const page = (content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Prefix/>${content}</ListVersionsResult>`;
const version = (key: string, more = '') =>
  `<Version><Key>${key}</Key><VersionId>id</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-23T12:00:00.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass><Owner><ID>me</ID></Owner>${more}</Version>`;
const marker =
  '<DeleteMarker><Key>b</Key><VersionId>gone</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-23T12:00:01.000Z</LastModified><Owner><ID>me</ID></Owner></DeleteMarker>';
const LAST = '<IsTruncated>false</IsTruncated>';

test('keeps versions and delete markers in the order they come in', () => {
  const { versions, next } = readListingPage(page(`${LAST}${version('a')}${marker}${version('c')}`));
  expect(next).toBeUndefined();
  expect(versions.map(({ key, isDeleteMarker }) => [key, isDeleteMarker])).toEqual([
    ['a', false],
    ['b', true],
    ['c', false],
  ]);
  expect(versions[0]).toEqual({
    key: 'a',
    versionId: 'id',
    isDeleteMarker: false,
    isLatest: true,
    lastModified: Date.parse('2026-11-23T12:00:00Z'),
    size: 5,
    etag: 'abc-2',
    storageClass: 'STANDARD',
  });
  expect(versions[1]).toMatchObject({ versionId: 'gone', isLatest: false, size: 0, etag: '' });
});

test('decodes keys that the response says are encoded', () => {
  const { versions } = readListingPage(
    page(`<EncodingType>url</EncodingType>${LAST}${version('a+b%2Bc%25%F0%9F%98%80')}`),
  );
  expect(versions[0]?.key).toBe('a b+c%😀');
});

test('leaves keys alone that only the request wanted encoded', () => {
  const { versions } = readListingPage(page(`${LAST}${version('a+b%2Bc&amp;&#13;&#x1F600;')}`));
  expect(versions[0]?.key).toBe('a+b%2Bc&\r😀');
});

test('tells where the next page begins', () => {
  const more = (keyMarker: string) =>
    page(
      `<EncodingType>url</EncodingType><NextKeyMarker>${keyMarker}</NextKeyMarker><NextVersionIdMarker>id</NextVersionIdMarker><IsTruncated>true</IsTruncated>`,
    );
  expect(readListingPage(more('a+b')).next).toEqual({ keyMarker: 'a b', versionIdMarker: 'id' });
});

test('reads an unversioned bucket, whose versions have no id', () => {
  const { versions } = readListingPage(page(`${LAST}${version('a').replace('<VersionId>id</VersionId>', '')}`));
  expect(versions[0]?.versionId).toBe('null');
});

test.each([
  [
    'cut short',
    page(`${LAST}${version('a')}`).slice(0, -'</ListVersionsResult>'.length),
    'no complete <ListVersionsResult>',
  ],
  ['empty', '', 'no complete <ListVersionsResult>'],
  ['cut inside a version', page(`${LAST}<Version><Key>a</Key>`), 'no complete <ListVersionsResult>'],
  ['silent about whether more follows', page(version('a')), 'IsTruncated undefined'],
  ['truncated without a marker', page('<IsTruncated>true</IsTruncated>'), 'without a usable NextKeyMarker'],
  ['with comments', page(`${LAST}<!-- hm -->`), 'markup that no version listing holds'],
  ['without a size', page(`${LAST}${version('a').replace('<Size>5</Size>', '')}`), 'Size undefined'],
  ['without a date', page(`${LAST}${version('a').replace('2026-11-23T', 'x')}`), 'LastModified x12:00:00.000Z'],
  [
    'with a key that is no UTF-8',
    page(`<EncodingType>url</EncodingType>${LAST}${version('%FF')}`),
    'no url-encoded UTF-8',
  ],
])('refuses a page that is %s', (_, xml, reason) => {
  expect(() => readListingPage(xml)).toThrow(reason);
  expect(() => readListingPage(xml)).toThrow('HINT:');
});

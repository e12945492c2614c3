import {
  objectsListingV1,
  objectsListingV2,
  type PageRequest,
  type RenderListing,
  versionsListing,
} from './s3-listing';
import { SyntheticBucket } from './synthetic-bucket';

const BUCKET = new SyntheticBucket(4_500);
const WHOLE: PageRequest = { prefix: '', delimiter: '', after: '', maxKeys: 1_000, urlEncoded: true };

function allNames(render: RenderListing, request: PageRequest, element: RegExp, marker: RegExp): string[] {
  const names: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = render(BUCKET, { ...request, after });
    names.push(...[...page.matchAll(element)].map(([, name = '']) => name));
    after = marker.exec(page)?.[1];
    expect(page).toContain(`<IsTruncated>${after !== undefined}</IsTruncated>`);
  }
  return names;
}

const KEY = /<Key>(.*?)<\/Key>/g;
const GROUP = /<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g;

test('holds keys of a realistic length in the order of their bytes', () => {
  const sorted = [...BUCKET.keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  expect(BUCKET.keys).toEqual(sorted);
  expect(new Set(BUCKET.keys).size).toBe(4_500);
  expect(Math.min(...BUCKET.keys.map((key) => key.length))).toBeGreaterThanOrEqual(60);
  expect(Math.max(...BUCKET.keys.map((key) => key.length))).toBeLessThanOrEqual(80);
});

test.each<[string, RenderListing, RegExp]>([
  ['versions', versionsListing, /<NextKeyMarker>(.*?)</],
  ['objects (V1)', objectsListingV1, /<NextMarker>(.*?)</],
  ['objects (V2)', objectsListingV2, /<NextContinuationToken>(.*?)</],
])('lists all %s, each once, in pages', (_, render, marker) => {
  expect(allNames(render, WHOLE, KEY, marker)).toEqual(BUCKET.keys);
});

test('lists the keys below a prefix', () => {
  const prefix = 'tenants/tenant-00001/';
  const names = allNames(objectsListingV2, { ...WHOLE, prefix }, KEY, /<NextContinuationToken>(.*?)</);
  expect(names).toEqual(BUCKET.keys.filter((key) => key.startsWith(prefix)));
});

test('groups keys by a delimiter, across pages', () => {
  const request = { ...WHOLE, prefix: 'tenants/', delimiter: '/', maxKeys: 2 };
  expect(allNames(objectsListingV2, request, GROUP, /<NextContinuationToken>(.*?)</)).toEqual([
    'tenants/tenant-00000/',
    'tenants/tenant-00001/',
    'tenants/tenant-00002/',
  ]);
});

test('finds a key by its name, and no other', () => {
  expect(BUCKET.indexOf(BUCKET.keys[1_234] ?? '')).toBe(1_234);
  expect(BUCKET.indexOf('tenants/tenant-00000/none')).toBeUndefined();
});

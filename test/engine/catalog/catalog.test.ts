import { CatalogError } from '../../../engine/catalog/catalog-error';
import { BackupFile } from '../../../engine/contract/backup-layout';
import { ObjectDamagedError } from '../../../engine/objects/object-error';
import { allOf, BackupBucket, BUCKET } from './backup';

const MONDAY = '20261123T020000Z-0f3c9a1e';
const SUNDAY = '20261122T020000Z-ffffffff';
const SATURDAY = '20261121T020000Z-00000000';

let bucket: BackupBucket;
beforeAll(async () => {
  bucket = await BackupBucket.start();
});
beforeEach(() => bucket.server.reset());
afterAll(() => bucket.stop());

const publishThree = async () => {
  await bucket.publish({ id: SUNDAY, tier: 'weekly', snapshotAt: '2026-11-22T02:00:05.000Z' });
  await bucket.publish({ id: MONDAY, snapshotAt: '2026-11-23T02:00:05.000Z' });
  await bucket.publish({ id: SATURDAY, tier: 'yearly', snapshotAt: '2026-11-21T02:00:05.000Z' });
};

const putManifest = (id: string, content: string) =>
  bucket.server.bucket(BUCKET).put(bucket.key(id, BackupFile.MANIFEST), Buffer.from(content));

describe('a list of backups', () => {
  test('has those of all tiers, the newest first', async () => {
    await publishThree();
    expect(await bucket.catalog.list()).toEqual([
      { id: MONDAY, tier: 'daily', at: new Date('2026-11-23T02:00:00Z'), prefix: `daily/shop/${MONDAY}/` },
      { id: SUNDAY, tier: 'weekly', at: new Date('2026-11-22T02:00:00Z'), prefix: `weekly/shop/${SUNDAY}/` },
      { id: SATURDAY, tier: 'yearly', at: new Date('2026-11-21T02:00:00Z'), prefix: `yearly/shop/${SATURDAY}/` },
    ]);
  });

  test('has no run without a manifest, no other database, and nothing that is no backup', async () => {
    await bucket.archives({ id: MONDAY });
    await putManifest('notes', '{}');
    await bucket.server.bucket(BUCKET).put(`daily/shop2/${MONDAY}/manifest.json`, Buffer.from('{}'));
    await bucket.server.bucket(BUCKET).put('daily/shop/manifest.json', Buffer.from('{}'));
    expect(await bucket.catalog.list()).toEqual([]);
  });

  test('has no backup whose manifest was deleted', async () => {
    await publishThree();
    bucket.server.bucket(BUCKET).deleteCurrent(bucket.key(MONDAY, BackupFile.MANIFEST));
    expect((await bucket.catalog.list()).map(({ id }) => id)).toEqual([SUNDAY, SATURDAY]);
  });

  test('goes on over pages, without a look at what is in the folders', async () => {
    bucket.server.pageSize = 2;
    const ids = Array.from({ length: 7 }, (_, day) => `2026110${day + 1}T020000Z-0f3c9a1e`);
    for (const id of ids) {
      await putManifest(id, '{}');
    }
    bucket.server.calls.length = 0;
    expect((await bucket.catalog.list()).map(({ id }) => id)).toEqual(ids.toReversed());
    expect(bucket.server.count('ListObjectsV2')).toBe(4 + 3);
    expect(bucket.server.count('HeadObject')).toBe(7);
    expect(bucket.server.count('GetObject')).toBe(0);
  });

  test('is not hindered by a damaged manifest', async () => {
    await publishThree();
    await putManifest(MONDAY, 'damaged');
    expect(await bucket.catalog.list()).toHaveLength(3);
  });

  test('tells what S3 refused', async () => {
    await publishThree();
    bucket.server.fault = ({ operation }) =>
      operation === 'ListObjectsV2' ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(bucket.catalog.list()).rejects.toThrow(
      /^Cannot list the backups in bucket dumps: AccessDenied.* HINT/,
    );
    bucket.server.fault = ({ operation }) =>
      operation === 'HeadObject' ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(bucket.catalog.list()).rejects.toThrow(/^Cannot look for manifests in bucket dumps: .* HINT: give/);
  });
});

describe('finding a backup', () => {
  beforeEach(publishThree);

  test('takes the newest', async () => {
    expect(await bucket.catalog.find({ latest: true })).toMatchObject({ id: MONDAY });
  });

  test.each([
    ['2026-11-23T02:00:05.000Z', MONDAY],
    ['2026-11-23T02:00:04.999Z', SUNDAY],
    ['2026-11-23T01:00:00.000Z', SUNDAY],
    ['2026-11-22T02:00:01.000Z', SATURDAY],
  ])('that shows no moment after %s', async (moment, id) => {
    expect(await bucket.catalog.find({ atOrBefore: new Date(moment) })).toMatchObject({ id });
  });

  test('finds none before the first', async () => {
    expect(await bucket.catalog.find({ atOrBefore: new Date('2026-11-21T02:00:05.000Z') })).toMatchObject({
      id: SATURDAY,
    });
    expect(await bucket.catalog.find({ atOrBefore: new Date('2026-11-21T02:00:04.999Z') })).toBeUndefined();
  });

  test('takes the start of a run as its moment when it has no snapshot', async () => {
    const manifest = await bucket.publish({ id: '20261124T020000Z-0f3c9a1e' });
    const { snapshot: _, ...withoutSnapshot } = manifest;
    await putManifest(manifest.id, JSON.stringify(withoutSnapshot));
    expect(await bucket.catalog.find({ atOrBefore: new Date('2026-11-24T02:00:00Z') })).toMatchObject({
      id: manifest.id,
    });
    expect(await bucket.catalog.find({ atOrBefore: new Date('2026-11-24T01:59:59Z') })).toMatchObject({ id: MONDAY });
  });

  test('by its id looks in every tier', async () => {
    expect(await bucket.catalog.find({ id: SATURDAY })).toMatchObject({ id: SATURDAY, tier: 'yearly' });
    expect(await bucket.catalog.find({ id: '20200101T000000Z-0f3c9a1e' })).toBeUndefined();
  });

  test('by what is no id is refused', async () => {
    await expect(bucket.catalog.find({ id: '../other' })).rejects.toThrow(/"..\/other" is no id of a backup. HINT: /);
  });

  test('does not silently take an older one when the manifest is damaged', async () => {
    await putManifest(MONDAY, 'damaged');
    for (const wanted of [{ latest: true }, { id: MONDAY }, { atOrBefore: new Date('2027-01-01') }] as const) {
      await expect(bucket.catalog.find(wanted)).rejects.toThrow(`The manifest of backup ${MONDAY} is no JSON`);
    }
    expect(await bucket.catalog.find({ atOrBefore: new Date('2026-11-22T12:00:00Z') })).toMatchObject({ id: SUNDAY });
  });

  test('refuses a manifest that belongs elsewhere', async () => {
    await putManifest(MONDAY, JSON.stringify(await bucket.catalog.find({ id: SUNDAY })));
    const error = await bucket.catalog.find({ latest: true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CatalogError);
    expect((error as Error).message).toContain(
      `The manifest of backup ${MONDAY} is that of weekly backup ${SUNDAY} of shop. HINT: `,
    );
  });

  test.each([{ tier: 'yearly' }, { resource: 'another' }])(
    'refuses a manifest that says it is of %j',
    async (other) => {
      await putManifest(MONDAY, JSON.stringify({ ...(await bucket.catalog.find({ id: MONDAY })), ...other }));
      await expect(bucket.catalog.find({ latest: true })).rejects.toThrow(/is that of .* moved by hand/);
    },
  );
});

describe('the tenants of a backup', () => {
  test('come with all that a restore needs', async () => {
    const manifest = await bucket.publish({ id: MONDAY });
    const records = await allOf(bucket.catalog.tenants(manifest));
    expect(records).toEqual((await bucket.archives({ id: MONDAY })).records);
    expect(await bucket.catalog.tenant(manifest, 'zeta/north')).toEqual(records[1]);
    expect(await bucket.catalog.tenant(manifest, 'zeta')).toBeUndefined();
  });

  test('of a backup without any are none', async () => {
    const manifest = await bucket.publish({ id: MONDAY, tenants: [] });
    expect(await allOf(bucket.catalog.tenants(manifest))).toEqual([]);
  });

  test('are read from the version that the manifest names', async () => {
    const manifest = await bucket.publish({ id: MONDAY });
    bucket.server.bucket(BUCKET).deleteCurrent(manifest.tenantsFile.key);
    expect(await allOf(bucket.catalog.tenants(manifest))).toHaveLength(2);
  });

  test('are refused when a byte of them was changed, although each line can be read', async () => {
    const manifest = await bucket.publish({ id: MONDAY });
    const [version] = bucket.server.bucket(BUCKET).history(manifest.tenantsFile.key);
    const changed = version?.body.toString().replace('"rows":2', '"rows":3') ?? '';
    Object.assign(version ?? {}, { body: Buffer.from(changed) });
    await expect(allOf(bucket.catalog.tenants(manifest))).rejects.toThrow(ObjectDamagedError);
    await expect(bucket.catalog.tenant(manifest, 'acme')).rejects.toThrow(ObjectDamagedError);
  });

  test('are refused when their number is not that of the manifest', async () => {
    const manifest = await bucket.publish({ id: MONDAY });
    const other = { ...manifest, totals: { ...manifest.totals, tenants: 3 } };
    await expect(allOf(bucket.catalog.tenants(other))).rejects.toThrow(
      `tenants.jsonl of backup ${MONDAY} names 2 tenants, the manifest 3. HINT: `,
    );
  });

  test('are refused at a line that is none', async () => {
    const manifest = await bucket.publish({ id: MONDAY });
    const [version] = bucket.server.bucket(BUCKET).history(manifest.tenantsFile.key);
    version?.body.write('#', version.body.indexOf('\n') + 1);
    await expect(allOf(bucket.catalog.tenants(manifest))).rejects.toThrow(
      `Line 2 of tenants.jsonl of backup ${MONDAY} is no JSON`,
    );
  });

  test('are told with the bytes of their lines, which make up the file', async () => {
    const manifest = await bucket.publish({ id: MONDAY, tenants: ['acme', 'zürich', '東京'] });
    const lines = await allOf(bucket.catalog.tenantLines(manifest));
    expect(lines.map(({ record }) => record.tenant)).toEqual(['acme', 'zürich', '東京']);
    expect(lines.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(manifest.tenantsFile.bytes);
  });
});

test('records of proofs beside a backup make no backup, not even when they outlive it', async () => {
  const manifest = await bucket.publish({ id: MONDAY });
  const record = `${manifest.tenantsFile.key.replace('tenants.jsonl', 'proofs/intact/')}20261123T060000000Z-proved.json`;
  await bucket.store.put(record, Buffer.from('{}'));
  expect((await bucket.catalog.list()).map(({ id }) => id)).toEqual([MONDAY]);
  for (const key of bucket.server.objects(BUCKET).keys()) {
    if (key !== record) {
      bucket.server.bucket(BUCKET).deleteCurrent(key);
    }
  }
  expect(await bucket.catalog.list()).toEqual([]);
});

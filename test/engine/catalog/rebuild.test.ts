import { ArchiveError } from '../../../engine/archive/archive-error';
import { CatalogError } from '../../../engine/catalog/catalog-error';
import type { BackupManifest } from '../../../engine/catalog/manifest';
import { publishBackup } from '../../../engine/catalog/publish';
import { rebuildManifest } from '../../../engine/catalog/rebuild';
import { BackupFile, tenantFile } from '../../../engine/contract/backup-layout';
import { ObjectDamagedError } from '../../../engine/objects/object-error';
import type { FakeVersion } from '../../fakes/s3-bucket';
import { allOf, BackupBucket, BUCKET, RESOURCE, SOFTWARE } from './backup';

const ID = '20261123T020000Z-0f3c9a1e';

let bucket: BackupBucket;
beforeAll(async () => {
  bucket = await BackupBucket.start();
});
beforeEach(() => bucket.server.reset());
afterAll(() => bucket.stop());

const rebuild = () =>
  rebuildManifest(
    {
      store: bucket.store,
      s3: bucket.s3,
      bucket: BUCKET,
      resource: RESOURCE,
      software: SOFTWARE,
      lockMode: 'governance',
    },
    ID,
  );
const versions = () => bucket.server.bucket(BUCKET);
const remove = (file: string) => versions().histories.delete(bucket.key(ID, file));
const mark = (file: string) => versions().deleteCurrent(bucket.key(ID, file));
const newest = (file: string) => versions().history(bucket.key(ID, file))[0] as FakeVersion;

/** What rebuilding must refuse: says why, and leaves no manifest. */
async function refusal(kind: abstract new (...args: never[]) => Error): Promise<string> {
  const error = await rebuild().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kind);
  expect(await bucket.catalog.list()).toEqual([]);
  return (error as Error).message;
}

describe('a manifest', () => {
  test('that is there stays as it is', async () => {
    const manifest = await bucket.publish({ id: ID, tier: 'weekly' });
    expect(await rebuild()).toEqual({ manifest, from: 'present' });
    expect(versions().history(bucket.key(ID, BackupFile.MANIFEST, 'weekly'))).toHaveLength(1);
  });

  test('that was deleted comes back byte for byte, and locked', async () => {
    const manifest = await bucket.publish({ id: ID });
    mark(BackupFile.MANIFEST);
    expect(await bucket.catalog.find({ latest: true })).toBeUndefined();
    expect(await rebuild()).toEqual({ manifest, from: 'earlierVersion' });
    expect(await bucket.catalog.find({ latest: true })).toEqual(manifest);
    expect(newest(BackupFile.MANIFEST).headers).toMatchObject({
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': manifest.lockedUntil.replace('.000', ''),
    });
  });

  test('that is damaged is told, not replaced', async () => {
    await bucket.publish({ id: ID });
    await versions().put(bucket.key(ID, BackupFile.MANIFEST), Buffer.from('damaged'));
    await expect(rebuild()).rejects.toThrow(/^The manifest of backup .* is no JSON.* HINT: an earlier version/);
  });
});

test('records of proofs beside a backup are not taken for a part of it', async () => {
  const original = await bucket.publish({ id: ID });
  await bucket.store.put(bucket.key(ID, 'proofs/intact/20261123T060000000Z-proved.json'), Buffer.from('{}'));
  remove(BackupFile.MANIFEST);
  const { manifest, from } = await rebuild();
  expect(from).toBe('records');
  expect(manifest.totals).toEqual(original.totals);
});

describe('a manifest that is gone for good', () => {
  let original: BackupManifest;
  beforeEach(async () => {
    original = await bucket.publish({ id: ID });
    remove(BackupFile.MANIFEST);
  });

  test('is made from the records of the tenants, all but the snapshot and who was left out', async () => {
    const { manifest, from } = await rebuild();
    const { snapshot: _, ...known } = original;
    expect(from).toBe('records');
    expect(manifest).toEqual({
      ...known,
      startedAt: '2026-11-23T02:00:00.000Z',
      lockedUntil: '2026-11-23T02:00:00.000Z',
      finishedAt: manifest.finishedAt,
      leftOut: [],
      rebuilt: true,
    });
    expect(await bucket.catalog.find({ latest: true })).toEqual(manifest);
    expect(await allOf(bucket.catalog.tenants(manifest))).toHaveLength(2);
  });

  test('is locked as long as the records are', async () => {
    const tenants = newest(BackupFile.TENANTS);
    const headers = {
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00Z',
    };
    Object.assign(tenants, { headers: { ...tenants.headers, ...headers } });
    expect((await rebuild()).manifest.lockedUntil).toBe('2027-01-01T00:00:00.000Z');
    expect(newest(BackupFile.MANIFEST).headers).toMatchObject(headers);
  });

  test('is made although records, globals and shared were deleted too', async () => {
    for (const file of [BackupFile.TENANTS, BackupFile.GLOBALS, BackupFile.SHARED]) {
      mark(file);
    }
    const { manifest } = await rebuild();
    expect(manifest.globals).toEqual(original.globals);
    expect(manifest.shared).toEqual(original.shared);
    expect(await allOf(bucket.catalog.tenants(manifest))).toHaveLength(2);
  });

  test('is not made when an archive is gone or another', async () => {
    versions().histories.delete(bucket.key(ID, tenantFile('acme')));
    expect(await refusal(CatalogError)).toMatch(
      /^Backup 20261123T020000Z-0f3c9a1e of shop cannot be rebuilt: 1 of 2 archives of tenants lost or changed. HINT: /,
    );
    await versions().put(bucket.key(ID, tenantFile('acme')), Buffer.from('another'));
    expect(await refusal(CatalogError)).toContain('1 of 2 archives');
    newest(tenantFile('zeta/north')).crc64nvme = 'AAAAAAAAAAA=';
    expect(await refusal(CatalogError)).toContain('2 of 2 archives');
  });

  test.each([BackupFile.GLOBALS, BackupFile.SHARED])('is not made without %s', async (file) => {
    remove(file);
    expect(await refusal(CatalogError)).toContain(`${file} lost or changed. HINT: `);
  });

  test('is not made of bytes that changed since they were written', async () => {
    newest(BackupFile.GLOBALS).body = Buffer.from('CREATE ROLE mal;\n');
    expect(await refusal(ObjectDamagedError)).toMatch(/its CRC64NVME is .*, that of its upload was /);
  });

  test('is not made of a shared archive that is none', async () => {
    remove(BackupFile.SHARED);
    await versions().put(bucket.key(ID, BackupFile.SHARED), Buffer.from('no archive'));
    await refusal(ArchiveError);
  });
});

test('with a database for each tenant nothing shared is missed', async () => {
  const { draft, records } = await bucket.archives({ id: ID });
  const { shared: _, snapshot: __, ...own } = draft;
  const ofDatabases = records.map((record) => ({ ...record, database: record.tenant, snapshotAt: draft.startedAt }));
  remove(BackupFile.SHARED);
  const original = await publishBackup(bucket.store, own, ofDatabases);
  remove(BackupFile.MANIFEST);
  const { manifest } = await rebuild();
  expect(manifest).toMatchObject({ archive: original.archive, server: original.server, totals: original.totals });
  expect(manifest.shared).toBeUndefined();
});

test('a run that was killed before its records were written has no backup', async () => {
  await bucket.archives({ id: ID });
  expect(await refusal(CatalogError)).toMatch(
    /^Backup .* of shop has neither a manifest nor tenants.jsonl in any version: its run did not finish. HINT: /,
  );
});

test('what is no id is refused', async () => {
  const options = { store: bucket.store, s3: bucket.s3, bucket: BUCKET, resource: RESOURCE, software: SOFTWARE };
  await expect(rebuildManifest(options, 'x')).rejects.toThrow(/"x" is no id of a backup. HINT: /);
});

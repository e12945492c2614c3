import { BackupExistsError, CatalogError } from '../../../engine/catalog/catalog-error';
import { publishBackup } from '../../../engine/catalog/publish';
import { BackupFile } from '../../../engine/contract/backup-layout';
import { only } from '../../fakes/s3-server';
import { BackupBucket, BUCKET } from './backup';

const ID = '20261123T020000Z-0f3c9a1e';

let bucket: BackupBucket;
beforeAll(async () => {
  bucket = await BackupBucket.start();
});
beforeEach(() => bucket.server.reset());
afterAll(() => bucket.stop());

const manifestText = () => bucket.text(bucket.key(ID, BackupFile.MANIFEST));

test('a backup is published by its records, and then by its manifest', async () => {
  const manifest = await bucket.publish({ id: ID });
  expect(bucket.server.calls.slice(-2).map(({ operation, key }) => [operation, key])).toEqual([
    ['PutObject', bucket.key(ID, BackupFile.TENANTS)],
    ['PutObject', bucket.key(ID, BackupFile.MANIFEST)],
  ]);
  expect(JSON.parse(manifestText() ?? '')).toEqual(manifest);
  const lines = bucket.text(bucket.key(ID, BackupFile.TENANTS))?.trimEnd().split('\n') ?? [];
  expect(lines.map((line) => JSON.parse(line).tenant)).toEqual(['acme', 'zeta/north']);
  expect(manifest).toMatchObject({
    format: 'holdfast.tenants/1',
    finishedAt: '2026-11-23T02:10:00.000Z',
    leftOut: [{ tenant: 'gone', reason: 'suspended' }],
    tenantsFile: { key: bucket.key(ID, BackupFile.TENANTS) },
    totals: { tenants: 2, tables: 3, rows: 6 },
  });
});

test('its bytes are those of all its objects but the manifest', async () => {
  const { totals } = await bucket.publish({ id: ID });
  const objects = [...bucket.server.objects(BUCKET)].filter(([key]) => !key.endsWith(BackupFile.MANIFEST));
  expect(totals.bytes).toBe(objects.reduce((sum, [, { body }]) => sum + body.length, 0));
});

test('rows that nobody counted are not in its totals', async () => {
  const { draft, records } = await bucket.archives({ id: ID });
  const [first, second] = records;
  const uncounted = [{ ...first, tables: [{ schema: 'acme', table: 'orders' }] }, second] as typeof records;
  expect((await publishBackup(bucket.store, draft, uncounted)).totals).toMatchObject({ tables: 3, rows: 4 });
});

test('the order of the tenants does not matter', async () => {
  const { draft, records } = await bucket.archives({ id: ID });
  const { tenantsFile } = await publishBackup(bucket.store, draft, records.toReversed());
  bucket.server.reset();
  const again = await bucket.archives({ id: ID });
  const other = await publishBackup(bucket.store, again.draft, again.records);
  expect(other.tenantsFile.sha256).toBe(tenantsFile.sha256);
});

test('records and manifest are locked as long as the backup', async () => {
  const { draft, records } = await bucket.archives({ id: ID, tier: 'yearly' });
  await publishBackup(bucket.store, draft, records, { lockMode: 'compliance' });
  for (const file of [BackupFile.TENANTS, BackupFile.MANIFEST]) {
    expect(bucket.server.objects(BUCKET).get(bucket.key(ID, file, 'yearly'))?.headers).toMatchObject({
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': draft.lockedUntil.replace('.000', ''),
    });
  }
});

describe('two runs with one id', () => {
  test('publish one manifest between them', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    const attempts = [1, 2, 3].map((minute) =>
      publishBackup(bucket.store, draft, records, { now: () => new Date(Date.UTC(2026, 10, 23, 2, minute)) }),
    );
    const outcomes = await Promise.allSettled(attempts);
    const published = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(published).toHaveLength(1);
    expect(refused).toEqual([expect.any(BackupExistsError), expect.any(BackupExistsError)]);
    expect(refused[0].message).toMatch(new RegExp(`^Backup ${ID} was published by another run already. HINT: `));
    expect(bucket.server.bucket(BUCKET).history(bucket.key(ID, BackupFile.MANIFEST))).toHaveLength(1);
    expect(JSON.parse(manifestText() ?? '')).toEqual(published[0]?.value);
  });

  test('and other tenants do not publish those of each other', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    await publishBackup(bucket.store, draft, records);
    const before = manifestText();
    await expect(publishBackup(bucket.store, draft, records.slice(1))).rejects.toThrow(BackupExistsError);
    expect(manifestText()).toBe(before);
  });
});

test('a manifest whose confirmation was lost is published once', async () => {
  const { draft, records } = await bucket.archives({ id: ID });
  const before = bucket.server.count('PutObject');
  bucket.server.fault = only('PutObject', before + 1, 'lose');
  const manifest = await publishBackup(bucket.store, draft, records);
  expect(JSON.parse(manifestText() ?? '')).toEqual(manifest);
  expect(bucket.server.bucket(BUCKET).history(bucket.key(ID, BackupFile.MANIFEST))).toHaveLength(1);
});

describe('no manifest is written', () => {
  test('when the records could not be', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    bucket.server.fault = ({ key }) =>
      key.endsWith(BackupFile.TENANTS) ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(publishBackup(bucket.store, draft, records)).rejects.toThrow('AccessDenied');
    expect(manifestText()).toBeUndefined();
  });

  test('when large records could not be, and nothing of them goes on afterwards', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    const large = records.flatMap((record) =>
      Array.from({ length: 6 }, (_, index) => ({
        ...record,
        tenant: `${record.tenant}${index}`,
        key: `${record.key}${index}`,
        tables: [{ schema: 's'.repeat(9_000_000), table: 'orders' }],
      })),
    );
    bucket.server.fault = ({ operation }) =>
      operation === 'UploadPart'
        ? { status: 403, code: 'AccessDenied' }
        : operation === 'AbortMultipartUpload'
          ? { delayMs: 300 }
          : undefined;
    await expect(publishBackup(bucket.store, draft, large)).rejects.toThrow('AccessDenied');
    expect(bucket.server.bucket(BUCKET).uploads.size).toBe(0);
    expect(manifestText()).toBeUndefined();
  });

  test('when a tenant has two archives', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    await expect(publishBackup(bucket.store, draft, [...records, ...records])).rejects.toThrow(
      /^Tenant "acme" has two archives in one backup. HINT: /,
    );
    expect(manifestText()).toBeUndefined();
  });

  test('when an object belongs to another backup, or to two tenants', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    const [acme, zeta] = records as [(typeof records)[number], (typeof records)[number]];
    const foreign = { ...acme, key: acme.key.replace(ID, '20261122T020000Z-00000000') };
    const refuse = async (of: typeof records, message: string) => {
      const error = await publishBackup(bucket.store, draft, of).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CatalogError);
      expect((error as Error).message).toContain(message);
      expect(manifestText()).toBeUndefined();
    };
    await refuse([foreign, zeta], 'names an object of another backup');
    await refuse([acme, { ...zeta, key: acme.key }], 'names an object twice');
  });

  test.each(['versionId', 'sha256', 'crc64nvme', 'bytes', 'tables'] as const)(
    'when a record has no %s',
    async (field) => {
      const { draft, records } = await bucket.archives({ id: ID });
      const broken = records.map((record) => ({ ...record, [field]: undefined }) as unknown as typeof record);
      await expect(publishBackup(bucket.store, draft, broken)).rejects.toThrow(
        new RegExp(`^The record of tenant "acme" is not complete: ${field}: .* HINT: `),
      );
      expect(manifestText()).toBeUndefined();
    },
  );

  test('when it could not be read again', async () => {
    const { draft, records } = await bucket.archives({ id: ID });
    const broken = { ...draft, snapshot: { at: 'yesterday', lsn: '0/1' } };
    await expect(publishBackup(bucket.store, broken, records)).rejects.toThrow('snapshot.at: ');
    expect(manifestText()).toBeUndefined();
  });
});

import type { Catalog } from '../../../engine/catalog/catalog';
import type { BackupManifest } from '../../../engine/catalog/manifest';
import { findBackup, findTenant } from '../../../engine/restore/find-backup';

const IDS = [
  '20261123T020000Z-00000004',
  '20261122T020000Z-00000003',
  '20261121T020000Z-00000002',
  '20261120T020000Z-00000001',
];
const manifest = { id: IDS[0], leftOut: [{ tenant: 'sleeping', reason: 'suspended' }] } as unknown as BackupManifest;

const catalogOf = (ids: readonly string[], tenants: readonly string[] = []) => ({
  catalog: {
    find: async (wanted: object) => ('id' in wanted && wanted.id === IDS[0] ? manifest : undefined),
    list: async () => ids.map((id) => ({ id })),
    async *tenants() {
      for (const tenant of tenants) yield { tenant };
    },
  } as unknown as Catalog,
});

test('a backup that there is is found', async () => {
  expect(await findBackup(catalogOf(IDS), { id: IDS[0] ?? '' })).toBe(manifest);
});

test.each([
  [{ id: 'other' }, 'There is no backup other. HINT:'],
  [
    { atOrBefore: new Date('2020-01-01T00:00:00Z') },
    'There is no backup that shows 2020-01-01T00:00:00.000Z or earlier. HINT:',
  ],
  [{ latest: true } as const, 'There is no backup of this database. HINT:'],
])('for %p the newest are named', async (wanted, message) => {
  await expect(findBackup(catalogOf(IDS), wanted)).rejects.toThrow(
    `${message} the newest are ${IDS.slice(0, 3).join(', ')}.`,
  );
});

test('a bucket without any backup is told', async () => {
  await expect(findBackup(catalogOf([]), { latest: true })).rejects.toThrow('HINT: the bucket has no backup');
});

test('a tenant that there is is found', async () => {
  expect(await findTenant(catalogOf(IDS, ['a', 'b', 'c']), manifest, 'b')).toEqual({ tenant: 'b' });
});

test('for a tenant that there is not, similar ones are named', async () => {
  await expect(findTenant(catalogOf(IDS, ['acme', 'globex']), manifest, 'acne')).rejects.toThrow(
    `Backup ${IDS[0]} has no tenant "acne". HINT: did you mean "acme"?`,
  );
  await expect(findTenant(catalogOf(IDS, ['acme']), manifest, 'something')).rejects.toThrow(
    'HINT: take a backup from when it was there.',
  );
});

test('for a tenant that was left out, the reason is told', async () => {
  await expect(findTenant(catalogOf(IDS, ['sleepy']), manifest, 'sleeping')).rejects.toThrow(
    `Backup ${IDS[0]} left tenant "sleeping" out: suspended. HINT: take a backup from before.`,
  );
});

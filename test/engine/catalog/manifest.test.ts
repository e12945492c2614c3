import fc from 'fast-check';
import { CatalogError } from '../../../engine/catalog/catalog-error';
import {
  type BackupManifest,
  MANIFEST_FORMAT,
  manifestBytes,
  parseManifest,
  parseTenantRecord,
  type TenantRecord,
} from '../../../engine/catalog/manifest';
import { backupId } from '../../../engine/contract/backup-layout';
import { TIERS } from '../../../engine/contract/retention';
import { COMPRESSIONS } from '../../../engine/contract/tenant-dumps';

const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const count = fc.maxSafeNat();
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const date = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2099-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const instant = date.map((any) => any.toISOString());
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const withoutUndefined = <Value extends object>(value: Value): Value => JSON.parse(JSON.stringify(value));

const stored = {
  key: filled,
  versionId: filled,
  bytes: count,
  sha256: hex(64),
  crc64nvme: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('base64')),
};
const archive = {
  ...stored,
  schemas: fc.array(fc.string()),
  tables: fc.array(fc.record({ schema: fc.string(), table: fc.string(), rows: optional(count) })),
  largeObjects: count,
};
const tenant: fc.Arbitrary<TenantRecord> = fc
  .record({ ...archive, tenant: filled, snapshotAt: optional(instant), database: optional(filled) })
  .map(withoutUndefined);
const manifest: fc.Arbitrary<BackupManifest> = fc
  .record({
    format: fc.constant(MANIFEST_FORMAT as typeof MANIFEST_FORMAT),
    id: fc.tuple(date, hex(8)).map(([startedAt, random]) => backupId(startedAt, random)),
    resource: filled,
    tier: fc.constantFrom(...TIERS),
    lockedUntil: instant,
    startedAt: instant,
    finishedAt: instant,
    snapshot: optional(fc.record({ at: instant, lsn: filled })),
    server: fc.record({ version: filled }),
    client: fc.record({ version: filled }),
    archive: fc.record({ version: filled, compression: fc.constantFrom(...COMPRESSIONS) }),
    software: filled,
    shared: optional(fc.record(archive)),
    globals: fc.record(stored),
    tenantsFile: fc.record(stored),
    totals: fc.record({ tenants: count, tables: count, rows: count, bytes: count }),
    leftOut: fc.array(fc.record({ tenant: filled, reason: fc.string() })),
    rebuilt: optional(fc.boolean()),
  })
  .map(withoutUndefined);

test('any manifest is read as it was written', () => {
  fc.assert(
    fc.property(manifest, (written) => {
      expect(parseManifest(manifestBytes(written), 'backup x')).toEqual(written);
    }),
  );
});

test('any record of a tenant is read as it was written, and is one line', () => {
  fc.assert(
    fc.property(tenant, (written) => {
      const line = JSON.stringify(written);
      expect(line).not.toContain('\n');
      expect(parseTenantRecord(line, 'Line 1')).toEqual(written);
    }),
  );
});

test('a manifest that lacks anything but what may be absent is refused', () => {
  const mayBeAbsent = new Set(['snapshot', 'shared', 'rebuilt']);
  fc.assert(
    fc.property(manifest, fc.nat(), (written, place) => {
      const names = Object.keys(written).filter((name) => !mayBeAbsent.has(name));
      const name = names[place % names.length] as string;
      const bytes = Buffer.from(JSON.stringify({ ...written, [name]: undefined }));
      expect(() => parseManifest(bytes, 'backup x')).toThrow(CatalogError);
    }),
  );
});

test('any bytes at all are a manifest or a typed error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(() => parseManifest(bytes, 'backup x')).toThrow(CatalogError);
      },
    ),
  );
});

test.each([
  ['cut', '{"format"', /^The manifest of backup x is no JSON: .* HINT: an earlier version/],
  ['of another kind', '[]', /^The manifest of backup x is not complete: .* HINT: an earlier version/],
  [
    'of a later format',
    '{"format":"holdfast.tenants/2"}',
    /has the format "holdfast.tenants\/2", known is "holdfast.tenants\/1". HINT: use the version of Holdfast/,
  ],
  ['without a format', '{"id":"x"}', /is not complete: format: /],
])('a manifest that is %s is refused, and says what to do', (_, content, message) => {
  expect(() => parseManifest(Buffer.from(content), 'backup x')).toThrow(message);
});

test.each([
  ['a digest', { sha256: 'A'.repeat(64) }],
  ['a checksum', { crc64nvme: 'AAAA' }],
  ['a size', { bytes: -1 }],
  ['a row count', { tables: [{ schema: 's', table: 't', rows: 0.5 }] }],
  ['a name', { tenant: '' }],
  ['an instant', { snapshotAt: '2026-11-23 02:00:00' }],
])('a record whose %s is none is refused', (_, wrong) => {
  const [record] = fc.sample(tenant, { numRuns: 1, seed: 1 });
  expect(() => parseTenantRecord(JSON.stringify({ ...record, ...wrong }), 'Line 7 of it')).toThrow(
    /^Line 7 of it is not complete: .* HINT: /,
  );
});

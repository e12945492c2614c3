import fc from 'fast-check';
import {
  BACKUP_ID_FORM,
  BackupFile,
  backupId,
  backupIdTime,
  backupPrefix,
  databasePrefix,
  runPrefix,
  tenantFile,
} from '../../../engine/contract/backup-layout';
import { TIERS } from '../../../engine/contract/retention';

/** A name as PostgreSQL allows it: anything but NUL, whole characters. */
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const oddName = fc.oneof(name, fc.stringMatching(/^[%./'"!()*~ a-cA-C0-9_-]{1,12}$/));
const random = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 8, maxLength: 8 });
const moment = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2199-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('the id of a backup', () => {
  test('names the second in which its run began', () => {
    expect(backupId(new Date('2026-11-23T02:00:00.987Z'), '0f3c9a1e')).toBe('20261123T020000Z-0f3c9a1e');
    fc.assert(
      fc.property(moment, random, (at, digits) => {
        const id = backupId(at, digits);
        expect(id).toMatch(BACKUP_ID_FORM);
        expect(backupIdTime(id)?.getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
      }),
    );
  });

  test('sorts by time', () => {
    fc.assert(
      fc.property(moment, moment, random, random, (one, other, digits, others) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];
        fc.pre(later.getTime() - earlier.getTime() >= 1000);
        expect(backupId(earlier, digits) < backupId(later, others)).toBe(true);
      }),
    );
  });

  test.each([
    '',
    'notes',
    '20261123T020000Z',
    '20261123T020000Z-0F3C9A1E',
    '20261123T020000Z-0f3c9a1e/',
    '20261123T020000.000Z-0f3c9a1e',
    '20261323T020000Z-0f3c9a1e',
    '20261123T250000Z-0f3c9a1e',
  ])('is not %j', (text) => {
    expect(backupIdTime(text)).toBeUndefined();
  });
});

describe('the key of a tenant', () => {
  test('is its own, whatever its name', () => {
    fc.assert(
      fc.property(oddName, oddName, (one, other) => {
        expect(tenantFile(one) === tenantFile(other)).toBe(one === other);
      }),
    );
  });

  test('stays within its folder, and is one that S3 and every tool take as it is', () => {
    fc.assert(
      fc.property(oddName, (tenant) => {
        expect(tenantFile(tenant)).toMatch(/^tenants\/[A-Za-z0-9_.~%-]+\.dump$/);
      }),
    );
    expect(tenantFile('../../yearly')).toBe('tenants/..%2F..%2Fyearly.dump');
    expect(tenantFile("O'Brien (north)!*")).toBe('tenants/O%27Brien%20%28north%29%21%2A.dump');
  });

  test('gives the name back', () => {
    fc.assert(
      fc.property(oddName, (tenant) => {
        expect(decodeURIComponent(tenantFile(tenant).slice('tenants/'.length, -'.dump'.length))).toBe(tenant);
      }),
    );
  });

  test('is never that of another file of the backup', () => {
    fc.assert(
      fc.property(oddName, (tenant) => {
        expect(Object.values(BackupFile)).not.toContain(tenantFile(tenant));
      }),
    );
  });
});

test('a backup lies below its tier and its database', () => {
  expect(databasePrefix('weekly', 'shop')).toBe('weekly/shop/');
  expect(backupPrefix('weekly', 'shop', '20261123T020000Z-0f3c9a1e')).toBe('weekly/shop/20261123T020000Z-0f3c9a1e/');
});

test('a run leaves nothing where a backup could be', () => {
  expect(runPrefix('3f/2')).toBe('runs/3f%2F2/');
  fc.assert(
    fc.property(oddName, (run) => {
      expect(TIERS.some((tier) => runPrefix(run).startsWith(`${tier}/`))).toBe(false);
    }),
  );
});

import { Retention } from '../../../engine/contract/retention';
import type { DatabaseFinding } from '../../../engine/contract/verify-database';
import { tierOfPoint } from '../../../engine/database/recovery-point';
import {
  copyOf,
  findingsIn,
  findingsOf,
  KEY,
  NEWEST,
  NOW,
  OTHER_KEY,
  POINTS,
  point,
  RECOVERY_KEY,
  verify,
} from './fake-account';

const retention = Retention.gfs({ daily: 30, weekly: 12, monthly: 12, yearly: 7 });
const hoursAgo = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();
const without = (tier: string) => POINTS.filter(({ CreatedBy: by }) => by?.BackupRuleName !== tier);
const copies = (points = POINTS) => points.map((each) => copyOf(each));
const kinds = (findings: readonly DatabaseFinding[] = []) => findings.map(({ kind }) => kind);

describe('the tier of a recovery point', () => {
  const names = new Map([['id-weekly', 'weekly']]);
  const tier = (more: Parameters<typeof point>[2]) => tierOfPoint(point('daily', NEWEST.daily, more), names, retention);

  test('is that of the rule that made it', () => {
    expect(tier({})).toBe('daily');
    expect(tier({ CreatedBy: { BackupRuleName: 'monthly' }, Lifecycle: { DeleteAfterDays: 1 } })).toBe('monthly');
  });

  test('is found by the id of the rule where its name is not given', () => {
    expect(tier({ CreatedBy: { BackupRuleId: 'id-weekly' } })).toBe('weekly');
  });

  test('is the longest that it is kept as long as, where no known rule made it', () => {
    const kept = (days: number | undefined, by = {}) => tier({ CreatedBy: by, Lifecycle: { DeleteAfterDays: days } });
    expect(kept(2_557)).toBe('yearly');
    expect(kept(2_556)).toBe('monthly');
    expect(kept(84, { BackupRuleId: 'id-unknown' })).toBe('weekly');
    expect(kept(83, { BackupRuleName: 'other' })).toBe('daily');
    expect(kept(1)).toBe('daily');
    expect(kept(undefined)).toBe('yearly');
    expect(tier({ CreatedBy: undefined, Lifecycle: undefined })).toBe('yearly');
  });

  test('does not exist for a continuous one', () => {
    expect(tier({ CreatedBy: { BackupRuleName: 'continuous' } })).toBeUndefined();
    const RecoveryPointArn = 'arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:db-orders-1';
    expect(tier({ RecoveryPointArn, CreatedBy: undefined })).toBeUndefined();
  });
});

describe('a recovery point counts for nothing', () => {
  const late = async (newest: ReturnType<typeof point>) =>
    (await findingsOf('recoveryPointLate', { points: [newest] })).map((text) => text.replace(/, must.*/, ''));
  const nothing = ['recoveryPointLate!: there is no daily recovery point'];

  test.each(['CREATING', 'PARTIAL', 'EXPIRED', 'DELETING', 'STOPPED'] as const)('while it is %s', async (Status) => {
    expect(await late(point('daily', hoursAgo(5), { Status }))).toEqual(nothing);
  });

  test('of another database, a continuous one, or one without a moment or a resource', async () => {
    const ResourceArn = 'arn:aws:rds:eu-west-1:111122223333:db:orders-db-2';
    expect(await late(point('daily', hoursAgo(5), { ResourceArn }))).toEqual(nothing);
    expect(await late(point('continuous', hoursAgo(5)))).toEqual(nothing);
    expect(await late(point('daily', hoursAgo(5), { CreationDate: undefined }))).toEqual(nothing);
    expect(await late(point('daily', hoursAgo(5), { ResourceArn: undefined }))).toEqual(nothing);
  });

  test('unlike one that is available', async () => {
    expect(await late(point('daily', hoursAgo(5), { Status: 'AVAILABLE' }))).toEqual([]);
  });
});

describe('copies', () => {
  test('are missed of each tier whose newest recovery point has had time for one', async () => {
    expect(await findingsIn({ copies: [] })).toEqual(
      ['yearly', 'monthly', 'daily'].map((tier) =>
        expect.stringMatching(
          new RegExp(
            `^copyMissing!: the ${tier} recovery point of \\S+ is not in the vault acme-recovery-vault, must be within 12 h`,
          ),
        ),
      ),
    );
  });

  test('have 12 hours from the end of the backup', async () => {
    const taken = (hours: number) => [...POINTS, point('daily', hoursAgo(hours + 0.5))];
    const of = (points: typeof POINTS) => findingsOf('copyMissing', { points, copies: copies(without('weekly')) });
    // The backup took half an hour.
    expect(await of(taken(12))).toEqual([]);
    expect(await of(taken(12.001))).toEqual([expect.stringContaining('the daily recovery point')]);
  });

  test('are not missed of a recovery point that somebody made by hand', async () => {
    const manual = point('daily', hoursAgo(20), { CreatedBy: undefined });
    expect(await findingsOf('copyMissing', { points: [...POINTS, manual], copies: copies(without('weekly')) })).toEqual(
      [],
    );
  });

  test('are told by moments alone, whether they bear that of the backup or of the copying', async () => {
    const made = (more: Parameters<typeof copyOf>[1]) => POINTS.map((each) => copyOf(each, more));
    expect(await findingsIn({ copies: made({ CompletionDate: undefined }) })).toEqual([]);
    expect(await findingsIn({ copies: made({ CreationDate: new Date(NOW), CompletionDate: undefined }) })).toEqual([]);
    const before = made({ CreationDate: new Date(0), CompletionDate: new Date(Date.parse(NEWEST.daily) - 1) });
    expect(await findingsOf('copyMissing', { copies: before })).toEqual([expect.stringContaining('the daily')]);
  });

  test('of a longer tier stand for those of a shorter one, and never the other way round', async () => {
    const only = (tier: 'weekly' | 'daily') => [
      ...copies(without('monthly')),
      copyOf(point(tier, '2026-11-02T03:00:00Z')),
    ];
    expect(await findingsOf('copyMissing', { points: without('yearly'), copies: only('daily') })).toEqual([
      expect.stringContaining('the monthly'),
    ]);
    const daily = [...copies(without('daily')), copyOf(point('weekly', NEWEST.daily))];
    expect(await findingsIn({ copies: daily })).toEqual([]);
  });

  test('must be complete', async () => {
    const broken = POINTS.map((each) => copyOf(each, { Status: 'PARTIAL' }));
    expect(await findingsOf('copyMissing', { copies: broken })).toHaveLength(3);
  });
});

describe('the keys of recovery points', () => {
  test('are those of the database here, and of the vault there', async () => {
    const points = POINTS.map((each) => ({ ...each, EncryptionKeyArn: OTHER_KEY }));
    expect(await findingsIn({ points })).toEqual(
      ['yearly', 'monthly', 'weekly', 'daily'].map((tier) =>
        expect.stringContaining(
          `the newest ${tier} recovery point in the vault acme-vault is encrypted with ${OTHER_KEY}, must be that of the database (${KEY})`,
        ),
      ),
    );
    expect(await findingsIn({ copies: copies().map((each) => ({ ...each, EncryptionKeyArn: KEY })) })).toContainEqual(
      expect.stringContaining(
        `recovery point in the vault acme-recovery-vault is encrypted with ${KEY}, must be that of the vault acme-recovery-vault (${RECOVERY_KEY})`,
      ),
    );
  });

  test('are looked at in the newest of each tier alone, since no other can be mended', async () => {
    const old = point('daily', '2026-11-10T03:00:00Z', { EncryptionKeyArn: OTHER_KEY });
    expect(await findingsIn({ points: [old, ...POINTS] })).toEqual([]);
  });

  test('are missed in one that is not encrypted', async () => {
    const points = [...without('daily'), point('daily', NEWEST.daily, { IsEncrypted: false })];
    expect(await findingsIn({ points })).toEqual([expect.stringMatching(/^wrongKey!: .* is encrypted with no key/)]);
  });

  test('are not compared with a key that could not be found out', async () => {
    const answers = { 'eu-central-1 DescribeKey': () => ({}) };
    const { databases } = await verify({
      answers,
      copies: copies().map((each) => ({ ...each, EncryptionKeyArn: KEY })),
    });
    expect(kinds(databases[0]?.findings)).toEqual([]);
  });
});

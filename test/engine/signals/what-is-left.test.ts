import type { CacheFinding, CacheResult } from '../../../engine/contract/redis';
import { cacheLeft, databaseLeft, filesLeft } from '../../../engine/signals/what-is-left';
import { NOW, stateOf } from './verified';

const UNKNOWN = 'What can still be restored is not known.';

describe('of files', () => {
  test('is what was written before the newest recovery point', () => {
    expect(filesLeft(stateOf('proved'))).toBe(
      'Still restorable: what was written before 2026-11-23T14:30Z (proved to be there 2026-11-23T14:40Z, and intact 2026-11-23T14:00Z).',
    );
  });

  test('is not what the report names', () => {
    expect(filesLeft(stateOf('damaged'))).toContain('before 2026-11-23T14:30Z, but for what the report names (');
  });

  test('says how far it was proved', () => {
    const state = stateOf('damaged');
    expect(filesLeft({ ...state, proved: {} })).toMatch(/\(never proved whole\)\.$/);
    expect(filesLeft({ ...state, proved: { present: '2026-11-23T14:40:59.999Z' } })).toMatch(
      /\(proved to be there 2026-11-23T14:40Z, not read yet\)\.$/,
    );
  });

  test('is not known without a state, and before a proof has ended', () => {
    const { lastCompleted: _, ...begun } = stateOf('proved');
    expect(filesLeft(undefined)).toBe(UNKNOWN);
    expect(filesLeft(begun)).toBe(UNKNOWN);
  });
});

describe('of a database', () => {
  const result = { resource: 'orders', findings: [], ageSeconds: {} };

  test('is any moment of its logs, and the newest recovery point of all tiers', () => {
    expect(databaseLeft({ ...result, rpoSeconds: 300, ageSeconds: { weekly: 90_000, daily: 7_200 } }, NOW)).toBe(
      'Still restorable: any moment up to 2026-11-23T14:55Z, or the recovery point of 2026-11-23T13:00Z.',
    );
  });

  test('may be one of them alone', () => {
    expect(databaseLeft({ ...result, rpoSeconds: 0 }, NOW)).toBe(
      'Still restorable: any moment up to 2026-11-23T15:00Z.',
    );
    expect(databaseLeft({ ...result, ageSeconds: { daily: 0 } }, NOW)).toBe(
      'Still restorable: the recovery point of 2026-11-23T15:00Z.',
    );
  });

  test('says since when something is wrong, as far as that is known', () => {
    expect(databaseLeft({ ...result, presentAgeSeconds: 3_600 }, NOW)).toBe(
      `${UNKNOWN} Last in order 2026-11-23T14:00Z.`,
    );
    expect(databaseLeft(result, NOW)).toBe(UNKNOWN);
  });
});

describe('of a cache', () => {
  const finding = (kind: CacheFinding['kind'], isCritical = true): CacheFinding => ({ kind, isCritical, detail: 'x' });
  const result: CacheResult = {
    resource: 'sessions',
    findings: [finding('copyMissing')],
    backupAgeSeconds: 7_200,
    lastSaveSeconds: 3_600,
    intactAt: '2026-11-23T14:30:00.000Z',
  };

  test('is the newest backup with its proof, or the snapshot of ElastiCache', () => {
    expect(cacheLeft(result, NOW)).toBe(
      "Still restorable: the backup of 2026-11-23T13:00Z (proved intact 2026-11-23T14:30Z), or ElastiCache's snapshot of 2026-11-23T14:00Z.",
    );
  });

  test.each(['damaged', 'wrongKey', 'unknown'] as const)('is an earlier backup after the finding %s', (kind) => {
    const { lastSaveSeconds: _, ...unsaved } = result;
    expect(cacheLeft({ ...unsaved, findings: [finding(kind)] }, NOW)).toBe(
      'Still restorable: the backup that was proved intact 2026-11-23T14:30Z (the newest, of 2026-11-23T13:00Z, is not).',
    );
    expect(cacheLeft({ ...unsaved, findings: [finding(kind, false)] }, NOW)).toContain('(proved intact');
  });

  test('is an earlier backup when the newest proof is older than what the newest backup shows', () => {
    expect(cacheLeft({ ...result, intactAt: '2026-11-23T12:59:59.000Z' }, NOW)).toContain(
      'the backup that was proved intact 2026-11-23T12:59Z (the newest, of 2026-11-23T13:00Z, is not)',
    );
  });

  test('may never have been proved', () => {
    const { intactAt: _, ...unproved } = result;
    expect(cacheLeft(unproved, NOW)).toContain('the backup of 2026-11-23T13:00Z (not proved intact), or');
  });

  test('may be the snapshot alone, or not known', () => {
    const { backupAgeSeconds: _, ...unexported } = result;
    expect(cacheLeft(unexported, NOW)).toBe("Still restorable: ElastiCache's snapshot of 2026-11-23T14:00Z.");
    expect(cacheLeft({ resource: 'sessions', findings: [] }, NOW)).toBe(UNKNOWN);
  });
});

import { DEFAULT_RETENTION, Retention, type Tier } from '../../../engine/contract/retention';
import { mayGo, mustBeSeenUntil, type RetainedBackup, retentionFindings } from '../../../engine/proof/retention-check';

const DAY = 86_400_000;
const AT = Date.parse('2026-11-24T02:00:00Z');

const backup = (tier: Tier, at = AT, differs: Partial<RetainedBackup> = {}): RetainedBackup => ({
  id: `of-${new Date(at).toISOString().slice(0, 10)}`,
  tier,
  at,
  lockedUntil: DEFAULT_RETENTION.keptUntil(tier, new Date(at)).getTime(),
  ...differs,
});
const details = (backups: RetainedBackup[], now = AT + DAY, retention = DEFAULT_RETENTION): string[] =>
  retentionFindings(backups, retention, now).map(({ detail }) => detail);

test('backups as the retention makes them are no findings', () => {
  const days = Array.from({ length: 60 }, (_, index) => AT - (59 - index) * DAY);
  const made: RetainedBackup[] = [];
  for (const at of days) {
    const tier = DEFAULT_RETENTION.tierOf(
      new Date(at),
      made.map((each) => ({ tier: each.tier, at: new Date(each.at) })),
    );
    made.push(backup(tier, at));
    expect(details([...made].filter(({ lockedUntil }) => lockedUntil > at).reverse(), at)).toEqual([]);
  }
});

test('a newest backup in another tier than it earns is one', () => {
  expect(details([backup('weekly')])).toEqual([
    expect.stringMatching(
      /^The newest backup, of-2026-11-24, is kept as weekly backup, the retention makes it a daily one\. HINT/,
    ),
  ]);
});

test('an older backup is not judged by what the retention says today', () => {
  const without = Retention.gfs({ daily: 30, weekly: 0, monthly: 0, yearly: 0 });
  expect(details([backup('daily'), backup('daily', AT - DAY)], AT + DAY, without)).toEqual([]);
});

test('a lock that ends before the retention does is one', () => {
  const [detail] = details([backup('daily', AT, { lockedUntil: AT + 7 * DAY })]);
  expect(detail).toMatch(
    /^Backup of-2026-11-24 is locked until 2026-12-01, as daily backup it must be until 2026-12-24\. HINT/,
  );
});

test('a backup that the lifecycle has had three days to expire is one, and not before', () => {
  const old = backup('daily', AT - 33 * DAY);
  const newer = [backup('daily'), backup('weekly', AT - DAY), backup('monthly', Date.parse('2026-11-01T02:00:00Z'))];
  expect(details([...newer, old], AT)).toEqual([]);
  expect(details([...newer, old], AT + 1)).toEqual([
    expect.stringMatching(
      /^Backup of-2026-10-22 is still there, as daily backup it should have gone on 2026-11-21\. HINT/,
    ),
  ]);
});

test('none at all is no finding', () => {
  expect(details([])).toEqual([]);
});

test('a backup may go when its age has come and its lock has ended, and not before', () => {
  const made = backup('daily');
  const end = made.lockedUntil;
  expect([end - 1, end].map((now) => mayGo(made, DEFAULT_RETENTION, now))).toEqual([false, true]);
  const lockedLonger = { ...made, lockedUntil: end + DAY };
  expect([end, end + DAY].map((now) => mayGo(lockedLonger, DEFAULT_RETENTION, now))).toEqual([false, true]);
  const longer = Retention.gfs({ ...DEFAULT_RETENTION.counts, daily: 40 });
  expect([end, end + 10 * DAY].map((now) => mayGo(made, longer, now))).toEqual([false, true]);
});

test('a backup must be seen until the lifecycle may hide it, which only a tier that is kept does', () => {
  const made = backup('weekly');
  const keeping = (weekly: number) => Retention.gfs({ ...DEFAULT_RETENTION.counts, weekly });
  expect(mustBeSeenUntil(made, DEFAULT_RETENTION)).toBe(made.lockedUntil);
  expect(mustBeSeenUntil(made, keeping(2))).toBe(AT + 14 * DAY);
  expect(mustBeSeenUntil(made, keeping(20))).toBe(made.lockedUntil);
  expect(mustBeSeenUntil(made, keeping(0))).toBe(made.lockedUntil);
});

import { DEFAULT_RETENTION, type Tier } from '../../../engine/contract/retention';
import { ageFindings } from '../../../engine/redis/backup-ages';
import { HOUR, NOW } from './fake-elasticache';

const DAY = 24 * HOUR;
const backup = (tier: Tier, days: number) => ({ id: '', prefix: '', tier, at: new Date(NOW - days * DAY) });
const late = (...backups: ReturnType<typeof backup>[]) =>
  ageFindings(backups, DEFAULT_RETENTION, NOW).map(({ kind, detail }) => `${kind} ${/newest (\w+)/.exec(detail)?.[1]}`);

test.each([
  ['a young database', [backup('daily', 0), backup('daily', 3)], []],
  ['a longer tier stands for a shorter one', [backup('daily', 0), backup('monthly', 6), backup('yearly', 300)], []],
  ['no backup for two days', [backup('weekly', 2), backup('yearly', 20)], ['backupLate daily']],
  ['no weekly one', [backup('daily', 0), backup('monthly', 10), backup('yearly', 300)], ['tierLate weekly']],
  [
    'no yearly one although backups are older',
    [backup('daily', 0), backup('weekly', 1), backup('monthly', 400)],
    ['tierLate yearly', 'tierLate monthly'],
  ],
])('%s', (_, backups, expected) => {
  expect(late(...backups)).toEqual(expected);
});

import Table from 'cli-table3';
import { System } from '../../engine/contract/signals';
import type { AlarmStandIn } from '../alarms/alarm-stand-in';
import type { Expectations } from '../expectations';

/** Why no scenario makes an alarm go off here, by how its name ends. */
const REASONS: readonly (readonly [name: RegExp, reason: string])[] = [
  [
    new RegExp(`-${System.DATABASE}-(backupFailed|backupAge|proofAgePresent|drift)$`),
    'AWS Backup of MiniStack takes no backups, so it is raised from the start, and rightly',
  ],
  [new RegExp(`-${System.DATABASE}-rpo$`), 'RDS of MiniStack always tells a restorable time of now'],
  [/-(jobFailed|jobWarning|eventsLost)$/, 'AWS Backup of MiniStack has no jobs and tells of none'],
  [/-(leftBehind|stopped)$/, 'RDS and ElastiCache of MiniStack restore nothing'],
  [/-retentionDrift$/, 'a backup is kept too long only after days'],
  [
    /-backupAge$/,
    'a dump is too old only after a day; that none comes is played by the verification that does not run',
  ],
  [/-lastSave$/, 'a snapshot is late only after hours'],
  [/-functionThrottles\d*$/, 'MiniStack throttles no function'],
  [/-functionErrors\d+$/, 'adds up other functions by the same rule as the one that is played'],
  [/-(drift|keyDrift)$/, 'what differs from the configuration warns by the same path as what endangers restores'],
];

/** The alarms that no scenario made go off, and why. Expects that there is a reason for each. */
export function unplayedAlarms(alarms: AlarmStandIn, played: ReadonlySet<string>, expectations: Expectations): string {
  const carried = alarms.names
    .filter((name) => !played.has(name))
    .map((name) => ({ name, reason: REASONS.find(([form]) => form.test(name))?.[1] }));
  const unexplained = carried.filter(({ reason }) => reason === undefined).map(({ name }) => name);
  expectations.equal('every alarm is played, or it is told why not', 'all', unexplained.join(', ') || 'all');
  const table = new Table({
    head: ['not played here, and seen in the templates alone', 'why'],
    style: { head: [], border: [] },
    colWidths: [52, 66],
    wordWrap: true,
  });
  const byReason = new Map<string, string[]>();
  for (const { name, reason = 'no reason' } of [...carried, ...alarms.uncarried]) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  for (const [reason, names] of byReason) table.push([names.join('\n'), reason]);
  return table.toString();
}

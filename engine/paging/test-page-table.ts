import Table from 'cli-table3';
import type { TopicReport } from './test-page';

/** The reports as a table, a row for each subscription, followed by what is wrong, a line each. */
export function testPageTable(reports: readonly TopicReport[]): string {
  const table = new Table({
    head: ['Severity', 'Region', 'Test page', 'Subscription', 'Confirmed'],
    style: { head: [], border: [] },
  });
  for (const report of reports) {
    table.push(...rowsOf(report));
  }
  const problems = reports.flatMap(({ findings, error }) => (error === undefined ? findings : [error, ...findings]));
  return [table.toString(), ...problems].join('\n');
}

function rowsOf({ severity, region, messageId, subscriptions, error }: TopicReport): string[][] {
  const topic = [severity, region, messageId === undefined ? 'not sent' : 'sent'];
  if (subscriptions.length === 0) {
    return [[...topic, error === undefined ? 'none' : 'unknown', '']];
  }
  return subscriptions.map(({ protocol, endpoint, confirmed }) => [
    ...topic,
    `${protocol} ${endpoint}`,
    confirmed ? 'yes' : 'NO',
  ]);
}

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { parseBackupEventsInput } from '../engine/events/backup-events-input';
import { judgeEvent, publishEventSignals } from '../engine/events/event-signals';
import { printable } from '../engine/signals/alarm-text';

/**
 * Turns an event of AWS Backup or RDS into metrics and an alarm. An event that concerns nobody is passed over.
 *
 * @param input a `BackupEventsInput`.
 */
export async function handler(input: unknown): Promise<void> {
  const event = parseBackupEventsInput(input);
  const judged = judgeEvent(event);
  if (judged === undefined) {
    return;
  }
  const { severity, text } = judged;
  const level = severity === undefined ? 'INFO' : severity === 'critical' ? 'ERROR' : 'WARN';
  console.log(JSON.stringify({ level, message: printable(text), kind: judged.kind, time: event.time }));
  await publishEventSignals(new CloudWatchClient({}), event, judged);
}

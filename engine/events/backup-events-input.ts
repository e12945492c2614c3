import * as z from 'zod/mini';
import type { BackupEventsInput } from '../contract/backup-events';
import { parseEvent } from '../functions/parse-event';

const name = z.string().check(z.minLength(1));

const backupEventsInput = z.object({
  source: name,
  detailType: name,
  time: z.string().check(z.refine((time) => !Number.isNaN(Date.parse(time)), 'no moment')),
  region: name,
  detail: z.record(z.string(), z.unknown()),
  alarmName: name,
  incidentName: z.optional(name),
  warningAlarmName: name,
  warningIncidentName: z.optional(name),
});

/**
 * Reads the event of the function `backup-events`.
 *
 * @throws Error that names every field that is wrong.
 */
export function parseBackupEventsInput(event: unknown): BackupEventsInput {
  return parseEvent('backup-events', backupEventsInput, event);
}

import type { BackupEventsInput } from '../contract/backup-events';

/** The text in a field of an event; undefined when there is none, or it is empty. What others write is not taken at its word. */
export function textOf(detail: BackupEventsInput['detail'], field: string): string | undefined {
  const value = detail[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

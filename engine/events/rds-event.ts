import { type BackupEventsInput, CANCELED_COPIES } from '../contract/backup-events';
import { Severity } from '../contract/paging';
import { JobKind } from '../contract/signals';
import { textOf } from './detail';
import type { JudgedEvent } from './judged-event';

/**
 * What an event of RDS says about backups and what they need.
 *
 * @returns undefined when it says nothing of that kind: a start, a failover, a maintenance.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html and the same page of the Aurora guide
 */
export function judgeRdsEvent({ detail, region }: BackupEventsInput): JudgedEvent | undefined {
  const id = textOf(detail, 'EventID') ?? 'without an id';
  const categories = [detail.EventCategories].flat();
  const severity = severityOf(id, categories);
  if (severity === undefined) {
    return undefined;
  }
  const source = textOf(detail, 'SourceIdentifier') ?? 'an unknown source';
  const message = (textOf(detail, 'Message') ?? 'no message').replace(/[\s.]+$/, '');
  return {
    kind: JobKind.RDS,
    severity,
    text: `In ${region}, RDS tells of ${source}: ${message} (${id}). HINT: ${HINTS[id] ?? 'look the event up in the RDS User Guide, and see the state of the database.'}`,
  };
}

function severityOf(id: string, categories: readonly unknown[]): Severity | undefined {
  if (HARMLESS.has(id)) {
    return undefined;
  }
  if (CRITICAL.has(id) || categories.includes('deletion')) {
    return Severity.CRITICAL;
  }
  return WARNING.has(id) || categories.some((category) => WARNING_CATEGORIES.has(category))
    ? Severity.WARNING
    : undefined;
}

/** What loses data or their backups, now or within days. Deletions of a database are, whatever their id. */
const CRITICAL: ReadonlySet<string> = new Set([
  'RDS-EVENT-0007', // allocated storage exhausted
  'RDS-EVENT-0028', // automated backups disabled
  'RDS-EVENT-0031', // failed; RDS recommends a point-in-time restore
  'RDS-EVENT-0221', // storage full, database shut down
  'RDS-EVENT-0227', // storage of the Aurora cluster dangerously low
  'RDS-EVENT-0418', // encryption key not accessible
  'RDS-EVENT-0419', // encryption key not accessible, database made inaccessible
]);

/** What may become that. */
const WARNING: ReadonlySet<string> = new Set([
  'RDS-EVENT-0023', // a snapshot was refused, since another was being made
  'RDS-EVENT-0087', // instance stopped: no automated backups
  'RDS-EVENT-0150', // cluster stopped
  'RDS-EVENT-0222', // free storage low
  'RDS-EVENT-0330', // free storage of the log volume low, shutdown ahead
  'RDS-EVENT-0331', // free storage of the log volume low
  ...CANCELED_COPIES,
]);

const WARNING_CATEGORIES: ReadonlySet<unknown> = new Set(['failure', 'low storage']);

/** Of the category of failures, and none that anybody should do anything about. */
const HARMLESS: ReadonlySet<string> = new Set([
  'RDS-EVENT-0219', // autoscaling retries by itself
  'RDS-EVENT-0220', // autoscaling cools off
  'RDS-EVENT-0237', // autoscaling retries by itself
  'RDS-EVENT-0420', // encryption key accessible again
]);

const STORAGE_HINT = 'allocate more storage.';
const KEY_HINT =
  'enable the key of the database and see that RDS may use it; within seven days, and then start the database.';
const DELETED_HINT = 'find in CloudTrail who deleted it; its recovery points stay in the vault until they expire.';

const HINTS: Readonly<Record<string, string>> = {
  'RDS-EVENT-0003': DELETED_HINT,
  'RDS-EVENT-0007': STORAGE_HINT,
  'RDS-EVENT-0028':
    'turn them on again with 35 days, and find in CloudTrail who turned them off: what they held is gone.',
  'RDS-EVENT-0031': 'restore to a point in time.',
  'RDS-EVENT-0171': DELETED_HINT,
  'RDS-EVENT-0221': STORAGE_HINT,
  'RDS-EVENT-0418': KEY_HINT,
  'RDS-EVENT-0419': KEY_HINT,
};

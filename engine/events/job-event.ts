import { type BackupEventsInput, ENDED_STATES, type EndedState, JobEvent } from '../contract/backup-events';
import { Severity } from '../contract/paging';
import { JobKind } from '../contract/signals';
import { textOf } from './detail';
import type { JudgedEvent } from './judged-event';

/**
 * What an event about a job of AWS Backup says.
 *
 * @returns undefined when it is about no job, or about one that goes on.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
 */
export function judgeJobEvent({ detailType, detail, region }: BackupEventsInput): JudgedEvent | undefined {
  const kind = KINDS[detailType];
  const state = ENDED_STATES.find((each) => each === textOf(detail, kind === JobKind.RESTORE ? 'status' : 'state'));
  if (kind === undefined || state === undefined) {
    return undefined;
  }
  const severity = severityOf(kind, state, messageOf(detail));
  return {
    kind,
    ...(severity && { severity }),
    text: sentence(kind, state, detail, region),
    ...(state === 'COMPLETED' && measuresOf(detail)),
  };
}

const KINDS: Readonly<Record<string, JobKind>> = {
  [JobEvent.BACKUP]: JobKind.BACKUP,
  [JobEvent.COPY]: JobKind.COPY,
  [JobEvent.RESTORE]: JobKind.RESTORE,
};

/**
 * A job that failed or never began is a backup less. One that a person stopped was meant so; if a backup is missing then, the verification
 * pages.
 */
const SEVERITIES: Readonly<Record<Exclude<EndedState, 'COMPLETED'>, Severity>> = {
  FAILED: Severity.CRITICAL,
  EXPIRED: Severity.CRITICAL,
  ABORTED: Severity.WARNING,
  PARTIAL: Severity.WARNING,
};

/**
 * What the console calls "completed with issues" is a completed job with a message; of backup jobs alone. A restore only warns, however it
 * ended: those of restore testing are drills, which page nobody, and whoever starts one in earnest is watching it.
 */
function severityOf(kind: JobKind, state: EndedState, message: string): Severity | undefined {
  if (state === 'COMPLETED') {
    return kind === JobKind.BACKUP && message !== '' ? Severity.WARNING : undefined;
  }
  return kind === JobKind.RESTORE ? Severity.WARNING : SEVERITIES[state];
}

const ENDINGS: Readonly<Record<EndedState, string>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  EXPIRED: 'did not begin or end within its window',
  ABORTED: 'was stopped',
  PARTIAL: 'is incomplete',
};

function sentence(kind: JobKind, state: EndedState, detail: BackupEventsInput['detail'], region: string): string {
  const id = textOf(detail, `${kind}JobId`) ?? 'without an id';
  const resource =
    textOf(detail, 'resourceArn') ?? textOf(detail, 'sourceResourceArn') ?? textOf(detail, 'resourceType');
  const message = messageOf(detail);
  const why = message === '' ? '' : `: ${message}`;
  return `In ${region}, the ${kind} job ${id} of ${resource ?? 'an unknown resource'} ${ENDINGS[state]}${why}. HINT: open the job in AWS Backup; its message says what to correct.`;
}

/** AWS Backup puts some messages into quotes of their own, with or without anything between them, and ends some with a full stop. */
function messageOf(detail: BackupEventsInput['detail']): string {
  return (textOf(detail, 'statusMessage') ?? '').replace(/^[\s"]+|[\s".]+$/g, '');
}

function measuresOf(detail: BackupEventsInput['detail']): Pick<JudgedEvent, 'durationSeconds' | 'bytes'> {
  const moment = (field: string): number => Date.parse(textOf(detail, field) ?? '');
  const seconds = (moment('completionDate') - moment('creationDate')) / 1_000;
  const { backupSizeInBytes: size } = detail;
  // A text in events of backups and restores, a number in those of copies.
  const bytes = typeof size === 'number' ? size : Number(textOf(detail, 'backupSizeInBytes') ?? Number.NaN);
  return {
    ...(seconds >= 0 && { durationSeconds: seconds }),
    ...(Number.isFinite(bytes) && bytes >= 0 && { bytes }),
  };
}

/** What the rules of EventBridge send to the function `backup-events`. */
export interface BackupEventsInput {
  /** `aws.backup` or `aws.rds`. */
  readonly source: string;
  /** What kind of event it is, such as `Copy Job State Change`. */
  readonly detailType: string;
  /** When it happened; an ISO 8601 instant. */
  readonly time: string;
  readonly region: string;
  /** The event itself, as its service wrote it. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Name of the alarm that failures are written into. */
  readonly alarmName: string;
  /** Name of the composite alarm above it, which pages. @default - the alarm pages itself */
  readonly incidentName?: string;
  /** Name of the alarm that the other things are written into. */
  readonly warningAlarmName: string;
  /** Name of the composite alarm above that one. @default - the alarm pages itself */
  readonly warningIncidentName?: string;
}

/** Kinds of events of AWS Backup, by what they call themselves. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
export const JobEvent = {
  BACKUP: 'Backup Job State Change',
  COPY: 'Copy Job State Change',
  RESTORE: 'Restore Job State Change',
} as const;

/** States of jobs that are over. Backups and copies have them in `state`, restores in `status`. */
export const ENDED_STATES = ['COMPLETED', 'FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'] as const;
export type EndedState = (typeof ENDED_STATES)[number];

/** Kinds of events of RDS, by what they call themselves. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloud-watch-events.html */
export const RdsEvent = {
  INSTANCE: 'RDS DB Instance Event',
  CLUSTER: 'RDS DB Cluster Event',
  SNAPSHOT: 'RDS DB Snapshot Event',
} as const;

/** Canceled copies of snapshots, from another Region and within one. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
export const CANCELED_COPIES = ['RDS-EVENT-0061', 'RDS-EVENT-0190'] as const;

/**
 * What Aurora tells of instances alone, though it concerns their whole cluster: storage that is nearly full, and a key that cannot be used.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
 */
export const MEMBER_EVENTS = ['RDS-EVENT-0227', 'RDS-EVENT-0418', 'RDS-EVENT-0419'] as const;

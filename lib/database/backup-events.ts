import { aws_events as events, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmRule } from '../../engine/contract/alarms';
import {
  type BackupEventsInput,
  CANCELED_COPIES,
  ENDED_STATES,
  JobEvent,
  MEMBER_EVENTS,
  RdsEvent,
} from '../../engine/contract/backup-events';
import { System } from '../../engine/contract/signals';
import type { DatabaseTarget } from '../../engine/contract/verify-database';
import { EventReader } from '../functions/event-reader';
import type { Paging } from '../paging/paging';
import { queueAlarm } from '../signals/queue-alarm';
import { pagedBy, ruledAlarm } from '../signals/ruled-alarm';

/** Databases in one rule: with identifiers of 63 characters its pattern stays below the 2048 characters that EventBridge takes. */
const DATABASES_PER_RULE = 20;

/** Properties of {@link BackupEvents}. */
export interface BackupEventsProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Name of the vault of this Region. */
  readonly vaultName: string;
  readonly paging: Paging;
}

/**
 * Listens in one Region to the jobs of AWS Backup that end, and to what RDS tells of watched databases, and raises the alarm of the
 * right severity with the reason in words. An event that gets lost on the way is kept, and warns.
 */
export class BackupEvents extends Construct {
  private readonly events: EventReader;
  private readonly watched: Record<DatabaseTarget['kind'], string[][]> = { instance: [], cluster: [] };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupEventsProps,
  ) {
    super(scope, id);
    // Under the name that CDK leaves out of logical ids, so that everything keeps its own.
    this.events = new EventReader(this, 'Default', {
      name: `${props.prefix}-backup-events`,
      bundle: 'backup-events',
      description: 'Turns events of AWS Backup and RDS into metrics and alarms',
    });
    this.jobRules();
    this.canceledCopiesRule();
    this.alarms();
    this.allowSignals();
  }

  /** Listens to what RDS tells of a database of this Region. */
  public watch({ kind, identifier }: Pick<DatabaseTarget, 'kind' | 'identifier'>): void {
    const rules = this.watched[kind];
    const last = rules.at(-1);
    if (last !== undefined && last.length < DATABASES_PER_RULE) {
      last.push(identifier);
      return;
    }
    if (kind === 'cluster' && last === undefined) {
      this.membersRule();
    }
    const identifiers = [identifier];
    rules.push(identifiers);
    this.rule(`${kind === 'instance' ? 'Instances' : 'Clusters'}${rules.length}`, {
      source: ['aws.rds'],
      detailType: [kind === 'instance' ? RdsEvent.INSTANCE : RdsEvent.CLUSTER],
      detail: { SourceIdentifier: Lazy.list({ produce: () => identifiers }) },
    });
  }

  /** A restore that failed does not say from which vault, so those of all databases count. */
  private jobRules(): void {
    const { vaultName } = this.props;
    const source = ['aws.backup'];
    const states = [...ENDED_STATES];
    const { partition, region, account } = Stack.of(this);
    this.rule('BackupJobs', {
      source,
      detailType: [JobEvent.BACKUP],
      detail: { backupVaultName: [vaultName], state: states },
    });
    this.rule('CopyJobs', {
      source,
      detailType: [JobEvent.COPY],
      detail: {
        sourceBackupVaultArn: [`arn:${partition}:backup:${region}:${account}:backup-vault:${vaultName}`],
        state: states,
      },
    });
    this.rule('RestoreJobs', {
      source,
      detailType: [JobEvent.RESTORE],
      detail: { resourceType: ['Aurora', 'RDS'], status: states },
    });
  }

  /** Snapshots that AWS Backup copies bear its name, and not that of their database. */
  private canceledCopiesRule(): void {
    this.rule('CanceledCopies', {
      source: ['aws.rds'],
      detailType: [RdsEvent.SNAPSHOT],
      detail: { EventID: [...CANCELED_COPIES], SourceIdentifier: [{ prefix: 'awsbackup:' }] },
    });
  }

  /** Which instances a cluster has, changes; so these few events of any instance of the Region count. */
  private membersRule(): void {
    this.rule('ClusterMembers', {
      source: ['aws.rds'],
      detailType: [RdsEvent.INSTANCE],
      detail: { EventID: [...MEMBER_EVENTS] },
    });
  }

  private rule(id: string, eventPattern: events.EventPattern): void {
    const { paging } = this.props;
    const warning = pagedBy(paging, JOB_WARNING);
    const input: Record<keyof BackupEventsInput, unknown> = {
      source: events.EventField.source,
      detailType: events.EventField.detailType,
      time: events.EventField.time,
      region: events.EventField.region,
      detail: events.EventField.fromPath('$.detail'),
      ...pagedBy(paging, JOB_FAILED),
      warningAlarmName: warning.alarmName,
      warningIncidentName: warning.incidentName,
    };
    this.events.read(id, eventPattern, input);
  }

  /** Silence is what all of these wish for; that nothing is backed up at all, the verification tells. */
  private alarms(): void {
    const { paging } = this.props;
    ruledAlarm(this, 'JobFailed', { paging, rule: JOB_FAILED });
    ruledAlarm(this, 'JobWarning', { paging, rule: JOB_WARNING });
    queueAlarm(this, 'EventsLost', { paging, rule: EVENTS_LOST, queue: this.events.lost });
  }

  private allowSignals(): void {
    const { reader } = this.events;
    reader.allowMetrics();
    for (const { alarmName, incidentName } of [JOB_FAILED, JOB_WARNING].map((rule) =>
      pagedBy(this.props.paging, rule),
    )) {
      reader.allowAlarmStates(alarmName, incidentName);
    }
  }
}

const JOB_FAILED = alarmRule(System.DATABASE, 'jobFailed');
const JOB_WARNING = alarmRule(System.DATABASE, 'jobWarning');
const EVENTS_LOST = alarmRule(System.DATABASE, 'eventsLost');

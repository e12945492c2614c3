import {
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_lambda_destinations as destinations,
  aws_events as events,
  Lazy,
  aws_lambda as lambda,
  Stack,
  aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  type BackupEventsInput,
  CANCELED_COPIES,
  ENDED_STATES,
  JobEvent,
  MEMBER_EVENTS,
  RdsEvent,
} from '../../engine/contract/backup-events';
import { Severity } from '../../engine/contract/paging';
import { Dimension, Metric } from '../../engine/contract/signals';
import type { DatabaseTarget } from '../../engine/contract/verify-database';
import { HoldfastFunction } from '../functions/holdfast-function';
import type { Paging } from '../paging/paging';
import { databaseAlarmName, databaseMetric } from './signal-alarms';

/** Databases in one rule: with identifiers of 63 characters its pattern stays below the 2048 characters that EventBridge takes. */
const DATABASES_PER_RULE = 20;

/** Time within which events are counted, and after which the alarms return to OK. */
const PERIOD = Duration.minutes(5);

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
  private readonly reader: HoldfastFunction;
  private readonly lost: sqs.Queue;
  private readonly watched: Record<DatabaseTarget['kind'], string[][]> = { instance: [], cluster: [] };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupEventsProps,
  ) {
    super(scope, id);
    const name = `${props.prefix}-backup-events`;
    this.reader = new HoldfastFunction(this, 'Reader', {
      bundle: 'backup-events',
      functionName: name,
      // Both Regions may lie in one account, where a role's name is taken once.
      roleName: `${name}-${Stack.of(this).region}`,
      description: 'Turns events of AWS Backup and RDS into metrics and alarms',
      timeout: Duration.seconds(30),
      memorySizeMiB: 256,
    });
    this.lost = new sqs.Queue(this, 'DeadLetters', {
      queueName: `${name}-dead-letters`,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new lambda.EventInvokeConfig(this, 'Failures', {
      function: this.reader.function,
      onFailure: new destinations.SqsDestination(this.lost),
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
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
    const input: Record<keyof BackupEventsInput, unknown> = {
      source: events.EventField.source,
      detailType: events.EventField.detailType,
      time: events.EventField.time,
      region: events.EventField.region,
      detail: events.EventField.fromPath('$.detail'),
      alarmName: this.alarmName('jobFailed'),
      warningAlarmName: this.alarmName('jobWarning'),
    };
    new events.Rule(this, id, {
      description: `Tells ${this.props.prefix}-backup-events of jobs and databases`,
      eventPattern,
      targets: [
        new targets.LambdaFunction(this.reader.function, {
          event: events.RuleTargetInput.fromObject(input),
          deadLetterQueue: this.lost,
          retryAttempts: 3,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
  }

  private alarms(): void {
    this.alarm('jobFailed', Severity.CRITICAL, {
      meaning:
        'A backup, a copy or a restore of a database failed, or RDS tells of something that loses data or their backups.',
      first: 'read the reason; without one, read the newest lines of the log of the function backup-events.',
      metric: this.failedJobs(Severity.CRITICAL),
    });
    this.alarm('jobWarning', Severity.WARNING, {
      meaning: 'A job of AWS Backup was stopped or completed with issues, or RDS warns of something.',
      first: 'read the reason; without one, read the newest lines of the log of the function backup-events.',
      metric: this.failedJobs(Severity.WARNING),
    });
    this.alarm('eventsLost', Severity.WARNING, {
      meaning: 'An event of AWS Backup or RDS got lost on its way: it may have told of a failure.',
      first: `read the messages of the queue ${this.lost.queueName}, which hold the events and the errors.`,
      metric: this.lost.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: cloudwatch.Stats.MAXIMUM,
      }),
    });
  }

  private failedJobs(severity: Severity): cloudwatch.IMetric {
    return databaseMetric(Metric.FAILED_JOBS, cloudwatch.Stats.SUM, PERIOD, { [Dimension.SEVERITY]: severity });
  }

  /** Silence is what all of these wish for; that nothing is backed up at all, the verification tells. */
  private alarm(name: AlarmName, severity: Severity, { meaning, first, metric }: Told): void {
    const alarm = new cloudwatch.Alarm(this, CONSTRUCT_IDS[name], {
      alarmName: this.alarmName(name),
      alarmDescription: `${meaning} First: ${first} Runbook: docs/runbooks/database-backup-failed.md`,
      metric,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.props.paging.route(alarm, severity);
  }

  private alarmName(name: AlarmName): string {
    return databaseAlarmName(this.props.prefix, name);
  }

  private allowSignals(): void {
    this.reader.allowMetrics();
    this.reader.allowAlarmStates(this.alarmName('jobFailed'), this.alarmName('jobWarning'));
  }
}

type AlarmName = 'jobFailed' | 'jobWarning' | 'eventsLost';

const CONSTRUCT_IDS: Readonly<Record<AlarmName, string>> = {
  jobFailed: 'JobFailed',
  jobWarning: 'JobWarning',
  eventsLost: 'EventsLost',
};

/** What an alarm means, what to do first, and what it counts. */
interface Told extends Pick<cloudwatch.AlarmProps, 'metric'> {
  readonly meaning: string;
  readonly first: string;
}

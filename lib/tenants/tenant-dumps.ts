import {
  Duration,
  aws_ecs as ecs,
  type aws_kms as kms,
  aws_logs as logs,
  RemovalPolicy,
  Stack,
  type aws_s3 as s3,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_RETENTION, type Retention } from '../../engine/contract/retention';
import { dumpCommand, type TenantDumpsSettings } from '../../engine/contract/tenant-dumps';
import type { Tenants } from '../../engine/contract/tenants';
import { LockMode } from '../files/lock-mode';
import { StateMachineSchedule } from '../functions/state-machine-schedule';
import { networkProblems } from '../network';
import type { Paging } from '../paging/paging';
import { alarmedNameProblems } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';
import { scheduleExpression } from './daily-schedule';
import type { DatabaseSignIn } from './database-sign-in';
import { DumpAlarms } from './dump-alarms';
import { type CompleteDumpOptions, completeDumpOptions, type DumpOptions, dumpOptionsProblems } from './dump-options';
import { DumpStateMachine, type TaskNetwork } from './dump-state-machine';
import { DumpsBucket } from './dumps-bucket';
import { jobImage } from './job-image';
import { JobTask } from './job-task';
import { TaskRole } from './task-role';
import type { TenantDatabase } from './tenant-database';
import type { VerifiedDumps } from './verified-dumps';

/** Properties of {@link TenantDumps}. */
export interface TenantDumpsProps extends DumpOptions {
  readonly recovery: RecoveryRegion;
  /** Name of the protected database: lower-case letters, digits and hyphens. */
  readonly resource: string;
  readonly database: TenantDatabase;
  /** Which tenants the database has. */
  readonly tenants: Tenants;
  readonly network: TaskNetwork;
  /** Key that encrypts the dumps. */
  readonly encryptionKey: kms.IKey;
  readonly paging: Paging;
  /** How long backups are kept and locked. @default DEFAULT_RETENTION */
  readonly retention?: Retention;
  /** How firm the locks are. @default LockMode.GOVERNANCE */
  readonly lockMode?: LockMode;
}

/**
 * Backs up every tenant of a PostgreSQL database each day, from one snapshot and in one pass, each into an archive of its own:
 * the bucket and its replication, the task that dumps and the state machine that runs it on a schedule, the task that restores,
 * and the alarms. The replica is the recovery stack's: `RecoveryStack.addDumpsReplica`.
 */
export class TenantDumps extends Construct {
  /** Where the dumps are. */
  public readonly bucket: s3.Bucket;
  /** Makes a backup; start it to have one now. */
  public readonly stateMachine: sfn.StateMachine;
  /** The task that on-call starts to restore, with a command of its own; without one, it lists the backups. */
  public readonly restoreTask: ecs.FargateTaskDefinition;
  /** What `TenantVerification` is given to verify them. */
  public readonly verified: VerifiedDumps;

  private readonly name: string;
  private readonly options: CompleteDumpOptions;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TenantDumpsProps,
  ) {
    super(scope, id);
    const { recovery, resource, database, tenants, network } = props;
    refuse(this.node.path, [
      ...alarmedNameProblems(resource),
      ...networkProblems(network, 'network'),
      ...dumpOptionsProblems(props, tenants.source),
    ]);
    this.name = `${recovery.prefix}-${resource}-dumps`;
    this.options = completeDumpOptions(props, tenants.source);
    this.bucket = new DumpsBucket(this, 'Bucket', { ...props, retention: this.retention }).bucket;

    const cluster = this.cluster();
    const shared = { image: jobImage(props.postgresMajor), logGroup: this.logGroup() };
    const dumpRole = this.role('DumpRole', `Dumps the tenants of ${resource}`, database.dumpSignIn);
    dumpRole.dump();
    const dumpTask = this.task('DumpTask', 'dump', dumpCommand.all(), database.dumpSignIn, dumpRole, shared);
    const restoreRole = this.role('RestoreRole', `Restores tenants of ${resource}`, database.restoreSignIn);
    restoreRole.restore();
    this.restoreTask = this.task('RestoreTask', 'restore', ['restore', 'list'], database.restoreSignIn, restoreRole, {
      ...shared,
      scratchGiB: this.options.scratchGiB,
    }).definition;

    this.stateMachine = new DumpStateMachine(this, 'StateMachine', {
      name: this.name,
      cluster,
      clusterName: this.name,
      task: dumpTask,
      network,
      bucket: this.bucket,
      key: props.encryptionKey,
      ...this.options,
    }).stateMachine;
    const { deadLetters } = new StateMachineSchedule(this, 'Schedule', {
      name: this.name,
      description: `Begins ${this.name}`,
      stateMachine: this.stateMachine,
      schedule: scheduleExpression(props.schedule),
      window: Duration.minutes(15),
      maxEventAge: Duration.hours(2),
    });
    this.verified = {
      resource,
      bucket: this.bucket,
      key: props.encryptionKey,
      retention: this.retention,
      lockMode: this.lockMode,
      task: { cluster, clusterName: this.name, network, ...shared },
    };
    new DumpAlarms(this, 'Alarms', {
      recovery,
      resource,
      bucket: this.bucket,
      stateMachine: this.stateMachine,
      deadLetters,
      paging: props.paging,
    });
  }

  private get retention(): Retention {
    return this.props.retention ?? DEFAULT_RETENTION;
  }

  private get lockMode(): LockMode {
    return this.props.lockMode ?? LockMode.GOVERNANCE;
  }

  private cluster(): ecs.CfnCluster {
    return new ecs.CfnCluster(this, 'Cluster', {
      clusterName: this.name,
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
  }

  private logGroup(): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      logGroupName: `/holdfast/${this.name}`,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private role(id: string, description: string, signIn: DatabaseSignIn): TaskRole {
    const { resource, encryptionKey } = this.props;
    return new TaskRole(this, id, {
      description,
      resource,
      bucket: this.bucket,
      key: encryptionKey,
      retention: this.retention,
      signIn,
    });
  }

  private task(
    id: string,
    job: 'dump' | 'restore',
    command: string[],
    signIn: DatabaseSignIn,
    { role }: TaskRole,
    shared: { readonly image: ecs.ContainerImage; readonly logGroup: logs.ILogGroup; readonly scratchGiB?: number },
  ): JobTask {
    const { recovery, resource } = this.props;
    const { cpu, memoryMiB } = this.options;
    return new JobTask(this, id, {
      family: `${recovery.prefix}-${resource}-${job}`,
      command,
      settings: this.settings(signIn),
      role,
      streamPrefix: job,
      cpu,
      memoryMiB,
      ...shared,
    });
  }

  private settings(signIn: DatabaseSignIn): TenantDumpsSettings {
    const { resource, database, tenants, encryptionKey } = this.props;
    const { leaveOut, compression, groups, parallelism } = this.options;
    return {
      resource,
      connection: database.connection(this, signIn),
      tenants: tenants.source,
      leaveOut,
      store: { bucket: this.bucket.bucketName, region: Stack.of(this).region, keyArn: encryptionKey.keyArn },
      lockMode: this.lockMode,
      retention: this.retention.counts,
      compression,
      groups,
      parallelism,
    };
  }
}

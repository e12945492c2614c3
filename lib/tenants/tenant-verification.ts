import {
  Duration,
  aws_iam as iam,
  type aws_kms as kms,
  Lazy,
  Stack,
  type aws_s3 as s3,
  aws_scheduler as scheduler,
  type aws_stepfunctions as sfn,
  type aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { incidentName } from '../../engine/contract/alarms';
import { Severity } from '../../engine/contract/paging';
import { System } from '../../engine/contract/signals';
import {
  type DumpsTarget,
  LONGEST_VERIFICATION_SECONDS,
  VERIFY_TENANTS_SECONDS,
  type VerifyTenantsSettings,
} from '../../engine/contract/verify-tenants';
import { HoldfastFunction } from '../functions/holdfast-function';
import { executionRole, loggedStateMachine } from '../functions/logged-state-machine';
import { StateMachineSchedule } from '../functions/state-machine-schedule';
import { roleNames } from '../platform/names';
import type { RecoveryRegion } from '../platform/recovery-region';
import { refuse } from '../problem';
import { CONTAINER, JobTask } from './job-task';
import { allowDistributedMap, allowTask } from './run-task';
import {
  type TenantVerificationDefinitionProps,
  tenantVerificationDefinition,
  type VerifiedDatabase,
} from './tenant-verification-definition';
import { concludeStatements, publishStatements, readProofsStatements, verifyStatements } from './verification-access';
import type { VerifiedDumps } from './verified-dumps';

/** Days within which every kept object is read once, unless said otherwise. */
const DEFAULT_READ_CYCLE = Duration.days(30);

/** Properties of {@link TenantVerification}. */
export interface TenantVerificationProps {
  readonly recovery: RecoveryRegion;
  /** Bucket for the records and reports of verifications. */
  readonly proofsBucket: s3.IBucket;
  /** Key of the proofs bucket. */
  readonly proofsKey: kms.IKey;
  /** Time within which every kept object is read in full once, in whole days. @default Duration.days(30) */
  readonly readCycle?: Duration;
}

/**
 * Proves each hour that the dumps of every protected database are there, copied and whole: what is new at once, and all others in turn,
 * so that each is read once a cycle. One state machine, one function and one schedule, however many databases; a task for each
 * database, for archives that are too large for the function. Its alarms are those of the system `tenants`.
 */
export class TenantVerification extends Construct {
  /** Verifies all dumps; start it to have it done now. Its input does not matter. */
  public readonly stateMachine: sfn.StateMachine;
  /** Carries out the steps. */
  public readonly verifier: HoldfastFunction;
  /** Runs that never began. */
  public readonly deadLetters: sqs.Queue;

  private readonly name: string;
  private readonly verified: VerifiedDatabase[] = [];
  private readonly executionRole: iam.Role;
  private readonly taskRole: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TenantVerificationProps,
  ) {
    super(scope, id);
    const { prefix } = props.recovery;
    refuse(this.node.path, readCycleProblems(props.readCycle));
    this.name = `${prefix}-verify-tenants`;
    this.verifier = new HoldfastFunction(this, 'Verifier', {
      bundle: 'verify-tenants',
      functionName: this.name,
      roleName: roleNames.verifyTenants(prefix),
      description: 'Proves that the dumps of tenants are there, copied and whole',
      timeout: Duration.minutes(15),
      memorySizeMiB: 1769,
    });
    this.taskRole = new iam.Role(this, 'TaskRole', {
      roleName: roleNames.verifyTenantsTask(prefix),
      description: 'Reads dumps that are too large for a function',
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    this.executionRole = executionRole(this, this.name);
    this.stateMachine = loggedStateMachine(this, {
      name: this.name,
      definition: tenantVerificationDefinition(this.definition()),
      role: this.executionRole,
    });
    this.deadLetters = new StateMachineSchedule(this, 'Schedule', {
      name: this.name,
      description: 'Verifies the dumps of tenants',
      stateMachine: this.stateMachine,
      schedule: scheduler.ScheduleExpression.rate(Duration.seconds(VERIFY_TENANTS_SECONDS)),
      maxEventAge: Duration.seconds(VERIFY_TENANTS_SECONDS),
    }).deadLetters;
    this.allowOwnResources();
    this.node.addValidation({
      validate: () =>
        this.verified.length > 0 ? [] : ['nothing to verify: protect the tenants of at least one database'],
    });
  }

  /** Adds the dumps of a database to what is verified. */
  public verify(dumps: VerifiedDumps): void {
    const { resource, task } = dumps;
    const target = this.targetOf(dumps);
    const { definition } = new JobTask(this, `Task-${resource}`, {
      family: `${this.props.recovery.prefix}-${resource}-verify`,
      command: ['verify', '--help'],
      role: this.taskRole,
      streamPrefix: 'verify',
      cpu: 1024,
      memoryMiB: 2048,
      image: task.image,
      logGroup: task.logGroup,
    });
    this.verified.push({
      target,
      task: {
        clusterArn: task.cluster.attrArn,
        taskDefinitionArn: definition.taskDefinitionArn,
        subnetIds: task.network.subnetIds,
        securityGroupIds: task.network.securityGroupIds,
      },
    });
    allowTask(this.executionRole, { cluster: task.cluster, clusterName: task.clusterName, definition });
    const access = { dumps, replicaBucketName: target.replica.bucket, proofsBucket: this.props.proofsBucket };
    this.grant(this.taskRole, verifyStatements(access));
    this.grant(this.verifier.role, [...verifyStatements(access), ...concludeStatements(access)]);
  }

  private get alarmName(): string {
    return `${this.props.recovery.prefix}-${System.TENANTS}-backupFailed`;
  }

  private get incident(): string {
    return incidentName(this.props.recovery.prefix, System.TENANTS, Severity.CRITICAL);
  }

  private get settings(): VerifyTenantsSettings {
    return {
      databases: this.verified.map(({ target }) => target),
      proofs: { bucket: this.props.proofsBucket.bucketName, region: Stack.of(this).region },
      alarmName: this.alarmName,
      incidentName: this.incident,
      readCycleDays: this.readCycleDays,
    };
  }

  private get readCycleDays(): number {
    return (this.props.readCycle ?? DEFAULT_READ_CYCLE).toDays();
  }

  /** Databases are added later, so their list is asked for when the template is written. */
  private definition(): TenantVerificationDefinitionProps {
    return {
      functionArn: this.verifier.function.functionArn,
      settings: Lazy.any({ produce: () => this.settings }) as unknown as VerifyTenantsSettings,
      databases: Lazy.any({ produce: () => this.verified }) as unknown as VerifiedDatabase[],
      readCycleDays: this.readCycleDays,
      containerName: CONTAINER,
      timeoutSeconds: LONGEST_VERIFICATION_SECONDS,
    };
  }

  private targetOf({ resource, bucket, key, retention, lockMode }: VerifiedDumps): DumpsTarget {
    const { recovery } = this.props;
    return {
      resource,
      source: { bucket: bucket.bucketName, region: Stack.of(this).region, keyArn: key.keyArn },
      replica: {
        bucket: recovery.replicaBucketName(this, resource),
        region: recovery.region,
        keyArn: recovery.replicaKeyOrAliasArn(this),
      },
      retention: retention.counts,
      lockMode,
    };
  }

  private allowOwnResources(): void {
    const { proofsBucket, proofsKey, recovery } = this.props;
    const place = { scope: this, proofsBucket, proofsKey, recovery };
    for (const role of [this.verifier.role, this.taskRole]) {
      this.grant(role, publishStatements(place));
    }
    this.verifier.allowMetrics();
    this.verifier.allowAlarmStates(this.alarmName, this.incident);
    this.grant(this.executionRole, [
      ...readProofsStatements(place),
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.verifier.function.functionArn],
      }),
    ]);
    allowDistributedMap(this.executionRole, this.name);
  }

  private grant(role: iam.Role, statements: readonly iam.PolicyStatement[]): void {
    for (const statement of statements) {
      role.addToPrincipalPolicy(statement);
    }
  }
}

function readCycleProblems(readCycle = DEFAULT_READ_CYCLE) {
  const days = readCycle.toDays({ integral: false });
  return Number.isInteger(days) && days >= 1 && days <= LONGEST_CYCLE_DAYS
    ? []
    : [{ path: 'readCycle', message: `must be from 1 to ${LONGEST_CYCLE_DAYS} whole days, got: ${days} days` }];
}

/** What the function takes. */
const LONGEST_CYCLE_DAYS = 3650;

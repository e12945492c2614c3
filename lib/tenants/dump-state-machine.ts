import {
  Duration,
  type aws_ecs as ecs,
  aws_iam as iam,
  type aws_kms as kms,
  Stack,
  type aws_s3 as s3,
  type aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { RUNS_PREFIX } from '../../engine/contract/backup-layout';
import { executionRole, loggedStateMachine } from '../functions/logged-state-machine';
import type { Network } from '../network';
import { dumpDefinition } from './dump-definition';
import { CONTAINER, type JobTask } from './job-task';
import { allowDistributedMap, allowTask } from './run-task';

/** Where tasks run. */
export interface TaskNetwork extends Network {
  /**
   * Subnets of one VPC. Tasks get no public address, so the subnets need ways to the database and, through a NAT gateway or VPC
   * endpoints, to S3, ECR, CloudWatch (logs and metrics) and Secrets Manager.
   */
  readonly subnetIds: readonly string[];
  /** Security groups of the tasks: those that the database admits. */
  readonly securityGroupIds: readonly string[];
}

/** Properties of a {@link DumpStateMachine}. */
export interface DumpStateMachineProps {
  /** Name of the state machine and of its log group. */
  readonly name: string;
  readonly cluster: ecs.CfnCluster;
  readonly clusterName: string;
  readonly task: JobTask;
  readonly network: TaskNetwork;
  readonly bucket: s3.IBucket;
  readonly key: kms.IKey;
  readonly groups: number;
  readonly parallelism: number;
  readonly timeoutHours: number;
}

/** Runs the dump of a database, in one task or in groups, twice at most; see {@link dumpDefinition}. */
export class DumpStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  private readonly role: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DumpStateMachineProps,
  ) {
    super(scope, id);
    this.role = executionRole(this, props.name);
    const { cluster, clusterName, task } = props;
    allowTask(this.role, { cluster, clusterName, definition: task.definition });
    if (props.groups > 1) {
      this.allowGroups();
    }
    this.stateMachine = loggedStateMachine(this, {
      name: props.name,
      definition: this.definition(),
      role: this.role,
    });
  }

  private definition(): object {
    const { cluster, task, network, bucket, groups, parallelism, timeoutHours } = this.props;
    return dumpDefinition({
      clusterArn: cluster.attrArn,
      taskDefinitionArn: task.definition.taskDefinitionArn,
      containerName: CONTAINER,
      bucketName: bucket.bucketName,
      groups,
      parallelism,
      timeoutSeconds: Duration.hours(timeoutHours).toSeconds(),
      ...network,
    });
  }

  /**
   * The list of groups is read before it is there: without s3:ListBucket on all of the bucket, S3 would answer 403 and not 404.
   */
  private allowGroups(): void {
    const { name, bucket, key } = this.props;
    allowDistributedMap(this.role, name);
    this.allow(['s3:ListBucket'], [bucket.bucketArn]);
    this.allow(['s3:GetObject'], [bucket.arnForObjects(`${RUNS_PREFIX}*`)]);
    this.allow(['kms:Decrypt'], [key.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${Stack.of(this).region}.amazonaws.com` },
    });
  }

  private allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }
}

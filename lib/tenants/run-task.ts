import { type aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';

/** Where and as what a state runs a task. Its values may be JSON paths, whose names end with `.$`. */
export interface TaskParameters {
  /** `Cluster` and `TaskDefinition`. */
  readonly task: Readonly<Record<string, unknown>>;
  /** `Subnets` and `SecurityGroups`. */
  readonly network: Readonly<Record<string, unknown>>;
  readonly containerName: string;
}

/**
 * A state that runs a Fargate task to its end. What it answers is not kept: 100 descriptions of tasks are more than a state may hold.
 *
 * @param command `Command` of the container, or `Command.$`.
 */
export function runTask({ task, network, containerName }: TaskParameters, command: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      LaunchType: 'FARGATE',
      ...task,
      PropagateTags: 'TASK_DEFINITION',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED', ...network } },
      Overrides: { ContainerOverrides: [{ Name: containerName, ...command }] },
    },
    ResultPath: null,
  };
}

/** The intrinsic function that makes a list of words, some of which stand for an expression. */
export function arrayOf(words: readonly string[], expressions: Readonly<Record<string, string>>): string {
  return `States.Array(${words.map((word) => expressions[word] ?? `'${word}'`).join(', ')})`;
}

/** What a state machine must know of a task to be allowed to run it. */
export interface RunnableTask {
  readonly cluster: ecs.CfnCluster;
  readonly clusterName: string;
  readonly definition: ecs.FargateTaskDefinition;
}

/** Lets a state machine run a task to its end. https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
export function allowTask(role: iam.Role, { cluster, clusterName, definition }: RunnableTask): void {
  const { family, executionRole, taskRole } = definition;
  const tasks = arnOf(role, 'ecs', `task/${clusterName}/*`);
  allow(role, ['ecs:RunTask'], [arnOf(role, 'ecs', `task-definition/${family}:*`)], {
    ArnEquals: { 'ecs:cluster': cluster.attrArn },
  });
  allow(role, ['ecs:StopTask', 'ecs:DescribeTasks'], [tasks]);
  allow(role, ['ecs:TagResource'], [tasks], { StringEquals: { 'ecs:CreateAction': 'RunTask' } });
  allow(role, ['iam:PassRole'], [taskRole.roleArn, ...(executionRole ? [executionRole.roleArn] : [])], {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  });
  allow(
    role,
    ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    [arnOf(role, 'events', 'rule/StepFunctionsGetEventsForECSTaskRule')],
  );
}

/**
 * Lets a state machine start the child executions of its Distributed Maps, and watch them.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function allowDistributedMap(role: iam.Role, stateMachineName: string): void {
  allow(role, ['states:StartExecution'], [arnOf(role, 'states', `stateMachine:${stateMachineName}`)]);
  allow(
    role,
    ['states:DescribeExecution', 'states:StopExecution'],
    [
      arnOf(role, 'states', `execution:${stateMachineName}:*`),
      arnOf(role, 'states', `execution:${stateMachineName}/*`),
    ],
  );
}

function arnOf(role: iam.Role, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(role);
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

function allow(role: iam.Role, actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
}

import { aws_iam as iam, aws_logs as logs, RemovalPolicy, Stack, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { waitForPoliciesAlone } from './wait-for-policies';

/** Properties of a {@link loggedStateMachine}. */
export interface LoggedStateMachineProps {
  /** Name of the state machine and of its log group. */
  readonly name: string;
  /** In the Amazon States Language; may hold tokens. */
  readonly definition: object;
  /** As {@link executionRole} makes it. */
  readonly role: iam.Role;
}

/** Makes the role that the executions of a state machine run under, as `Role` of a construct. */
export function executionRole(scope: Construct, name: string): iam.Role {
  return new iam.Role(scope, 'Role', {
    description: `Runs ${name}`,
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
  });
}

/** Makes a standard state machine with traces and a log of everything, as `StateMachine` and `Logs` of a construct. */
export function loggedStateMachine(
  scope: Construct,
  { name, definition, role }: LoggedStateMachineProps,
): sfn.StateMachine {
  const stateMachine = new sfn.StateMachine(scope, 'StateMachine', {
    stateMachineName: name,
    stateMachineType: sfn.StateMachineType.STANDARD,
    definitionBody: sfn.DefinitionBody.fromString(Stack.of(scope).toJsonString(definition)),
    role,
    tracingEnabled: true,
    logs: { destination: logGroup(scope, name), level: sfn.LogLevel.ALL, includeExecutionData: true },
  });
  waitForPoliciesAlone(stateMachine.node.defaultChild as sfn.CfnStateMachine, role);
  return stateMachine;
}

/**
 * Log groups of this prefix share one resource policy, of which an account has ten only.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
function logGroup(scope: Construct, name: string): logs.LogGroup {
  return new logs.LogGroup(scope, 'Logs', {
    logGroupName: `/aws/vendedlogs/states/${name}`,
    retention: logs.RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

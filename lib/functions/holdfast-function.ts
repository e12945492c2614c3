import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Duration,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../engine/contract/signals';
import type { Network } from '../network';
import { PACKAGE_ROOT } from '../package-root';
import { joinNetwork } from './join-network';
import { waitForPoliciesAlone } from './wait-for-policies';

/** Properties of a {@link HoldfastFunction}. */
export interface HoldfastFunctionProps {
  /** Folder below `dist/lambda` with the bundled code. */
  readonly bundle: string;
  /** Name of the function. */
  readonly functionName: string;
  /** Name of its role. @default - the function's */
  readonly roleName?: string;
  readonly description: string;
  /** Longest run; AWS allows up to 15 minutes. */
  readonly timeout: Duration;
  /** Memory in MiB; computing power grows with it. */
  readonly memorySizeMiB: number;
  /** Where in a VPC it runs. @default - in no VPC */
  readonly network?: Network;
}

/** One of Holdfast's own functions: bundled once by the build, on the newest Node.js, with a log group that ends. */
export class HoldfastFunction extends Construct {
  public readonly function: lambda.Function;
  /** Role the function runs under. */
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: HoldfastFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, 'Role', {
      roleName: props.roleName ?? props.functionName,
      description: `Role of the function ${props.functionName}`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.function = new lambda.Function(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundlePath(props.bundle)),
      timeout: props.timeout,
      memorySize: props.memorySizeMiB,
      environment: { NODE_OPTIONS: '--enable-source-maps' },
      role: this.role,
      logGroup,
    });
    if (props.network) {
      joinNetwork(this.function, props.functionName, this.role, props.network);
    }
    waitForPoliciesAlone(this.function.node.defaultChild as lambda.CfnFunction, this.role);
  }

  /**
   * Allows the function some actions on some resources. What goes beyond the 10,240 characters that IAM takes within a
   * role, CDK moves into managed policies, so the number of resources is not limited by it.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
   */
  public allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }

  /** Allows the function to publish metrics of Holdfast; IAM takes no resource for it. */
  public allowMetrics(): void {
    this.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } });
  }

  /** Allows the function to write into some alarms of its Region why they are raised. @param names names of the alarms */
  public allowAlarmStates(...names: readonly string[]): void {
    const { partition, region, account } = Stack.of(this);
    const arns = names.map((name) => `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`);
    this.allow(['cloudwatch:SetAlarmState'], arns);
  }
}

function bundlePath(bundle: string): string {
  const path = join(PACKAGE_ROOT, 'dist', 'lambda', bundle);
  if (!existsSync(join(path, 'index.js'))) {
    throw new Error(`the bundled code of the function ${bundle} is missing. HINT: run \`npm run build\` first`);
  }
  return path;
}

import { aws_iam as iam, type aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import type { Network } from '../network';

/**
 * Lets a function run in a VPC that is known by the ids of its subnets and security groups alone. Lambda makes network interfaces
 * under the function's role, in any subnet that it likes; what the code of the function asks for itself is refused.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function joinNetwork(fn: lambda.Function, functionName: string, role: iam.Role, network: Network): void {
  const { partition, region, account } = Stack.of(fn);
  const inAccount = `arn:${partition}:ec2:${region}:${account}:*/*`;
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: READ_ACTIONS, resources: ['*'] }));
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: WRITE_ACTIONS, resources: [inAccount] }));
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: WRITE_ACTIONS,
      resources: [inAccount],
      conditions: {
        ArnEquals: {
          'lambda:SourceFunctionArn': `arn:${partition}:lambda:${region}:${account}:function:${functionName}`,
        },
      },
    }),
  );
  (fn.node.defaultChild as lambda.CfnFunction).vpcConfig = {
    subnetIds: [...network.subnetIds],
    securityGroupIds: [...network.securityGroupIds],
  };
}

/** EC2 takes no resource for these. */
const READ_ACTIONS = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

const WRITE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];

import { type CfnResource, aws_iam as iam, Lazy, Stack } from 'aws-cdk-lib';

/**
 * Lets a resource wait for the policies of its role. CDK would let it wait for the role as well, which its reference to
 * the role does already, and cfn-lint warns of that (W3005).
 */
export function waitForPoliciesAlone(resource: CfnResource, role: iam.Role): void {
  const policyIds = () =>
    role.node
      .findAll()
      .filter((each) => each instanceof iam.CfnPolicy || each instanceof iam.CfnManagedPolicy)
      .map((policy) => Stack.of(resource).getLogicalId(policy));
  resource.addOverride('DependsOn', Lazy.list({ produce: policyIds }));
}

import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { roleNames } from '../platform/names';

/** Properties of a {@link RecoveryAlarmsAccess}. */
export interface RecoveryAlarmsAccessProps {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /** Account whose reports tell of the alarms of this one. */
  readonly primaryAccount: string;
}

/** Lets the reports of another account see the alarms of the recovery Region; in the same account they need no leave. */
export class RecoveryAlarmsAccess extends Construct {
  constructor(scope: Construct, id: string, { prefix, primaryAccount }: RecoveryAlarmsAccessProps) {
    super(scope, id);
    const writer = `arn:${Stack.of(this).partition}:iam::${primaryAccount}:role/${roleNames.writeReport(prefix)}`;
    const role = new iam.Role(this, 'Role', {
      roleName: roleNames.readRecoveryAlarms(prefix),
      description: `Lets the reports of ${prefix} see the alarms of the recovery Region`,
      // Named in a condition, because IAM refuses a trust policy with a principal that does not exist yet.
      assumedBy: new iam.AccountPrincipal(primaryAccount).withConditions({ ArnEquals: { 'aws:PrincipalArn': writer } }),
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  }
}

import { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { throughService } from '../key-conditions';
import type { RecoveryRegion } from '../platform/recovery-region';
import type { HoldfastFunction } from './holdfast-function';

/** Allows a function to decrypt what it reads of replicas, and to see that the key is the right one. */
export function allowReplicaKey(reader: HoldfastFunction, recovery: RecoveryRegion): void {
  for (const statement of replicaKeyStatements(reader, recovery)) {
    reader.role.addToPrincipalPolicy(statement);
  }
}

/** What a role must be allowed to decrypt what it reads of replicas, and to see that the key is the right one. */
export function replicaKeyStatements(scope: Construct, recovery: RecoveryRegion): iam.PolicyStatement[] {
  const { resource, condition } = recovery.replicaKeyInPolicies(scope);
  return [
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [resource],
      conditions: { ...throughService('s3', recovery.region), ...condition },
    }),
    new iam.PolicyStatement({ actions: ['kms:DescribeKey'], resources: [resource], conditions: condition }),
  ];
}

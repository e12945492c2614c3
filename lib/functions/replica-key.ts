import { throughService } from '../key-conditions';
import type { RecoveryRegion } from '../platform/recovery-region';
import type { HoldfastFunction } from './holdfast-function';

/** Allows a function to decrypt what it reads of replicas, and to see that the key is the right one. */
export function allowReplicaKey(reader: HoldfastFunction, recovery: RecoveryRegion): void {
  const { resource, condition } = recovery.replicaKeyInPolicies(reader);
  reader.allow(['kms:Decrypt'], [resource], { ...throughService('s3', recovery.region), ...condition });
  reader.allow(['kms:DescribeKey'], [resource], condition);
}

import { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceHandler } from 'aws-lambda';
import { answerRequest } from '../engine/cloudformation/answer-request';
import type { BucketReplicationProperties } from '../engine/contract/bucket-replication';
import { startReplication, stopReplication } from '../engine/files/bucket-replication';

/** Name of a resource that could not be made. No bucket can be called so. */
const NOT_PROTECTED = 'NOT_PROTECTED';

const s3 = new S3Client({});

/** The custom resource `Custom::HoldfastBucketReplication`: one bucket, under its name as physical id, that replicates. */
export const handler: CloudFormationCustomResourceHandler = (event, context) =>
  answerRequest(event, {
    remainingMs: context.getRemainingTimeInMillis(),
    service: 'S3',
    physicalIdOfFailure: event.RequestType === 'Create' ? NOT_PROTECTED : event.PhysicalResourceId,
    carryOut: (signal) => replicate(event, signal),
  });

/** @returns the physical id of the resource */
async function replicate(event: CloudFormationCustomResourceEvent, signal: AbortSignal): Promise<string> {
  const properties = bucketReplicationProperties(event.ResourceProperties);
  if (event.RequestType !== 'Delete') {
    await startReplication(s3, properties, signal);
    return properties.bucketName;
  }
  // A Create that failed answered with another id than the bucket's name, and left nothing to end.
  if (event.PhysicalResourceId === properties.bucketName) {
    await stopReplication(s3, properties, signal);
  }
  return event.PhysicalResourceId;
}

/** The properties as CloudFormation hands them over, next to its own such as `ServiceToken`. */
function bucketReplicationProperties(given: Readonly<Record<string, unknown>>): BucketReplicationProperties {
  const text = (name: keyof BucketReplicationProperties): string => {
    const value = given[name];
    if (typeof value !== 'string' || value === '') {
      throw new Error(
        `The property ${name} must be a text, got: ${JSON.stringify(value)}. HINT: deploy function and resource with the same version of Holdfast.`,
      );
    }
    return value;
  };
  return {
    bucketName: text('bucketName'),
    roleArn: text('roleArn'),
    ruleId: text('ruleId'),
    replicaBucketArn: text('replicaBucketArn'),
    replicaKeyArn: text('replicaKeyArn'),
    ...(given.replicaAccount !== undefined && { replicaAccount: text('replicaAccount') }),
  };
}

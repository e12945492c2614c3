import { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceHandler } from 'aws-lambda';
import {
  type CustomResourceOutcome,
  LONGEST_RESPONSE_MS,
  sendResponse,
} from '../engine/cloudformation/custom-resource-response';
import type { BucketReplicationProperties } from '../engine/contract/bucket-replication';
import { startReplication, stopReplication } from '../engine/files/bucket-replication';

/** Name of a resource that could not be made. No bucket can be called so. */
const NOT_PROTECTED = 'NOT_PROTECTED';

const s3 = new S3Client({});

/** The custom resource `Custom::HoldfastBucketReplication`: one bucket, under its name as physical id, that replicates. */
export const handler: CloudFormationCustomResourceHandler = async (event, context) => {
  const outcome = await carryOut(event, context.getRemainingTimeInMillis() - LONGEST_RESPONSE_MS);
  console.log(JSON.stringify({ request: event.RequestType, resource: event.LogicalResourceId, ...outcome }));
  await sendResponse(event, outcome);
};

/** Never throws: CloudFormation waits for an answer, whatever happens. */
async function carryOut(event: CloudFormationCustomResourceEvent, timeoutMs: number): Promise<CustomResourceOutcome> {
  const signal = AbortSignal.timeout(Math.max(timeoutMs, 0));
  try {
    return { status: 'SUCCESS', physicalResourceId: await replicate(event, signal) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      status: 'FAILED',
      physicalResourceId: event.RequestType === 'Create' ? NOT_PROTECTED : event.PhysicalResourceId,
      reason: signal.aborted ? `S3 did not answer within ${timeoutMs} ms. HINT: deploy again.` : reason,
    };
  }
}

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

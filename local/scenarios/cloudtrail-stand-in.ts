import { randomUUID } from 'node:crypto';
import { alarmName, alarmRule, incidentName } from '../../engine/contract/alarms';
import type { DeletionAttemptsInput } from '../../engine/contract/deletion-attempts';
import { System } from '../../engine/contract/signals';
import { LOCAL_ACCOUNT } from '../local-aws';

/** A deletion that was asked of S3. */
export interface AskedDeletion {
  /** First part of the names of the deployment. */
  readonly prefix: string;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** Name of the error that S3 refused it with. */
  readonly error: string;
}

/**
 * What the rule of EventBridge would send to the function `deletion-attempts`: MiniStack 1.5.33 records no calls in a trail.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
 */
export function deletionRecord({
  prefix,
  region,
  bucket,
  key,
  versionId,
  error,
}: AskedDeletion): DeletionAttemptsInput {
  const rule = alarmRule(System.PLATFORM, 'deletionAttempts');
  return {
    prefix,
    account: LOCAL_ACCOUNT,
    region,
    time: new Date().toISOString(),
    detail: {
      eventSource: 's3.amazonaws.com',
      eventName: 'DeleteObject',
      eventID: randomUUID(),
      sourceIPAddress: '192.0.2.7',
      errorCode: error,
      errorMessage: 'Access Denied because object protected by object lock.',
      requestParameters: { bucketName: bucket, key, versionId },
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/Admin/alice@example.com`,
        accountId: LOCAL_ACCOUNT,
      },
    },
    alarmName: alarmName(prefix, rule),
    incidentName: incidentName(prefix, rule.system, rule.severity),
  };
}

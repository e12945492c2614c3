import { CALL_EVENT, type CallRecord, type DeletionAttemptsInput } from '../../../engine/contract/deletion-attempts';

/** Account that all samples are of. */
export const ACCOUNT = '111122223333';

/** An event as EventBridge has it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
export interface CallEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: CallRecord & Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** A person's session under a role: its name tells who it is, its access key what it used. */
export const SESSION_NAME = 'alice@example.com';
export const ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE';

/** Somebody who assumed a role. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export const inRole = (role: string, { account = ACCOUNT, ...more }: { account?: string } & Fields = {}): Fields => ({
  type: 'AssumedRole',
  principalId: `AROAIDPPEZS35WEXAMPLE:${SESSION_NAME}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${SESSION_NAME}`,
  accountId: account,
  accessKeyId: ACCESS_KEY_ID,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAIDPPEZS35WEXAMPLE',
      arn: `arn:aws:iam::${account}:role/${role}`,
      accountId: account,
      userName: role,
    },
    attributes: { creationDate: '2026-11-23T03:00:00Z', mfaAuthenticated: 'false' },
  },
  ...more,
});

/** CloudFormation, under the role that the CDK deploys with. */
export const DEPLOYMENT: Fields = inRole(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1`, {
  invokedBy: 'cloudformation.amazonaws.com',
});

/** AWS Backup, in the name of its own role. */
export const EXPIRY: Fields = inRole('AWSServiceRoleForBackup', { invokedBy: 'backup.amazonaws.com' });

/** S3, as it replicates from a bucket of another account; it names no role then. */
export const REPLICATION: Fields = {
  type: 'AWSAccount',
  principalId: 'AROAIDPPEZS35WEXAMPLE:s3-replication',
  accountId: '444455556666',
  invokedBy: 's3.amazonaws.com',
};

/** A record that CloudTrail made of a call of somebody in the role `Admin`. */
export function callEvent(
  service: 'backup' | 'cloudtrail' | 'elasticache' | 'kms' | 'rds' | 's3',
  eventName: string,
  requestParameters: Fields | null,
  more: Fields = {},
): CallEvent {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': CALL_EVENT,
    source: `aws.${service}`,
    account: ACCOUNT,
    time: '2026-11-23T04:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: inRole('Admin'),
      eventTime: '2026-11-23T04:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: 'eu-west-1',
      sourceIPAddress: '192.0.2.7',
      userAgent: 'aws-cli/2.31.0',
      requestParameters,
      responseElements: null,
      requestID: 'ee408f36-ea01-422b-ac14-b0f147c68334',
      eventID: '3c4226b0-1e81-48a8-a333-7fa5f3cbd118',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: 'Management',
      ...more,
    },
  };
}

/** What a refused call has: most services did not read its request by then, and name what it was about in the message alone. */
export const refusal = (action: string, resource: string): Fields => ({
  errorCode: 'AccessDenied',
  errorMessage: `User: arn:aws:sts::${ACCOUNT}:assumed-role/Admin/${SESSION_NAME} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a resource-based policy`,
});

/** A call about objects; CloudTrail records these as data events. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html */
export const objectCall = (eventName: string, requestParameters: Fields, more: Fields = {}): CallEvent =>
  callEvent('s3', eventName, requestParameters, { eventCategory: 'Data', managementEvent: false, ...more });

/** A version of an object is deleted. */
export const versionDeletion = (bucketName: string, more: Fields = {}): CallEvent =>
  objectCall(
    'DeleteObject',
    {
      bucketName,
      Host: `${bucketName}.s3.eu-west-1.amazonaws.com`,
      key: 'daily/orders/20261123T020000Z-0f3c9a1e/manifest.json',
      versionId: '3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY',
    },
    more,
  );

/** Many objects are deleted at once: the record does not say which. */
export const objectsDeletion = (bucketName: string): CallEvent =>
  objectCall('DeleteObjects', {
    bucketName,
    Host: `${bucketName}.s3.eu-west-1.amazonaws.com`,
    delete: '',
    'x-id': 'DeleteObjects',
  });

/** A recovery point is deleted. */
export const recoveryPointDeletion = (backupVaultName: string, more: Fields = {}): CallEvent =>
  callEvent('backup', 'DeleteRecoveryPoint', { backupVaultName, recoveryPointArn: RECOVERY_POINT }, more);

/** ARN of the recovery point in the samples. */
export const RECOVERY_POINT = `arn:aws:rds:eu-west-1:${ACCOUNT}:snapshot:awsbackup:job-1b234a56-789b-01cd-2a34-4567a08901fd`;

/** A key is to be deleted. https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html */
export const keyDeletion = (keyId: string, more: Fields = {}): CallEvent =>
  callEvent('kms', 'ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }, more);

/** What the rule hands over of an event, in a deployment with the prefix `acme`. */
export const inputOf = ({ account, region, time, detail }: CallEvent): DeletionAttemptsInput => ({
  prefix: 'acme',
  account,
  region,
  time,
  detail,
  alarmName: 'acme-platform-deletionAttempts',
  incidentName: 'acme-platform-incident',
});

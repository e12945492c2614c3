import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { VerifyFilesEvent } from '../../../engine/contract/verify-files';
import { FileVerification, type FileVerificationProps, Paging, type VerifiedBucket } from '../../../lib';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  type Statement,
  scheduledInput,
  statements,
} from '../deployment';
import { topicOf } from '../pages';

const KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const SOURCE_KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-1111-1111-111111111111';
const UPLOADS: VerifiedBucket = { resource: 'uploads', sourceBucketName: 'acme-uploads' };
const REPORTS: VerifiedBucket = {
  resource: 'reports',
  sourceBucketName: 'acme-reports',
  sourceKeyArn: SOURCE_KEY_ARN,
  expireAfterDays: 365,
};

describe('with the least that must be said', () => {
  const template = verificationOf([UPLOADS]);

  test('runs every 15 minutes, and not again long after its time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'acme-verify-files',
      ScheduleExpression: 'rate(15 minutes)',
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 } },
    });
  });

  test('sends the function all it needs, as the contract says', () => {
    const expected: VerifyFilesEvent = {
      targets: [
        {
          resource: 'uploads',
          source: { bucket: 'acme-uploads', region: 'eu-west-1' },
          replica: {
            bucket: 'acme-uploads-replica-111122223333-eu-central-1',
            region: 'eu-central-1',
          },
        },
      ],
      proofs: { bucket: 'acme-proofs', region: 'eu-west-1' },
      alarmName: 'acme-storage-backupFailed',
      incidentName: 'acme-storage-incident',
      readCycleDays: 30,
    };
    expect(scheduledInput(template)).toEqual(expected);
  });

  test('calls the function, and keeps calls that failed', () => {
    const [functionId] = onlyResource(template, 'AWS::Lambda::Function');
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        Arn: { 'Fn::GetAtt': [functionId, 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } },
      },
    });
  });

  test('keeps calls that failed for two weeks, encrypted, and takes them over TLS only', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'acme-verify-files-dead-letters',
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Principal: { AWS: '*' } },
        ],
      },
    });
  });

  test('lets the schedule call this function and write to this queue, and nothing else', () => {
    const [functionId] = onlyResource(template, 'AWS::Lambda::Function');
    const [queueId] = onlyResource(template, 'AWS::SQS::Queue');
    const functionArn = { 'Fn::GetAtt': [functionId, 'Arn'] };
    expect(policyOf(template, (statement) => statement.Action === 'lambda:InvokeFunction')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [functionArn, { 'Fn::Join': ['', [functionArn, ':*']] }],
      },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [queueId, 'Arn'] } },
    ]);
  });

  test('has as long and as much memory as a large listing takes', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'acme-verify-files',
      Timeout: 900,
      MemorySize: 1024,
    });
  });

  test('bears the name by which another account admits it', () => {
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-verify-files' });
  });
});

describe('with everything that can be said', () => {
  const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
  const template = verificationOf([UPLOADS, REPORTS], {
    recovery,
    every: Duration.hours(1),
    readCycle: Duration.days(7),
  });

  test('runs as often as asked', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 hour)',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 3600 } },
    });
  });

  test('does not have keys checked where the source has no customer key', () => {
    const { targets } = scheduledInput(template) as VerifyFilesEvent;
    expect(targets[0]?.replica).toEqual({
      bucket: `acme-uploads-replica-${OTHER_ACCOUNT}-eu-central-1`,
      region: 'eu-central-1',
    });
  });

  test('sends every bucket, with the age at which it expires files and the key of the other account', () => {
    expect(scheduledInput(template)).toMatchObject({
      targets: [
        { resource: 'uploads', source: { bucket: 'acme-uploads' } },
        {
          resource: 'reports',
          source: { bucket: 'acme-reports', region: 'eu-west-1', expireAfterDays: 365 },
          replica: {
            bucket: `acme-reports-replica-${OTHER_ACCOUNT}-eu-central-1`,
            region: 'eu-central-1',
            keyArn: REPLICA_KEY_ARN,
          },
        },
      ],
      readCycleDays: 7,
    });
  });

  test('lets its alarms look at one run at a time', () => {
    const ofSchedule = resources(template, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties.Namespace === 'Holdfast',
    );
    expect(ofSchedule).toHaveLength(4);
    for (const [, alarm] of ofSchedule) {
      expect(alarm.Properties.Period).toBe(3600);
    }
  });

  test('may use the replica key itself', () => {
    expect(policyOf(template, ofVerifier)).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: REPLICA_KEY_ARN,
          Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
        },
        { Effect: 'Allow', Action: 'kms:DescribeKey', Resource: REPLICA_KEY_ARN },
      ]),
    );
  });
});

test('may do exactly what a verification needs', () => {
  const replica = 'arn:aws:s3:::acme-reports-replica-111122223333-eu-central-1';
  const template = verificationOf([REPORTS]);
  const [logsId] = onlyResource(template, 'AWS::Logs::LogGroup');
  const aliased = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/acme-replica' } };
  const replicaKeys = 'arn:aws:kms:eu-central-1:111122223333:key/*';
  expect(policyOf(template, ofVerifier)).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [logsId, 'Arn'] },
    },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::acme-proofs' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::acme-proofs/files/*' },
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KEY_ARN,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: replicaKeys,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' }, ...aliased },
    },
    { Effect: 'Allow', Action: 'kms:DescribeKey', Resource: replicaKeys, Condition: aliased },
    {
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': 'Holdfast' } },
    },
    {
      Effect: 'Allow',
      Action: 'cloudwatch:SetAlarmState',
      Resource: ['backupFailed', 'incident'].map(
        (name) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:acme-storage-${name}`,
      ),
    },
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:ListBucketVersions'],
      Resource: ['arn:aws:s3:::acme-reports', replica],
    },
    { Effect: 'Allow', Action: 's3:GetObjectVersion', Resource: [`${replica}/*`, 'arn:aws:s3:::acme-reports/*'] },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: SOURCE_KEY_ARN,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    },
  ]);
});

describe('alarms', () => {
  const template = verificationOf([UPLOADS]);

  test('backupFailed pages when a verification found damage, failed, or was silent', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-storage-backupFailed',
      Namespace: 'Holdfast',
      MetricName: 'success',
      Dimensions: [{ Name: 'System', Value: 'storage' }],
      Statistic: 'Minimum',
      Period: 900,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-storage-backupFailed')).toBe('acme-critical');
  });

  test('replicationDelay warns of a lag of more than 1800 seconds, and of silence', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'acme-storage-replicationDelay',
      Namespace: 'Holdfast',
      MetricName: 'replication',
      Dimensions: [{ Name: 'System', Value: 'storage' }],
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
      Threshold: 1800,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(topicOf(template, 'acme-storage-replicationDelay')).toBe('acme-warning');
  });

  test('say what to do first, and where to read on', () => {
    for (const [, alarm] of resources(template, 'AWS::CloudWatch::Alarm')) {
      expect(alarm.Properties.AlarmDescription).toMatch(
        / First: .* Runbook: docs\/runbooks\/[a-z-]+\.md Dashboard: https:\/\/\S+$/,
      );
    }
  });
});

test('refuses to verify nothing', () => {
  expect(() => verificationOf([])).toThrow(/nothing to verify: protect at least one bucket/);
});

function verificationOf(buckets: readonly VerifiedBucket[], props: Partial<FileVerificationProps> = {}): Template {
  const stack = primaryStack();
  const recovery = props.recovery ?? recoveryRegion();
  const verification = new FileVerification(stack, 'Verification', {
    recovery,
    proofsBucket: s3.Bucket.fromBucketName(stack, 'Proofs', 'acme-proofs'),
    proofsKey: keyOf(stack),
    paging: new Paging(stack, 'Paging', { prefix: 'acme', routes: {} }),
    ...props,
  });
  for (const bucket of buckets) {
    verification.verify(bucket);
  }
  return Template.fromStack(stack);
}

function ofVerifier({ Action }: Statement): boolean {
  return Action === 'cloudwatch:PutMetricData';
}

/** The statements of the policy that has one such statement. */
function policyOf(template: Template, has: (statement: Statement) => boolean): readonly Statement[] {
  return (
    resources(template, 'AWS::IAM::Policy')
      .map(([, policy]) => statements(policy))
      .find((each) => each.some(has)) ?? []
  );
}

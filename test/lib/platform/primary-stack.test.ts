import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FileCategory, LockMode, PrimaryStack, type PrimaryStackProps } from '../../../lib';
import { app, OTHER_ACCOUNT, onlyResource, PRIMARY, REPLICA_KEY_ARN, recoveryRegion, resources } from '../deployment';

const SLACK = { workspaceId: 'T0000000000', channelId: 'C0000000000' };

describe('with the least that must be said', () => {
  const stack = primaryStack();
  stack.backups.protectFiles('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
  const template = Template.fromStack(stack);

  test('has the protected bucket and the bucket of the proofs, encrypted with the key of the files', () => {
    const [keyId, key] = filesKey(template);
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { EnableKeyRotation: true } });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-files' });
    expect(bucketNames(template)).toEqual([
      'acme-documents-111122223333-eu-west-1',
      'acme-proofs-111122223333-eu-west-1',
    ]);
    for (const [, bucket] of resources(template, 'AWS::S3::Bucket')) {
      expect(JSON.stringify(bucket.Properties.BucketEncryption)).toContain(`["${keyId}","Arn"]`);
    }
  });

  test('verifies the bucket it made', () => {
    expect(verifiedResources(template)).toEqual(['documents']);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  test('raises both alarms of the files', () => {
    expect(resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName)).toEqual([
      'acme-storage-backupFailed',
      'acme-storage-replicationDelay',
    ]);
  });
});

describe('with everything that can be said', () => {
  const stack = primaryStack({
    description: 'Protection of Acme',
    paging: { email: ['oncall@example.com'], slack: SLACK, pager: 'https://events.example.com/integration/cloudwatch' },
    verifyFilesEvery: Duration.minutes(60),
    readCycle: Duration.days(90),
  });
  stack.backups.protectFiles('reports', {
    category: FileCategory.GENERATED_REPORTS,
    lockMode: LockMode.COMPLIANCE,
    lifecycle: { currentVersions: { expireAfterDays: 100 }, noncurrentVersions: { expireAfterDays: 20 }, lockDays: 15 },
  });
  stack.backups.protectFiles('pictures', { category: FileCategory.PROFILE_PICTURES });
  stack.backups.protectExistingFiles('uploads', {
    bucketName: 'acme-uploads',
    lifecycle: { currentVersions: { expireAfterDays: 900 } },
  });
  const template = Template.fromStack(stack);

  test('verifies every bucket in one schedule, with the age at which it expires files', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    expect(verifiedResources(template)).toEqual(['reports', 'pictures', 'uploads']);
    expect(inputOf(template)).toContain('"region":"eu-west-1","expireAfterDays":100}');
    expect(inputOf(template)).toContain('{"bucket":"acme-uploads","region":"eu-west-1","expireAfterDays":900}');
    expect(inputOf(template)).toContain('"readCycleDays":90');
  });

  test('makes no bucket where one is there already', () => {
    expect(bucketNames(template)).toEqual([
      'acme-pictures-111122223333-eu-west-1',
      'acme-proofs-111122223333-eu-west-1',
      'acme-reports-111122223333-eu-west-1',
    ]);
  });

  test('locks what it is told to lock', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-reports-111122223333-eu-west-1',
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 15 } } },
    });
  });

  test('tells Slack of both Regions, by the names of topics there', () => {
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SnsTopicArns: [
        ...resources(template, 'AWS::SNS::Topic').map(([id]) => ({ Ref: id })),
        'arn:aws:sns:eu-central-1:111122223333:acme-critical',
        'arn:aws:sns:eu-central-1:111122223333:acme-warning',
      ],
    });
  });

  test('has its description', () => {
    expect(template.toJSON().Description).toBe('Protection of Acme');
  });
});

describe('with replicas in another account', () => {
  const stack = primaryStack({
    recovery: recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN }),
    paging: { slack: SLACK },
  });
  stack.backups.protectFiles('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
  const template = Template.fromStack(stack);

  test('replicates with the key that is given by ARN, and never by alias', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: {
        Rules: [{ Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: REPLICA_KEY_ARN } } }],
      },
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('alias/acme-replica');
  });

  test('tells Slack of its own topics only', () => {
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SnsTopicArns: resources(template, 'AWS::SNS::Topic').map(([id]) => ({ Ref: id })),
    });
  });
});

test('has paging alone before anything is protected', () => {
  const template = Template.fromStack(primaryStack());
  template.resourceCountIs('AWS::SNS::Topic', 2);
  template.resourceCountIs('AWS::S3::Bucket', 0);
  template.resourceCountIs('AWS::Lambda::Function', 0);
});

test('gives the bucket it made, for an application to use', () => {
  const { bucket } = primaryStack().backups.protectFiles('documents', { category: FileCategory.UPLOADED_DOCUMENTS });
  expect(bucket.bucketName).toBeDefined();
});

function primaryStack(props: Partial<PrimaryStackProps> = {}): PrimaryStack {
  return new PrimaryStack(app(), 'Primary', { env: PRIMARY, recovery: recoveryRegion(), paging: {}, ...props });
}

function filesKey(template: Template) {
  const found = resources(template, 'AWS::KMS::Key').find(([id]) => id.includes('FilesKey'));
  if (!found) {
    throw new Error('no key of the files');
  }
  return found;
}

function bucketNames(template: Template): unknown[] {
  return resources(template, 'AWS::S3::Bucket')
    .map(([, { Properties }]) => Properties.BucketName)
    .sort();
}

/** The input of the schedule, with the names of buckets that the template makes left out. */
function inputOf(template: Template): string {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  const { Input } = schedule.Properties.Target as { Input: { 'Fn::Join': [string, unknown[]] } };
  return Input['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '')).join('');
}

function verifiedResources(template: Template): string[] {
  const event = JSON.parse(inputOf(template)) as { targets: { resource: string }[] };
  return event.targets.map(({ resource }) => resource);
}

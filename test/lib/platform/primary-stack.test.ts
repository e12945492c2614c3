import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  DEFAULT_RETENTION,
  FileCategory,
  LockMode,
  PrimaryStack,
  type PrimaryStackProps,
  Retention,
  Tenants,
} from '../../../lib';
import {
  app,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  REPLICA_KEY_ARN,
  recoveryRegion,
  resources,
  resourcesBesideWatch,
} from '../deployment';
import { DATABASE, NETWORK } from '../tenants/dumps';

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
    for (const [, bucket] of resourcesBesideWatch(template, 'AWS::S3::Bucket')) {
      expect(JSON.stringify(bucket.Properties.BucketEncryption)).toContain(`["${keyId}","Arn"]`);
    }
  });

  test('verifies the bucket it made', () => {
    expect(verifiedResources(template)).toEqual(['documents']);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  test('raises the alarms of the files', () => {
    expect(
      resourcesBesideWatch(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName),
    ).toEqual([
      'acme-storage-backupFailed',
      'acme-storage-replicationDelay',
      'acme-storage-proofAgePresent',
      'acme-storage-proofAgeIntact',
      'acme-documents-replicationFailed',
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
    expect(resourcesBesideWatch(template, 'AWS::Scheduler::Schedule')).toHaveLength(1);
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

describe('with the tenants of databases', () => {
  const stack = primaryStack({ retention: Retention.gfs({ daily: 7, weekly: 4, monthly: 0, yearly: 0 }) });
  const options = { tenants: Tenants.schemasLike('tenant\\_%'), network: NETWORK, postgresMajor: 17 } as const;
  stack.backups.protectTenants('orders', DATABASE, options);
  const dumps = stack.backups.protectTenants('ledger', DATABASE, { ...options, retention: DEFAULT_RETENTION });
  const template = Template.fromStack(stack);

  test('encrypts all dumps with one key that rotates', () => {
    const keys = resources(template, 'AWS::KMS::Key').filter(([id]) => id.includes('DumpsKey'));
    expect(keys).toHaveLength(1);
    expect(keys[0]?.[1]).toMatchObject({ Properties: { EnableKeyRotation: true }, UpdateReplacePolicy: 'Retain' });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-dumps' });
    for (const [, bucket] of dumpsBuckets(template)) {
      expect(JSON.stringify(bucket.Properties.BucketEncryption)).toContain(`["${keys[0]?.[0]}","Arn"]`);
    }
  });

  test('keeps backups as the platform does, or as the database asks', () => {
    const daily = dumpsBuckets(template).map(([, { Properties }]) => {
      const { Rules } = Properties.LifecycleConfiguration as {
        Rules: { Prefix?: string; ExpirationInDays?: number }[];
      };
      return Rules.find(({ Prefix }) => Prefix === 'daily/')?.ExpirationInDays;
    });
    expect(daily).toEqual([7, 30]);
  });

  test('brings no verification of files, and what the schedule starts', () => {
    const functions = resourcesBesideWatch(template, 'AWS::Lambda::Function').map(([, each]) => each.Properties);
    expect(functions.map(({ FunctionName }) => FunctionName)).toEqual(['acme-verify-tenants']);
    expect(
      resources(template, 'AWS::StepFunctions::StateMachine').map(([, each]) => each.Properties.StateMachineName),
    ).toEqual(['acme-verify-tenants', 'acme-orders-dumps', 'acme-ledger-dumps']);
    expect(dumps.restoreTask.family).toBe('acme-ledger-restore');
  });
});

test('has paging, the place of the proofs and what watches over it before anything is protected', () => {
  const template = Template.fromStack(primaryStack());
  template.resourceCountIs('AWS::SNS::Topic', 2);
  expect(bucketNames(template)).toEqual(['acme-proofs-111122223333-eu-west-1']);
  expect(resourcesBesideWatch(template, 'AWS::Lambda::Function')).toEqual([]);
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

function dumpsBuckets(template: Template) {
  return resourcesBesideWatch(template, 'AWS::S3::Bucket').filter(([id]) => !id.includes('Proofs'));
}

function bucketNames(template: Template): unknown[] {
  return resourcesBesideWatch(template, 'AWS::S3::Bucket')
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

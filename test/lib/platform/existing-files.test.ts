import { App, Duration, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  BackupPlatform,
  FileCategory,
  type FileLifecycle,
  type ProtectBucketProps,
  type ProtectExistingFilesProps,
  RecoveryRegion,
  RecoveryStack,
} from '../../../lib';
import { validateConfiguration } from '../../../lib/configuration';
import { onlyResource } from '../deployment';

const PRIMARY = { account: '111122223333', region: 'eu-west-1' };
const RECOVERY = RecoveryRegion.named({ prefix: 'acme', region: 'eu-central-1' });
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001';
const app = () => new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });

describe('the platform', () => {
  const protect = (props: Omit<ProtectExistingFilesProps, 'bucketName'>) => {
    const stack = new Stack(app(), 'Primary', { env: PRIMARY });
    const backups = new BackupPlatform(stack, 'Backups', { recovery: RECOVERY, paging: {} });
    backups.protectExistingFiles('uploads', { bucketName: 'legacy.uploads', ...props });
    return Template.fromStack(stack);
  };

  test('verifies a bucket that is already there under its own name', () => {
    expect(verifiedTargets(protect({}))).toEqual([
      {
        resource: 'uploads',
        source: { bucket: 'legacy.uploads', region: 'eu-west-1' },
        replica: {
          bucket: 'acme-uploads-replica-111122223333-eu-central-1',
          region: 'eu-central-1',
        },
      },
    ]);
  });

  test('has the keys of copies checked when the bucket has a customer key', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
    expect(verifiedTargets(protect({ keyArn }))[0].replica.keyArn).toBe(
      'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
    );
  });

  test('expects the expiry that the bucket has', () => {
    const template = protect({ lifecycle: { currentVersions: { expireAfterDays: 40 } } });
    expect(verifiedTargets(template)[0].source.expireAfterDays).toBe(40);
  });

  test('makes no bucket but the one of the proofs, and lets the verification decrypt the given one', () => {
    const template = protect({ keyArn: KEY });
    expect(onlyResource(template, 'AWS::S3::Bucket')[0]).toContain('Proofs');
    const verifier = Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) =>
      id.startsWith('BackupsFileVerification'),
    );
    expect(JSON.stringify(verifier)).toContain(KEY);
  });
});

describe('a bucket of the same app', () => {
  const protect = (bucketProps: s3.BucketProps, props?: ProtectBucketProps) => {
    const stack = new Stack(app(), 'Primary', { env: PRIMARY });
    const backups = new BackupPlatform(stack, 'Backups', { recovery: RECOVERY, paging: {} });
    backups.protectBucket(
      'uploads',
      new s3.Bucket(stack, 'Uploads', { bucketName: 'acme-own', ...bucketProps }),
      props,
    );
    return Template.fromStack(stack);
  };

  test('is replicated and verified with its own key, and keeps its own lifecycle', () => {
    const template = protect({
      versioned: true,
      encryption: s3.BucketEncryption.KMS,
      lifecycleRules: [{ id: 'own', expiration: Duration.days(9) }],
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-own',
      ReplicationConfiguration: { Rules: [{ Id: 'holdfast-uploads', Status: 'Enabled' }] },
      LifecycleConfiguration: { Rules: [{ Id: 'own' }] },
    });
    expect(verifiedTargets(template)[0]).toMatchObject({
      resource: 'uploads',
      replica: { keyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica' },
    });
  });

  test('gets the lifecycle it is given, and is verified by it', () => {
    const template = protect({ versioned: true }, { lifecycle: { currentVersions: { expireAfterDays: 40 } } });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-own',
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 40 })]) },
    });
    expect(verifiedTargets(template)[0].source.expireAfterDays).toBe(40);
  });

  test('is refused when it is not versioned', () => {
    expect(() => protect({})).toThrow(
      'versioningConfiguration: must be enabled on a bucket that is replicated, got: none',
    );
  });
});

function verifiedTargets(template: Template) {
  const [, schedule] = onlyResource(template, 'AWS::Scheduler::Schedule');
  return inputText(Object(schedule.Properties.Target).Input).targets;
}

/** The event in the input of a schedule, whose tokens are the names of buckets. */
function inputText(input: string | { 'Fn::Join': [string, (string | object)[]] }) {
  const text =
    typeof input === 'string'
      ? input
      : input['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'token')).join('');
  return JSON.parse(text);
}

describe('the recovery stack', () => {
  const replicaRule = (sourceBucketName: string | undefined, lifecycle?: FileLifecycle) => {
    const stack = new RecoveryStack(app(), 'Recovery', {
      env: { account: PRIMARY.account, region: 'eu-central-1' },
      recovery: RECOVERY,
      primary: PRIMARY,
      paging: {},
    });
    stack.addReplica('reports', { category: FileCategory.GENERATED_REPORTS, sourceBucketName, lifecycle });
    const template = Template.fromStack(stack);
    const [, bucket] = onlyResource(template, 'AWS::S3::Bucket');
    return { rule: Object(bucket.Properties.LifecycleConfiguration).Rules[0], properties: Object(bucket.Properties) };
  };

  test('keeps everything of a bucket that is already there, whatever the category expires', () => {
    const { rule } = replicaRule('legacy.reports');
    expect(rule).not.toHaveProperty('ExpirationInDays');
    expect(rule).not.toHaveProperty('NoncurrentVersionExpiration');
    expect(rule).not.toHaveProperty('Transitions');
  });

  test('outlives the expiry that the bucket has, and nothing else', () => {
    const { rule } = replicaRule('legacy.reports', { noncurrentVersions: { expireAfterDays: 60 } });
    expect(rule.NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 67 });
    expect(rule).not.toHaveProperty('ExpirationInDays');
  });

  test("locks the replica for the category's days", () => {
    const { properties } = replicaRule('legacy.reports');
    expect(properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 30 });
  });

  test("outlives the category's expiry where Holdfast makes the bucket", () => {
    const { rule } = replicaRule(undefined, { noncurrentVersions: { expireAfterDays: 60 } });
    expect(rule).toMatchObject({ ExpirationInDays: 372, NoncurrentVersionExpiration: { NoncurrentDays: 67 } });
  });
});

describe('the configuration', () => {
  const validate = (bucket: object) => () =>
    validateConfiguration(
      {
        prefix: 'acme',
        primary: PRIMARY,
        recovery: { region: 'eu-central-1' },
        paging: { email: ['oncall@example.com'] },
        files: { buckets: [{ name: 'reports', category: 'generatedReports', ...bucket }] },
      },
      'test.json',
    );

  test('compares the replica with the lifecycle that the bucket has', () => {
    const replicaLifecycle = { currentVersions: { expireAfterDays: 400 } };
    expect(validate({ replicaLifecycle })).not.toThrow();
    expect(validate({ replicaLifecycle, existing: { bucket: 'legacy.reports' } })).toThrow(
      /^test\.json: files\.buckets\[0\]\.replicaLifecycle\.currentVersions\.expireAfterDays: the replica would expire versions after 400 days that the source keeps for ever/,
    );
  });

  test('takes a key of the primary Region only', () => {
    expect(validate({ existing: { bucket: 'legacy.reports', keyArn: KEY } })).not.toThrow();
    expect(validate({ existing: { bucket: 'legacy.reports', keyArn: KEY.replace('eu-west-1', 'us-east-1') } })).toThrow(
      /^test\.json: files\.buckets\[0\]\.existing\.keyArn: must be a key in primary\.region \(eu-west-1\), got one in: us-east-1$/,
    );
  });
});

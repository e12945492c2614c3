import { App, Stack, aws_s3 as s3, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { ReplicationTarget } from '../../../engine/contract/bucket-replication';
import { replicationRule } from '../../../engine/files/bucket-replication';
import { ExistingBucketProtection, type ExistingBucketProtectionProps, RecoveryRegion, Replicated } from '../../../lib';

const PRIMARY = { account: '111122223333', region: 'eu-west-1' };
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001';
const REPLICA_KEY = 'arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000002';
const SAME_ACCOUNT = RecoveryRegion.named({ prefix: 'acme', region: 'eu-central-1' });
const OTHER_ACCOUNT = RecoveryRegion.named({
  ...{ prefix: 'acme', region: 'eu-central-1' },
  ...{ account: '444455556666', replicaKeyArn: REPLICA_KEY },
});
const UPLOADS = { recovery: SAME_ACCOUNT, resource: 'uploads', bucketName: 'legacy.uploads' };

/** An app that writes `aws` for the partition, as the flags in cdk.json have it. */
const app = () => new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });

function protect(...buckets: ExistingBucketProtectionProps[]): Template {
  const stack = new Stack(app(), 'Primary', { env: PRIMARY });
  for (const props of buckets) {
    new ExistingBucketProtection(stack, props.resource, props);
  }
  return Template.fromStack(stack);
}

const CUSTOM_RESOURCE = 'Custom::HoldfastBucketReplication';

/** The logical id and the definition of the only resource that matches. */
function only(template: Template, type: string, match: object = {}) {
  const found = Object.entries(template.findResources(type, match));
  expect(found).toHaveLength(1);
  return { id: found[0]?.[0] ?? '', resource: found[0]?.[1] ?? {} };
}

/** The policy that lets the function configure the bucket. */
const accessPolicy = (template: Template, bucket = 'legacy.uploads') =>
  only(template, 'AWS::IAM::Policy', {
    Properties: {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['s3:PutReplicationConfiguration']),
            Resource: `arn:aws:s3:::${bucket}`,
          }),
        ]),
      },
    },
  });

test('minimal properties: hands the values of the rule to the custom resource', () => {
  const template = protect(UPLOADS);
  const { resource } = only(template, CUSTOM_RESOURCE);
  expect(resource.Properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^acmeprotectbucketFunction/), 'Arn'] },
    ServiceTimeout: '300',
    bucketName: 'legacy.uploads',
    roleArn: { 'Fn::GetAtt': [expect.stringMatching(/^uploadsRole/), 'Arn'] },
    ruleId: 'holdfast-uploads',
    replicaBucketArn: 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1',
    replicaKeyArn: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica',
  });
});

test('maximal properties: names the account and the key of the replica, and the key of the bucket', () => {
  const template = protect({ ...UPLOADS, recovery: OTHER_ACCOUNT, keyArn: KEY });
  template.hasResourceProperties(CUSTOM_RESOURCE, {
    replicaBucketArn: 'arn:aws:s3:::acme-uploads-replica-444455556666-eu-central-1',
    replicaKeyArn: REPLICA_KEY,
    replicaAccount: '444455556666',
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Effect: 'Allow', Resource: KEY })]),
    },
  });
});

test('owns no bucket', () => {
  protect(UPLOADS).resourceCountIs('AWS::S3::Bucket', 0);
});

test('allows the function exactly what it needs on the bucket', () => {
  const { resource } = accessPolicy(protect(UPLOADS));
  expect(resource.Properties.PolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:GetBucketVersioning', 's3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
      Resource: 'arn:aws:s3:::legacy.uploads',
    },
  ]);
  expect(resource.Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^acmeprotectbucketRole/) }]);
});

test('allows the function to hand replication roles of this deployment to S3, and to nobody else', () => {
  const template = protect(UPLOADS);
  template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-uploads-replication' });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: 'arn:aws:iam::111122223333:role/acme-*-replication',
          Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
        },
      ]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^acmeprotectbucketRole') }],
  });
});

test('configures the bucket only when the policies of role and function are there', () => {
  const template = protect(UPLOADS);
  const { resource } = only(template, CUSTOM_RESOURCE);
  const rolePolicy = only(template, 'AWS::IAM::Policy', {
    Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^uploadsRole') }] },
  });
  expect([...resource.DependsOn].sort()).toEqual([accessPolicy(template).id, rolePolicy.id].sort());
});

test('one function serves all buckets of a deployment', () => {
  const template = protect(UPLOADS, { ...UPLOADS, resource: 'reports', bucketName: 'legacy.reports' });
  template.resourceCountIs(CUSTOM_RESOURCE, 2);
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'acme-protect-bucket', Timeout: 120 });
});

test('two deployments in one stack have a function each', () => {
  const other = RecoveryRegion.named({ prefix: 'umbrella', region: 'eu-central-1' });
  const template = protect(UPLOADS, { recovery: other, resource: 'reports', bucketName: 'legacy.reports' });
  template.resourceCountIs('AWS::Lambda::Function', 2);
});

test('another bucket is another resource with access of its own, so that the former one can still be released', () => {
  const before = protect(UPLOADS);
  const after = protect({ ...UPLOADS, bucketName: 'new.uploads' });
  expect(only(after, CUSTOM_RESOURCE).id).not.toBe(only(before, CUSTOM_RESOURCE).id);
  expect(accessPolicy(after, 'new.uploads').id).not.toBe(accessPolicy(before).id);
});

test.each([
  ['the same account', SAME_ACCOUNT],
  ['another account', OTHER_ACCOUNT],
])('writes the same rule as the mixin `Replicated` for replicas in %s', (_, recovery) => {
  const stack = new Stack(app(), 'Mixin', { env: PRIMARY });
  new s3.Bucket(stack, 'Uploads', { bucketName: 'uploads', versioned: true }).with(
    new Replicated({ recovery, resource: 'uploads' }),
  );
  const bucket = only(Template.fromStack(stack), 'AWS::S3::Bucket').resource;
  const { Properties } = only(protect({ ...UPLOADS, recovery }), CUSTOM_RESOURCE).resource;

  const { ID, ...rule } = replicationRule(Properties as ReplicationTarget);
  // CloudFormation spells the id otherwise than the S3 API.
  expect(bucket.Properties.ReplicationConfiguration.Rules).toEqual([{ Id: ID, ...rule }]);
});

describe('refuses', () => {
  test('a name that is not known at synth', () => {
    const bucketName = Token.asString({ Ref: 'Name' });
    expect(() => protect({ ...UPLOADS, bucketName })).toThrow(
      'Primary/uploads: bucketName: must be known when the app is synthesized, got a token. HINT: ',
    );
  });

  test('a key of another Region', () => {
    const keyArn = KEY.replace('eu-west-1', 'us-east-1');
    expect(() => protect({ ...UPLOADS, keyArn })).toThrow(
      `Primary/uploads: keyArn: must be a key in the Region of the bucket (eu-west-1), got: ${keyArn}`,
    );
  });

  test('a recovery Region that is the primary one', () => {
    const recovery = RecoveryRegion.named({ prefix: 'acme', region: 'eu-west-1' });
    expect(() => protect({ ...UPLOADS, recovery })).toThrow(
      'Primary/uploads: recovery.region: must differ from the Region of the bucket, got: eu-west-1',
    );
  });
});

test('takes a key that is not known at synth', () => {
  const keyArn = Token.asString({ 'Fn::ImportValue': 'Key' });
  expect(() => protect({ ...UPLOADS, keyArn })).not.toThrow();
});

import { Template } from 'aws-cdk-lib/assertions';
import { ReplicationRole } from '../../../lib/files/replication-role';
import type { RecoveryRegion } from '../../../lib/platform/recovery-region';
import {
  KEY_ID,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  type Statement,
  statements,
} from '../deployment';

const SOURCE = 'arn:aws:s3:::acme-uploads';
const SOURCE_KEY = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
const REPLICA = 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1';

test('may do exactly what replication needs, on these buckets and with these keys alone', () => {
  expect(policyOf({ sourceKeyArn: SOURCE_KEY })).toEqual([
    { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: SOURCE },
    {
      Effect: 'Allow',
      Action: [
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionTagging',
      ],
      Resource: `${SOURCE}/*`,
    },
    {
      Effect: 'Allow',
      Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
      Resource: `${REPLICA}/*`,
    },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: SOURCE_KEY,
      Condition: {
        StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [SOURCE, `${SOURCE}/*`] },
      },
    },
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: 'arn:aws:kms:eu-central-1:111122223333:key/*',
      Condition: {
        StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' },
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [REPLICA, `${REPLICA}/*`] },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/acme-replica' },
      },
    },
  ]);
});

test('may use no key of the source where the source has none', () => {
  const resources = policyOf({}).map(({ Resource }) => Resource);
  expect(resources).toEqual([SOURCE, `${SOURCE}/*`, `${REPLICA}/*`, 'arn:aws:kms:eu-central-1:111122223333:key/*']);
});

test('may use the replica key itself where its ARN is given', () => {
  const recovery = recoveryRegion({ replicaKeyArn: REPLICA_KEY_ARN });
  expect(policyOf({ recovery })).toContainEqual({
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    Resource: REPLICA_KEY_ARN,
    Condition: {
      StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [REPLICA, `${REPLICA}/*`] },
    },
  });
});

test('may hand the replica over to its account where that is another one', () => {
  const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
  expect(policyOf({ recovery })).toContainEqual({
    Effect: 'Allow',
    Action: ['s3:ObjectOwnerOverrideToBucketOwner', 's3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
    Resource: `arn:aws:s3:::acme-uploads-replica-${OTHER_ACCOUNT}-eu-central-1/*`,
  });
});

test('bears the name by which another account admits it', () => {
  template({}).hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-uploads-replication' });
});

test('trusts S3 alone, without a condition on what S3 may not send', () => {
  expect(trustOf({})).toEqual([
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 's3.amazonaws.com' } },
  ]);
});

test.each([
  ['Uploads', /Role: resource: must be 2 to 32 lower-case letters, .*, got: "Uploads"/],
  ['u'.repeat(33), /Role: resource: must be 2 to 32 lower-case letters/],
  ['proofs', /Role: resource: must not be "proofs", the bucket of the reports has it/],
])('refuses the resource name %s', (resource, message) => {
  expect(() => template({ resource })).toThrow(message);
});

interface Case {
  readonly recovery?: RecoveryRegion;
  readonly resource?: string;
  readonly sourceKeyArn?: string;
}

function template(props: Case): Template {
  const stack = primaryStack();
  new ReplicationRole(stack, 'Role', {
    recovery: recoveryRegion(),
    resource: 'uploads',
    sourceBucketArn: SOURCE,
    ...props,
  });
  return Template.fromStack(stack);
}

function policyOf(props: Case): readonly Statement[] {
  const [, policy] = onlyResource(template(props), 'AWS::IAM::Policy');
  return statements(policy);
}

function trustOf(props: Case): readonly Statement[] {
  const [, role] = onlyResource(template(props), 'AWS::IAM::Role');
  return statements(role, 'AssumeRolePolicyDocument');
}

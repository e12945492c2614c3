import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { FileCategory, LockMode, ProtectedBucket, type ProtectedBucketProps } from '../../../lib';
import { KEY_ID, keyOf, onlyResource, primaryStack, recoveryRegion, recoveryStack, statements } from '../deployment';
import { expectSafeBucket } from './bucket-expectations';

const KEY_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;

describe('with the least that must be said', () => {
  const stack = protectedIn(primaryStack());
  const template = Template.fromStack(stack);

  test('is a safe bucket under its deterministic name', () => {
    expectSafeBucket(stack, 'acme-documents-111122223333-eu-west-1', KEY_ARN);
  });

  test('lives as its category asks', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'holdfast-versions',
            Transitions: [
              { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
              { StorageClass: 'GLACIER_IR', TransitionInDays: 365 },
            ],
            ExpirationInDays: Match.absent(),
            NoncurrentVersionExpiration: { NoncurrentDays: 90 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
          { Id: 'holdfast-expired-delete-markers', ExpiredObjectDeleteMarker: true },
        ],
      },
    });
  });

  test('is not locked', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: Match.absent(),
      ObjectLockConfiguration: Match.absent(),
    });
  });

  test('replicates to the recovery Region', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: {
        Rules: [
          {
            Id: 'holdfast-documents',
            Destination: { Bucket: 'arn:aws:s3:::acme-documents-replica-111122223333-eu-central-1' },
          },
        ],
      },
    });
  });

  test('lets replication decrypt with its key', () => {
    const [, policy] = onlyResource(template, 'AWS::IAM::Policy');
    expect(statements(policy)).toContainEqual(expect.objectContaining({ Action: 'kms:Decrypt', Resource: KEY_ARN }));
  });
});

describe('with everything that can be said', () => {
  const template = Template.fromStack(
    protectedIn(primaryStack(), {
      category: FileCategory.AUDIT_RECORDS,
      lockMode: LockMode.COMPLIANCE,
      lifecycle: { lockDays: 400, abortIncompleteUploadsAfterDays: 3 },
    }),
  );

  test('is locked as firmly and as long as asked', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } } },
    });
  });

  test('keeps what the category says and nobody overrode', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            ExpirationInDays: 2557,
            NoncurrentVersionExpiration: { NoncurrentDays: 2557 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
          }),
        ]),
      },
    });
  });
});

test.each([
  [FileCategory.AUDIT_RECORDS, 2557],
  [FileCategory.SSL_CERTIFICATES, 365],
])('locks %j by governance unless said otherwise', (category, days) => {
  Template.fromStack(protectedIn(primaryStack(), { category })).hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: days } },
    },
  });
});

test.each(FileCategory.ALL.map((category) => [category.id, category] as const))('can hold %s', (_id, category) => {
  Template.fromStack(protectedIn(primaryStack(), { category })).resourceCountIs('AWS::S3::Bucket', 1);
});

test('refuses a lifecycle that cannot be deployed', () => {
  const lifecycle = { currentVersions: { transitions: [{ storageClass: 'STANDARD_IA' as const, afterDays: 5 }] } };
  expect(() => protectedIn(primaryStack(), { lifecycle })).toThrow(
    'Primary/Documents: lifecycle.currentVersions.transitions[0].afterDays: must be at least 30 for STANDARD_IA, got: 5',
  );
});

test('refuses to live in the recovery Region', () => {
  expect(() => protectedIn(recoveryStack())).toThrow(
    'Recovery/Documents/Bucket/Resource: recovery.region: must differ from the Region of the bucket, got: eu-central-1',
  );
});

function protectedIn(stack: Stack, props: Partial<ProtectedBucketProps> = {}): Stack {
  new ProtectedBucket(stack, 'Documents', {
    recovery: recoveryRegion(),
    resource: 'documents',
    category: FileCategory.UPLOADED_DOCUMENTS,
    encryptionKey: keyOf(stack),
    ...props,
  });
  return stack;
}

import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { FileCategory, LockMode, ReplicaBucket, type ReplicaBucketProps } from '../../../lib';
import {
  KEY_ID,
  keyOf,
  OTHER_ACCOUNT,
  onlyResource,
  PRIMARY,
  recoveryStack,
  type Statement,
  statements,
} from '../deployment';
import { expectSafeBucket } from './bucket-expectations';

describe('with the least that must be said', () => {
  const stack = replicaIn(recoveryStack());
  const template = Template.fromStack(stack);

  test('is a safe bucket under its deterministic name', () => {
    expectSafeBucket(
      stack,
      'acme-documents-replica-111122223333-eu-central-1',
      `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`,
    );
  });

  test('is locked by governance', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 90 } },
      },
    });
  });

  test('keeps versions a week longer than its source, in the same classes', () => {
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
            NoncurrentVersionExpiration: { NoncurrentDays: 97 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
          { Id: 'holdfast-expired-delete-markers', ExpiredObjectDeleteMarker: true },
        ],
      },
    });
  });

  test('replicates nowhere', () => {
    template.hasResourceProperties('AWS::S3::Bucket', { ReplicationConfiguration: Match.absent() });
  });

  test('admits nobody by its policy', () => {
    expect(admissions(stack)).toEqual([]);
  });
});

describe('with everything that can be said', () => {
  const stack = replicaIn(recoveryStack(), {
    category: FileCategory.GENERATED_REPORTS,
    lockMode: LockMode.COMPLIANCE,
    sourceLifecycle: { currentVersions: { expireAfterDays: 100 }, noncurrentVersions: { expireAfterDays: 10 } },
    replicaLifecycle: { noncurrentVersions: { expireAfterDays: 50 }, lockDays: 40 },
    sourceAccount: PRIMARY.account,
  });

  test('is locked as firmly and as long as asked', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 40 } } },
    });
  });

  test('takes its own wishes before what follows from the source', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ ExpirationInDays: 107, NoncurrentVersionExpiration: { NoncurrentDays: 50 } }),
        ]),
      },
    });
  });

  test('admits nobody from its own account, where IAM decides alone', () => {
    expect(admissions(stack)).toEqual([]);
  });
});

test.each(FileCategory.ALL.map((category) => [category.id, category] as const))('locks %s', (_id, category) => {
  Template.fromStack(replicaIn(recoveryStack(), { category })).hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockConfiguration: {
      Rule: { DefaultRetention: { Days: category.replicaLifecycle(category.sourceLifecycle()).lockDays } },
    },
  });
});

describe('of a source in another account', () => {
  const stack = replicaIn(recoveryStack(OTHER_ACCOUNT), { sourceAccount: PRIMARY.account });
  const [bucketId] = onlyResource(Template.fromStack(stack), 'AWS::S3::Bucket');
  const arn = { 'Fn::GetAtt': [bucketId, 'Arn'] };
  const objects = { 'Fn::Join': ['', [arn, '/*']] };

  test('admits replication and verification by name, since neither role exists yet', () => {
    expect(admissions(stack)).toEqual([
      {
        ...admitted('acme-documents-replication'),
        Action: ['s3:ObjectOwnerOverrideToBucketOwner', 's3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
        Resource: objects,
      },
      { ...admitted('acme-verify-files'), Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: arn },
      { ...admitted('acme-verify-files'), Action: 's3:GetObjectVersion', Resource: objects },
    ]);
  });
});

describe('refuses', () => {
  test('to be kept shorter than its source', () => {
    expect(() =>
      replicaIn(recoveryStack(), { replicaLifecycle: { noncurrentVersions: { expireAfterDays: 96 } } }),
    ).toThrow(
      "Recovery/Documents: replicaLifecycle.noncurrentVersions.expireAfterDays: must be at least 97, 7 days more than the source's 90, got: 96",
    );
  });

  test('to be locked longer than it keeps versions', () => {
    expect(() => replicaIn(recoveryStack(), { replicaLifecycle: { lockDays: 98 } })).toThrow(
      /^Recovery\/Documents: replicaLifecycle\.lockDays: must not be longer than noncurrentVersions\.expireAfterDays \(97\)/,
    );
  });

  test('to be locked for less than its source', () => {
    const props = { category: FileCategory.SSL_CERTIFICATES, replicaLifecycle: { lockDays: 30 } };
    expect(() => replicaIn(recoveryStack(), props)).toThrow(
      "Recovery/Documents: replicaLifecycle.lockDays: must be at least the source's 365, got: 30",
    );
  });
});

function replicaIn(stack: Stack, props: Partial<ReplicaBucketProps> = {}): Stack {
  new ReplicaBucket(stack, 'Documents', {
    prefix: 'acme',
    resource: 'documents',
    category: FileCategory.UPLOADED_DOCUMENTS,
    encryptionKey: keyOf(stack),
    ...props,
  });
  return stack;
}

function admissions(stack: Stack): Statement[] {
  const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::S3::BucketPolicy');
  return statements(policy).filter(({ Effect }) => Effect === 'Allow');
}

function admitted(roleName: string) {
  return {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::111122223333:role/${roleName}` } },
  };
}

import { aws_kms as kms, type Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { FileCategory, Replicated, type ReplicatedProps } from '../../../lib';
import {
  KEY_ID,
  OTHER_ACCOUNT,
  onlyResource,
  primaryStack,
  REPLICA_KEY_ARN,
  recoveryRegion,
  recoveryStack,
  statements,
} from '../deployment';

const RULE = {
  Id: 'holdfast-uploads',
  Status: 'Enabled',
  Priority: 1,
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Enabled' },
  SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
  Destination: {
    Bucket: 'arn:aws:s3:::acme-uploads-replica-111122223333-eu-central-1',
    EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:eu-central-1:111122223333:alias/acme-replica' },
    Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
    ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
  },
};

test('writes one rule: delete markers, replica key, metrics and replication time control', () => {
  const stack = primaryStack();
  new s3.Bucket(stack, 'Uploads', { versioned: true }).with(replicated());
  const [roleId] = onlyResource(Template.fromStack(stack), 'AWS::IAM::Role');
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
    ReplicationConfiguration: { Role: { 'Fn::GetAtt': [roleId, 'Arn'] }, Rules: [Match.exact(RULE)] },
  });
});

test('hands copies over to the account of the replicas where that is another one', () => {
  const stack = primaryStack();
  const recovery = recoveryRegion({ account: OTHER_ACCOUNT, replicaKeyArn: REPLICA_KEY_ARN });
  new s3.Bucket(stack, 'Uploads', { versioned: true }).with(replicated({ recovery }));
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
    ReplicationConfiguration: {
      Rules: [
        {
          Destination: {
            Account: OTHER_ACCOUNT,
            AccessControlTranslation: { Owner: 'Destination' },
            Bucket: `arn:aws:s3:::acme-uploads-replica-${OTHER_ACCOUNT}-eu-central-1`,
            EncryptionConfiguration: { ReplicaKmsKeyID: REPLICA_KEY_ARN },
          },
        },
      ],
    },
  });
});

describe('on a bucket with a name', () => {
  const stack = primaryStack();
  new s3.Bucket(stack, 'Uploads', { versioned: true, bucketName: 'acme-uploads' }).with(replicated());
  const template = Template.fromStack(stack);
  const [policyId, policy] = onlyResource(template, 'AWS::IAM::Policy');

  test('lets the bucket wait for the policy of the role', () => {
    const [, bucket] = onlyResource(template, 'AWS::S3::Bucket');
    expect(bucket.DependsOn).toEqual([policyId]);
  });

  test('names the bucket in the policy of the role', () => {
    expect(statements(policy)[0]?.Resource).toBe('arn:aws:s3:::acme-uploads');
  });
});

describe('on a bucket that CloudFormation names', () => {
  const stack = primaryStack();
  new s3.Bucket(stack, 'Uploads', { versioned: true }).with(replicated());
  const template = Template.fromStack(stack);
  const [bucketId, bucket] = onlyResource(template, 'AWS::S3::Bucket');

  test('makes no circle: the bucket waits for the role, and the policy for the bucket', () => {
    const [, policy] = onlyResource(template, 'AWS::IAM::Policy');
    expect(bucket.DependsOn).toBeUndefined();
    expect(statements(policy)[0]?.Resource).toEqual({ 'Fn::GetAtt': [bucketId, 'Arn'] });
  });
});

test('takes the plain CloudFormation resource of a bucket too', () => {
  const stack = primaryStack();
  new s3.CfnBucket(stack, 'Uploads', {
    bucketName: 'acme-uploads',
    versioningConfiguration: { status: 'Enabled' },
  }).with(replicated());
  Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { ReplicationConfiguration: { Rules: [RULE] } });
});

test('supports buckets only', () => {
  const stack = primaryStack();
  expect(replicated().supports(new kms.CfnKey(stack, 'Key', {}))).toBe(false);
});

describe('the key of the source', () => {
  test('is the customer key of the default encryption', () => {
    const stack = primaryStack();
    const key = new kms.Key(stack, 'Key');
    new s3.Bucket(stack, 'Uploads', { versioned: true, encryptionKey: key }).with(replicated());
    expect(decryptableKeys(stack)).toContainEqual({
      'Fn::GetAtt': [stack.getLogicalId(key.node.defaultChild as kms.CfnKey), 'Arn'],
    });
  });

  test('is the given one where the template does not say it', () => {
    const stack = primaryStack();
    const sourceKeyArn = `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`;
    new s3.Bucket(stack, 'Uploads', { versioned: true }).with(replicated({ sourceKeyArn }));
    expect(decryptableKeys(stack)).toContain(sourceKeyArn);
  });

  test('is none on a bucket without a customer key', () => {
    const stack = primaryStack();
    new s3.Bucket(stack, 'Uploads', { versioned: true, encryption: s3.BucketEncryption.S3_MANAGED }).with(replicated());
    expect(decryptableKeys(stack)).toEqual(['arn:aws:kms:eu-central-1:111122223333:key/*']);
  });
});

describe('the lifecycle', () => {
  test("is the bucket's own where none is given", () => {
    const stack = primaryStack();
    const bucket = new s3.CfnBucket(stack, 'Uploads', {
      versioningConfiguration: { status: 'Enabled' },
      lifecycleConfiguration: { rules: [{ id: 'own', status: 'Enabled', expirationInDays: 3 }] },
    });
    bucket.with(replicated());
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [{ Id: 'own', Status: 'Enabled', ExpirationInDays: 3 }] },
    });
  });

  test('is the given one', () => {
    const stack = primaryStack();
    const lifecycle = FileCategory.TEMPORARY_FILES.sourceLifecycle();
    new s3.Bucket(stack, 'Uploads', { versioned: true }).with(replicated({ lifecycle }));
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'holdfast-versions',
            Status: 'Enabled',
            ExpirationInDays: 7,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
          { Id: 'holdfast-expired-delete-markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
        ],
      },
    });
  });
});

describe('refuses', () => {
  test('a bucket that is not versioned', () => {
    const bucket = new s3.Bucket(primaryStack(), 'Uploads');
    expect(() => bucket.with(replicated())).toThrow(
      'Primary/Uploads/Resource: versioningConfiguration: must be enabled on a bucket that is replicated, got: none. HINT: set `versioned: true`',
    );
  });

  test('a bucket whose versioning is suspended', () => {
    const bucket = new s3.CfnBucket(primaryStack(), 'Uploads', { versioningConfiguration: { status: 'Suspended' } });
    expect(() => bucket.with(replicated())).toThrow(/versioningConfiguration: must be enabled .*, got: Suspended/);
  });

  test('a bucket that already replicates', () => {
    const bucket = new s3.Bucket(primaryStack(), 'Uploads', { versioned: true });
    bucket.with(replicated());
    expect(() => bucket.with(replicated({ resource: 'again' }))).toThrow(
      'Primary/Uploads/Resource: replicationConfiguration: the bucket already has one. HINT: protect it once, and remove the replication it has',
    );
  });

  test('a bucket in the recovery Region', () => {
    const bucket = new s3.Bucket(recoveryStack(), 'Uploads', { versioned: true });
    expect(() => bucket.with(replicated())).toThrow(
      'Recovery/Uploads/Resource: recovery.region: must differ from the Region of the bucket, got: eu-central-1',
    );
  });

  test('all of it at once, with a lifecycle that cannot be deployed', () => {
    const bucket = new s3.Bucket(recoveryStack(), 'Uploads');
    const lifecycle = { noncurrentVersions: { expireAfterDays: 1 }, lockDays: 2 };
    expect(messageOf(() => bucket.with(replicated({ lifecycle }))).split('\n')).toEqual([
      expect.stringContaining('lifecycle.lockDays: must not be longer'),
      expect.stringContaining('versioningConfiguration: must be enabled'),
      expect.stringContaining('recovery.region: must differ'),
    ]);
  });
});

function replicated(props: Partial<ReplicatedProps> = {}): Replicated {
  return new Replicated({ recovery: recoveryRegion(), resource: 'uploads', ...props });
}

function decryptableKeys(stack: Stack): unknown[] {
  const [, policy] = onlyResource(Template.fromStack(stack), 'AWS::IAM::Policy');
  return statements(policy)
    .filter(({ Action }) => [Action].flat().includes('kms:Decrypt'))
    .map(({ Resource }) => Resource);
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

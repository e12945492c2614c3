import { Template } from 'aws-cdk-lib/assertions';
import { StagingBucket } from '../../../lib/redis/staging-bucket';
import { onlyResource, primaryStack, statements } from '../deployment';
import { allows, denies } from '../tenants/policy-simulation';

const stack = primaryStack();
new StagingBucket(stack, 'Staging', { prefix: 'acme', resource: 'sessions' });
const template = Template.fromStack(stack);
const [bucketId, bucket] = onlyResource(template, 'AWS::S3::Bucket');
const [, policy] = onlyResource(template, 'AWS::S3::BucketPolicy');

test("is encrypted with S3's own key, the only one that ElastiCache exports to", () => {
  expect(bucket.Properties.BucketEncryption).toEqual({
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  });
});

test('is as closed as every bucket, and stays when its stack goes', () => {
  expect(bucket).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      BucketName: 'acme-sessions-staging-111122223333-eu-west-1',
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    },
  });
  const plain = { 'aws:SecureTransport': 'false', 'aws:PrincipalIsAWSService': 'false' };
  const old = { 's3:TlsVersion': '1.2', 'aws:PrincipalIsAWSService': 'false' };
  for (const context of [plain, old]) {
    expect(denies(statements(policy), { action: 's3:GetObject', resource: `<${bucketId}>/x`, context })).toBe(true);
  }
});

test('removes an export that was left behind after a fortnight, and earlier versions after a day', () => {
  expect(bucket.Properties.LifecycleConfiguration).toMatchObject({
    Rules: [
      {
        Status: 'Enabled',
        ExpirationInDays: 14,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
      { ExpiredObjectDeleteMarker: true },
    ],
  });
});

test('admits ElastiCache of its Region, with what an export needs and no more', () => {
  const [admitted, ...others] = statements(policy).filter(({ Effect }) => Effect === 'Allow');
  expect(others).toEqual([]);
  expect(admitted?.Principal).toEqual({ Service: 'eu-west-1.elasticache-snapshot.amazonaws.com' });
  const context = { 'aws:PrincipalIsAWSService': 'true' };
  const may = (action: string, resource: string) => allows(statements(policy), { action, resource, context });
  for (const action of ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts']) {
    expect(may(action, `<${bucketId}>/redis-20261123-020000-0001.rdb`)).toBe(true);
  }
  for (const action of ['s3:ListBucket', 's3:GetBucketAcl', 's3:ListBucketMultipartUploads']) {
    expect(may(action, `<${bucketId}>`)).toBe(true);
  }
  expect(may('s3:DeleteObject', `<${bucketId}>/redis-20261123-020000-0001.rdb`)).toBe(false);
});

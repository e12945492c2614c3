import { Template } from 'aws-cdk-lib/assertions';
import { DeletionTrail } from '../../../lib/audit/deletion-trail';
import { onlyResource, primaryStack, resources, type Statement, statements } from '../deployment';
import { allows, denies } from '../tenants/policy-simulation';

const TRAIL_ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/acme-deletions';
const CHANGES = {
  Name: 'Calls that change something',
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Management'] },
    { Field: 'readOnly', Equals: ['false'] },
  ],
};

const minimal = trailIn({ managementEvents: false, buckets: ['acme-trail'] });
const whole = trailIn({ managementEvents: true, buckets: ['acme-orders', 'acme-orders-replica'] });

test('records in its Region alone, encrypted and sealed by digests', () => {
  const [keyId] = onlyResource(minimal, 'AWS::KMS::Key');
  const [bucketId] = onlyResource(minimal, 'AWS::S3::Bucket');
  minimal.hasResourceProperties('AWS::CloudTrail::Trail', {
    TrailName: 'acme-deletions',
    S3BucketName: { Ref: bucketId },
    KMSKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    EnableLogFileValidation: true,
    IsLogging: true,
    IsMultiRegionTrail: false,
    IncludeGlobalServiceEvents: false,
  });
});

test('records the calls about objects of some buckets', () => {
  expect(selectors(minimal)).toEqual([objectsOf('acme-trail')]);
  expect(selectors(whole)).toEqual([CHANGES, objectsOf('acme-orders', 'acme-orders-replica')]);
});

test('waits for the policy that lets it write', () => {
  const [policyId] = onlyResource(minimal, 'AWS::S3::BucketPolicy');
  const [, trail] = onlyResource(minimal, 'AWS::CloudTrail::Trail');
  expect(trail.DependsOn).toContain(policyId);
});

test('keeps its records locked for 400 days, and its bucket and key when the stack goes', () => {
  const [, bucket] = onlyResource(minimal, 'AWS::S3::Bucket');
  const [, key] = onlyResource(minimal, 'AWS::KMS::Key');
  expect(bucket.Properties).toMatchObject({
    BucketName: 'acme-trail-111122223333-eu-west-1',
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } },
    LifecycleConfiguration: {
      Rules: [
        { ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
        { ExpiredObjectDeleteMarker: true },
      ],
    },
  });
  for (const kept of [bucket, key]) {
    expect([kept.DeletionPolicy, kept.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
  }
  minimal.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-trail' });
});

describe('CloudTrail, for this trail,', () => {
  const [bucketId] = onlyResource(minimal, 'AWS::S3::Bucket');
  const bucket = ofCloudTrail(statements(onlyResource(minimal, 'AWS::S3::BucketPolicy')[1]));
  const key = ofCloudTrail(statements(onlyResource(minimal, 'AWS::KMS::Key')[1], 'KeyPolicy'));
  const ofTrail = { 'aws:SourceArn': TRAIL_ARN };
  const record = `<${bucketId}>/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/a.json.gz`;
  const owned = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  const context = { 'kms:EncryptionContext:aws:cloudtrail:arn': TRAIL_ARN };

  test('may write records that the account owns, and see whose the bucket is', () => {
    expect(may(bucket, 's3:PutObject', record, { ...ofTrail, ...owned })).toBe(true);
    expect(may(bucket, 's3:GetBucketAcl', `<${bucketId}>`, ofTrail)).toBe(true);
    expect(may(bucket, 's3:PutObject', record, ofTrail)).toBe(false);
    expect(may(bucket, 's3:PutObject', `<${bucketId}>/other`, { ...ofTrail, ...owned })).toBe(false);
    expect(may(bucket, 's3:GetObject', record, ofTrail)).toBe(false);
  });

  test('may encrypt records, and see the key', () => {
    expect(may(key, 'kms:GenerateDataKey', '*', { ...ofTrail, ...context })).toBe(true);
    expect(may(key, 'kms:DescribeKey', '*', ofTrail)).toBe(true);
    expect(may(key, 'kms:GenerateDataKey', '*', ofTrail)).toBe(false);
    expect(may(key, 'kms:Decrypt', '*', { ...ofTrail, ...context })).toBe(false);
  });

  test('may nothing for another trail', () => {
    const other = { 'aws:SourceArn': `${TRAIL_ARN}-2`, ...owned, ...context };
    expect(may(bucket, 's3:PutObject', record, other)).toBe(false);
    expect(may(bucket, 's3:GetBucketAcl', `<${bucketId}>`, other)).toBe(false);
    expect(may(key, 'kms:GenerateDataKey', '*', other)).toBe(false);
    expect(may(key, 'kms:DescribeKey', '*', other)).toBe(false);
  });

  test('is not refused for how services call each other', () => {
    const all = statements(onlyResource(minimal, 'AWS::S3::BucketPolicy')[1]);
    const asService = { 'aws:PrincipalIsAWSService': 'true' };
    expect(denies(all, { action: 's3:PutObject', resource: record, context: asService })).toBe(false);
    const plain = { 'aws:PrincipalIsAWSService': 'false', 'aws:SecureTransport': 'false' };
    expect(denies(all, { action: 's3:GetObject', resource: record, context: plain })).toBe(true);
  });
});

function trailIn({ managementEvents, buckets }: { managementEvents: boolean; buckets: readonly string[] }): Template {
  const stack = primaryStack();
  const trail = new DeletionTrail(stack, 'Trail', { prefix: 'acme', managementEvents });
  for (const bucket of buckets) {
    trail.record(bucket);
  }
  return Template.fromStack(stack);
}

function selectors(template: Template): unknown {
  const [[, trail] = []] = resources(template, 'AWS::CloudTrail::Trail');
  return trail?.Properties.AdvancedEventSelectors;
}

function objectsOf(...buckets: string[]) {
  return {
    Name: 'Calls that delete objects or change their locks',
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Data'] },
      { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
      {
        Field: 'eventName',
        Equals: [
          'DeleteObject',
          'PutObjectLegalHold',
          'PutObjectLockLegalHold',
          'PutObjectLockRetention',
          'PutObjectRetention',
          'DeleteObjects',
        ],
      },
      { Field: 'resources.ARN', StartsWith: buckets.map((bucket) => `arn:aws:s3:::${bucket}/`) },
    ],
  };
}

function ofCloudTrail(all: readonly Statement[]): readonly Statement[] {
  return all.filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"cloudtrail.amazonaws.com"}');
}

function may(
  all: readonly Statement[],
  action: string,
  resource: string,
  context: Readonly<Record<string, string>>,
): boolean {
  return allows(all, { action, resource, context });
}

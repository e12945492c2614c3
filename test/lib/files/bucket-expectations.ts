import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { onlyResource, statements } from '../deployment';

/**
 * Expects of the one bucket of a stack what every bucket of Holdfast has: versions, the given key under a Bucket Key, no
 * public access, one owner, TLS 1.3, and that it outlives its stack together with its policy.
 */
export function expectSafeBucket(stack: Stack, name: string, keyArn: string): void {
  const template = Template.fromStack(stack);
  const [bucketId, bucket] = onlyResource(template, 'AWS::S3::Bucket');
  expect(bucket).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: name,
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    },
  });
  expectTls13(template, bucketId);
}

/** Calls that one AWS service makes to another carry neither condition key, so the refusals leave them alone. */
function expectTls13(template: Template, bucketId: string): void {
  const [, policy] = onlyResource(template, 'AWS::S3::BucketPolicy');
  const arn = { 'Fn::GetAtt': [bucketId, 'Arn'] };
  const everything = {
    Effect: 'Deny',
    Action: 's3:*',
    Principal: { AWS: '*' },
    Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
  };
  expect(policy).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { Bucket: { Ref: bucketId } } });
  expect(statements(policy)).toEqual(
    expect.arrayContaining([
      {
        ...everything,
        Sid: 'RefusePlainHttp',
        Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:PrincipalIsAWSService': 'false' } },
      },
      {
        ...everything,
        Sid: 'RefuseTlsBelow13',
        Condition: {
          NumericLessThan: { 's3:TlsVersion': '1.3' },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      },
    ]),
  );
}

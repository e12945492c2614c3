import { aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';

/**
 * Refuses every request that does not come over TLS 1.3. Calls that one AWS service makes to another carry neither
 * `s3:TlsVersion` nor `aws:SecureTransport`, so service principals are exempt; they use TLS among themselves.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function requireTls13(bucket: s3.Bucket): void {
  const refuse = (sid: string, condition: Record<string, Record<string, string>>) =>
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:*'],
        resources: [bucket.bucketArn, bucket.arnForObjects('*')],
        conditions: { ...condition, Bool: { ...condition.Bool, 'aws:PrincipalIsAWSService': 'false' } },
      }),
    );
  refuse('RefusePlainHttp', { Bool: { 'aws:SecureTransport': 'false' } });
  refuse('RefuseTlsBelow13', { NumericLessThan: { 's3:TlsVersion': '1.3' } });
}

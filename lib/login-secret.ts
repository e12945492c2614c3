import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { throughService } from './key-conditions';
import type { Problem } from './problem';

/** A secret of Secrets Manager that holds a login. */
export interface LoginSecret {
  /** ARN of the secret, with the six characters at its end. */
  readonly secretArn: string;
  /** ARN of the customer key that encrypts the secret. @default - the account's key `aws/secretsmanager` */
  readonly keyArn?: string;
}

/** What a role must be allowed to read one secret: the secret and, through Secrets Manager alone, its key. */
export function readSecretStatements(scope: Construct, { secretArn, keyArn }: LoginSecret): iam.PolicyStatement[] {
  const read = new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] });
  if (keyArn === undefined) {
    return [read];
  }
  const decrypt = new iam.PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    conditions: throughService('secretsmanager', Stack.of(scope).region),
  });
  return [read, decrypt];
}

/** What is wrong with the ARN of a secret and that of its key, beyond their form. */
export function secretProblems({ secretArn, keyArn }: LoginSecret, path: string, region: string): Problem[] {
  return [
    ...regionProblems(secretArn, `${path}.secretArn`, 'secret', region),
    ...(keyArn === undefined ? [] : regionProblems(keyArn, `${path}.keyArn`, 'key', region)),
  ];
}

/** What is wrong with the Region of an ARN. */
export function regionProblems(arn: string, path: string, what: string, region: string): Problem[] {
  const arnRegion = arn.split(':')[3];
  return arnRegion === region
    ? []
    : [{ path, message: `must be a ${what} in primary.region (${region}), got one in: ${arnRegion}` }];
}

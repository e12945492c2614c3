import { z } from 'zod';

/** A text of a form, and the words that say which. */
export const text = (form: RegExp, allowed: string) => z.string(allowed).regex(form, allowed);

/** ARN of a KMS key itself, never of an alias. */
export const keyArn = text(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'the ARN of a KMS key');

/** A secret with a login. */
export const loginSecret = z.strictObject({
  secretArn: text(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+-[A-Za-z0-9]{6}$/,
    'the ARN of a secret, with the six characters at its end',
  ).describe('ARN of the secret.'),
  keyArn: keyArn
    .describe("ARN of the customer key that encrypts the secret. Default: the account's aws/secretsmanager.")
    .exactOptional(),
});

/** Ids of subnets. */
export const subnetIds = z.array(text(/^subnet-[0-9a-f]+$/, 'the id of a subnet, such as "subnet-0123456789abcdef0"'));

/** Ids of security groups. */
export const securityGroupIds = z.array(
  text(/^sg-[0-9a-f]+$/, 'the id of a security group, such as "sg-0123456789abcdef0"'),
);

/** A time of day. */
export const schedule = z.strictObject({
  hour: z.int().describe('Hour, 0 to 23.'),
  minute: z.int().describe('Minute, 0 to 59. Default: 0.').exactOptional(),
  timeZone: z.string().describe('IANA name of a time zone, such as Europe/Berlin. Default: UTC.').exactOptional(),
});

/** How firm locks are. */
export const LOCK_MODE_DESCRIPTION =
  'How firm Object Lock is. "compliance" cannot be lifted or shortened by anyone until it ends. Default: governance.';

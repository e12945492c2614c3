import type { CallRecord } from '../contract/deletion-attempts';
import { textOf } from '../events/detail';

/** Who made a call. */
export interface Caller {
  /** In words, without what tells one session from another: names of sessions are often the addresses of people. */
  readonly words: string;
  /** ARN of the role that the caller had assumed. */
  readonly roleArn?: string;
  /** Service that made the call in the name of the caller, such as `cloudformation.amazonaws.com`. */
  readonly service?: string;
}

/**
 * Who made a call, by what CloudTrail itself puts into its record; the caller can write none of it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function callerOf({ userIdentity }: CallRecord): Caller {
  const identity = userIdentity ?? {};
  const roleArn = issuerArn(identity);
  const service = textOf(identity, 'invokedBy');
  const words = inWords(identity, roleArn);
  return {
    words: service === undefined ? words : `${words}, through ${service}`,
    ...(roleArn !== undefined && { roleArn }),
    ...(service !== undefined && { service }),
  };
}

function inWords(identity: Fields, roleArn: string | undefined): string {
  const type = textOf(identity, 'type');
  const account = textOf(identity, 'accountId') ?? 'unknown';
  switch (type) {
    case 'Root':
      return `the root user of the account ${account}`;
    case 'IAMUser':
      return `the user ${textOf(identity, 'arn') ?? textOf(identity, 'userName') ?? 'without a name'}`;
    case 'AWSService':
      return 'a service of AWS';
    default:
      return roleArn === undefined
        ? `a caller of the account ${account} (${type ?? 'unknown'})`
        : `the role ${roleArn}`;
  }
}

/** The role behind a session; the ARN of the session itself ends with its name. */
function issuerArn(identity: Fields): string | undefined {
  const issuer = fieldsOf(fieldsOf(identity, 'sessionContext'), 'sessionIssuer');
  return textOf(issuer, 'type') === 'Role' ? textOf(issuer, 'arn') : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(fields: Fields, field: string): Fields {
  const value = fields[field];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseLogin } from '../../engine/contract/tenant-dumps';
import type { Problem } from '../problem';

/** A secret that holds a login. */
export interface DatabaseSecret {
  /** ARN of the secret, with the six characters at its end. */
  readonly secretArn: string;
  /** ARN of the customer key that encrypts the secret. @default - the account's key `aws/secretsmanager` */
  readonly keyArn?: string;
}

/** A user of the database that is a member of the role `rds_iam`. */
export interface DatabaseIamUser {
  readonly user: string;
  /**
   * Id that IAM knows the database by: `db-ABCDEFGHIJKL01234` of an instance, `cluster-ABCDEFGHIJKL01234` of an Aurora
   * cluster. It never changes, and is not the name.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
   */
  readonly resourceId: string;
}

/** How the tasks sign in to a database, and what that takes. */
export class DatabaseSignIn {
  /** With the secret that RDS manages, or one of its JSON shape: `username` and `password`. */
  public static withSecret(secret: DatabaseSecret): DatabaseSignIn {
    return new DatabaseSignIn({ secret });
  }

  /** With a token of IAM; no password is kept anywhere. */
  public static withIam(iamUser: DatabaseIamUser): DatabaseSignIn {
    return new DatabaseSignIn({ iamUser });
  }

  private constructor(
    private readonly way: { readonly secret: DatabaseSecret } | { readonly iamUser: DatabaseIamUser },
  ) {}

  /** The form in which the job is told. */
  public login(scope: Construct): DatabaseLogin {
    return 'secret' in this.way
      ? { kind: 'secret', secretArn: this.way.secret.secretArn }
      : { kind: 'iam', user: this.way.iamUser.user, region: Stack.of(scope).region };
  }

  /** What the role of a task must be allowed: one secret and its key, or one user of one database. */
  public statements(scope: Construct): iam.PolicyStatement[] {
    const { partition, region, account } = Stack.of(scope);
    if ('iamUser' in this.way) {
      const { user, resourceId } = this.way.iamUser;
      return [allow('rds-db:connect', `arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${user}`)];
    }
    const { secretArn, keyArn } = this.way.secret;
    const read = allow('secretsmanager:GetSecretValue', secretArn);
    if (keyArn === undefined) {
      return [read];
    }
    const throughSecretsManager = { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } };
    return [read, allow('kms:Decrypt', keyArn, throughSecretsManager)];
  }
}

/** What is wrong with the ARN of a secret and that of its key, beyond their form. */
export function secretProblems({ secretArn, keyArn }: DatabaseSecret, path: string, region: string): Problem[] {
  return [
    ...regionProblems(secretArn, `${path}.secretArn`, 'secret', region),
    ...(keyArn === undefined ? [] : regionProblems(keyArn, `${path}.keyArn`, 'key', region)),
  ];
}

function regionProblems(arn: string, path: string, what: string, region: string): Problem[] {
  const arnRegion = arn.split(':')[3];
  return arnRegion === region
    ? []
    : [{ path, message: `must be a ${what} in primary.region (${region}), got one in: ${arnRegion}` }];
}

function allow(action: string, resource: string, conditions: Record<string, unknown> = {}): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: [action], resources: [resource], conditions });
}

import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseLogin } from '../../engine/contract/tenant-dumps';
import { type LoginSecret, readSecretStatements } from '../login-secret';

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
  public static withSecret(secret: LoginSecret): DatabaseSignIn {
    return new DatabaseSignIn({ secret });
  }

  /** With a token of IAM; no password is kept anywhere. */
  public static withIam(iamUser: DatabaseIamUser): DatabaseSignIn {
    return new DatabaseSignIn({ iamUser });
  }

  private constructor(private readonly way: { readonly secret: LoginSecret } | { readonly iamUser: DatabaseIamUser }) {}

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
      return [
        new iam.PolicyStatement({
          actions: ['rds-db:connect'],
          resources: [`arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${user}`],
        }),
      ];
    }
    return readSecretStatements(scope, this.way.secret);
  }
}

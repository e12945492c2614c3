import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CacheLogin } from '../../engine/contract/redis';
import { type LoginSecret, readSecretStatements } from '../login-secret';

/** How the probe signs in to a cache, over TLS always, and what that takes. */
export class CacheSignIn {
  /**
   * With a secret of the form `{"username": …, "password": …}`; without `username`, with the auth token of the group. The user
   * needs `+info`, and with several shards `+cluster|slots`.
   */
  public static withSecret(secret: LoginSecret): CacheSignIn {
    return new CacheSignIn(secret);
  }

  /** Not at all: whoever reaches the cache is let in. */
  public static open(): CacheSignIn {
    return new CacheSignIn(undefined);
  }

  private constructor(private readonly secret: LoginSecret | undefined) {}

  /** The form in which the function is told. */
  public get login(): CacheLogin {
    return this.secret === undefined ? { kind: 'open' } : { kind: 'secret', secretArn: this.secret.secretArn };
  }

  /** What the role of the function must be allowed: one secret and its key, or nothing. */
  public statements(scope: Construct): iam.PolicyStatement[] {
    return this.secret === undefined ? [] : readSecretStatements(scope, this.secret);
  }
}

import type { DatabaseConnection } from '../contract/tenant-dumps';
import { awsSecretReader, nameOf, readJsonSecret, type SecretReader, secretField } from '../secrets/json-secret';

/** Who signs in. Never to be logged. */
export interface Credentials {
  /** Absent where libpq's own defaults are to decide. */
  readonly user?: string;
  readonly password?: string;
}

/** Where credentials come from. */
export interface CredentialSources {
  /** Text of a secret, by its ARN. */
  readonly secret: SecretReader;
  /** A token of IAM authentication; it can be used for 15 minutes, by any number of connections. */
  readonly token: (request: TokenRequest) => Promise<string>;
  /** Variables of this process, of which libpq's are read. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a token of IAM authentication is valid for. */
export interface TokenRequest {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly region: string;
}

/**
 * Credentials for one connection. They are fetched for each: a token does not last, and a secret may be rotated while
 * a dump goes on.
 *
 * @throws Error with a HINT; it names what is missing, never a value.
 */
export async function signIn(
  { login, host, port }: DatabaseConnection,
  sources: CredentialSources,
): Promise<Credentials> {
  switch (login.kind) {
    case 'secret':
      return readSecret(login.secretArn, sources);
    case 'iam':
      return {
        user: login.user,
        password: await fetchToken({ hostname: host, port, username: login.user, region: login.region }, sources),
      };
    case 'environment':
      return fromEnvironment(sources.environment);
  }
}

/** Sources in AWS, in the Region of the environment. The SDK is loaded only by the one that is used. */
export function awsCredentialSources(environment: NodeJS.ProcessEnv): CredentialSources {
  return {
    environment,
    secret: awsSecretReader(),
    token: async (request) => {
      const { Signer } = await import('@aws-sdk/rds-signer');
      return new Signer(request).getAuthToken();
    },
  };
}

async function readSecret(secretArn: string, sources: CredentialSources): Promise<Credentials> {
  const secret = await readJsonSecret(secretArn, sources.secret, SECRET_HINT);
  return {
    user: secretField(secret, 'username', secretArn, SECRET_HINT),
    password: secretField(secret, 'password', secretArn, SECRET_HINT),
  };
}

const SECRET_HINT =
  'it must have the shape of a secret that RDS manages: {"username": ..., "password": ...}, both not empty.';

async function fetchToken(request: TokenRequest, sources: CredentialSources): Promise<string> {
  try {
    return await sources.token(request);
  } catch (error) {
    throw new Error(
      `Cannot make a token for the user ${request.username} in ${request.region}: ${nameOf(error)}. HINT: give the task a role; it needs rds-db:connect for this user.`,
      { cause: error },
    );
  }
}

function fromEnvironment({ PGUSER: user, PGPASSWORD: password }: NodeJS.ProcessEnv): Credentials {
  return { ...(user && { user }), ...(password && { password }) };
}

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DatabaseConnection } from '../contract/tenant-dumps';

/** Who signs in. Never to be logged. */
export interface Credentials {
  /** Absent where libpq's own defaults are to decide. */
  readonly user?: string;
  readonly password?: string;
}

/** Where credentials come from. */
export interface CredentialSources {
  /** Text of a secret, by its ARN. */
  readonly secret: (secretArn: string) => Promise<string | undefined>;
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
  // Kept, and with it its connection: a restore of many tenants asks many times, always for the same secret.
  let client: SecretsManagerClient | undefined;
  return {
    environment,
    secret: async (secretArn) => {
      const sdk = await import('@aws-sdk/client-secrets-manager');
      const [, , , region] = secretArn.split(':');
      client ??= new sdk.SecretsManagerClient(region ? { region } : {});
      return (await client.send(new sdk.GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
    },
    token: async (request) => {
      const { Signer } = await import('@aws-sdk/rds-signer');
      return new Signer(request).getAuthToken();
    },
  };
}

async function readSecret(secretArn: string, sources: CredentialSources): Promise<Credentials> {
  const text = await fetchSecret(secretArn, sources);
  const secret = parseObject(text);
  if (secret === undefined) {
    throw new Error(`The secret ${secretArn} is no JSON object. HINT: ${SECRET_HINT}`);
  }
  return { user: field(secret, 'username', secretArn), password: field(secret, 'password', secretArn) };
}

const SECRET_HINT =
  'it must have the shape of a secret that RDS manages: {"username": ..., "password": ...}, both not empty.';

async function fetchSecret(secretArn: string, sources: CredentialSources): Promise<string | undefined> {
  try {
    return await sources.secret(secretArn);
  } catch (error) {
    throw new Error(
      `Cannot read the secret ${secretArn}: ${nameOf(error)}. HINT: give the role of the task secretsmanager:GetSecretValue on it and kms:Decrypt on its key, and look whether the secret still exists.`,
      { cause: error },
    );
  }
}

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

function parseObject(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}

function field(secret: object, name: 'username' | 'password', secretArn: string): string {
  const value: unknown = Reflect.get(secret, name);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`The secret ${secretArn} has no field "${name}" with a text. HINT: ${SECRET_HINT}`);
  }
  return value;
}

function fromEnvironment({ PGUSER: user, PGPASSWORD: password }: NodeJS.ProcessEnv): Credentials {
  return { ...(user && { user }), ...(password && { password }) };
}

/** Kind of an error of the SDK; its text may quote what was sent. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');

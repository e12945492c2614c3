import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Text of a secret, by its ARN. */
export type SecretReader = (secretArn: string) => Promise<string | undefined>;

/** Reads secrets in AWS, each in its own Region. The SDK is loaded when the first is read. */
export function awsSecretReader(): SecretReader {
  // Kept, and with it its connection: a restore of many tenants asks many times, always for the same secret.
  let client: SecretsManagerClient | undefined;
  return async (secretArn) => {
    const sdk = await import('@aws-sdk/client-secrets-manager');
    const [, , , region] = secretArn.split(':');
    client ??= new sdk.SecretsManagerClient(region ? { region } : {});
    return (await client.send(new sdk.GetSecretValueCommand({ SecretId: secretArn }))).SecretString;
  };
}

/**
 * Reads a secret that is a JSON object.
 *
 * @param hint what the secret must look like.
 * @throws Error with a HINT; it names the secret, never a value.
 */
export async function readJsonSecret(secretArn: string, read: SecretReader, hint: string): Promise<object> {
  const secret = parseObject(await fetchSecret(secretArn, read));
  if (secret === undefined) {
    throw new Error(`The secret ${secretArn} is no JSON object. HINT: ${hint}`);
  }
  return secret;
}

/** @throws Error when the secret has no such field with a text. */
export function secretField(secret: object, name: string, secretArn: string, hint: string): string {
  const value: unknown = Reflect.get(secret, name);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`The secret ${secretArn} has no field "${name}" with a text. HINT: ${hint}`);
  }
  return value;
}

/** Kind of an error of the SDK; its text may quote what was sent. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');

async function fetchSecret(secretArn: string, read: SecretReader): Promise<string | undefined> {
  try {
    return await read(secretArn);
  } catch (error) {
    throw new Error(
      `Cannot read the secret ${secretArn}: ${nameOf(error)}. HINT: give the role secretsmanager:GetSecretValue on it and kms:Decrypt on its key, and look whether the secret still exists.`,
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

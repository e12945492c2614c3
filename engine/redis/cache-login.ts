import type { CacheLogin } from '../contract/redis';
import { readJsonSecret, type SecretReader, secretField } from '../secrets/json-secret';

/** Who signs in to a cache. Never to be logged. */
export interface CacheCredentials {
  /** Absent with the auth token of a group, which belongs to the user `default`. */
  readonly username?: string;
  readonly password: string;
}

/**
 * Credentials of a cache.
 *
 * @returns undefined where whoever reaches the cache is let in.
 * @throws Error with a HINT; it names the secret and what it lacks, never a value.
 */
export async function readCacheLogin(login: CacheLogin, read: SecretReader): Promise<CacheCredentials | undefined> {
  if (login.kind === 'open') {
    return undefined;
  }
  const { secretArn } = login;
  const secret = await readJsonSecret(secretArn, read, SECRET_HINT);
  const password = secretField(secret, 'password', secretArn, SECRET_HINT);
  return 'username' in secret
    ? { username: secretField(secret, 'username', secretArn, SECRET_HINT), password }
    : { password };
}

const SECRET_HINT =
  'it must have the form {"username": ..., "password": ...} for a user of the cache, or {"password": ...} for the auth token of the group.';

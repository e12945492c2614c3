import type { ProtectRedisProps } from '../platform/backup-platform';
import { CacheSignIn } from '../redis/cache-sign-in';
import { ProtectedCache } from '../redis/protected-cache';
import type { RedisConfiguration } from './redis-schema';

/** A cache of a valid configuration, and how to back it up: the values that constructs take. */
export function protectedCache({
  name,
  replicationGroup,
  serverlessCache,
  secret,
  keyArn,
  ...options
}: RedisConfiguration): ProtectRedisProps & { readonly cache: ProtectedCache } {
  const access = { signIn: secret ? CacheSignIn.withSecret(secret) : CacheSignIn.open(), keyArn };
  if (replicationGroup !== undefined) {
    return { ...options, cache: ProtectedCache.replicationGroup(replicationGroup, access) };
  }
  if (serverlessCache !== undefined) {
    return { ...options, cache: ProtectedCache.serverless(serverlessCache, access) };
  }
  throw new TypeError(`${name}: must have replicationGroup or serverlessCache`);
}

import { Tenants } from '../../engine/contract/tenants';
import type { ProtectTenantsProps } from '../platform/backup-platform';
import { DatabaseSignIn } from '../tenants/database-sign-in';
import { TenantDatabase } from '../tenants/tenant-database';
import { tenantSource } from './database-meaning';
import type { DatabaseConfiguration } from './database-schema';

/** A database of a valid configuration, and how to protect its tenants: the values that constructs take. */
export function protectedTenants({
  name,
  host,
  port,
  database,
  signIn,
  restoreSignIn,
  tenants,
  ...options
}: DatabaseConfiguration): ProtectTenantsProps & { readonly database: TenantDatabase } {
  return {
    ...options,
    database: TenantDatabase.at({
      host,
      port,
      name: database,
      signIn: databaseSignIn(signIn),
      restoreSignIn: restoreSignIn && databaseSignIn(restoreSignIn),
    }),
    tenants: Tenants.of(tenantSource(tenants)),
  };
}

function databaseSignIn({ secret, iam }: DatabaseConfiguration['signIn']): DatabaseSignIn {
  if (secret) {
    return DatabaseSignIn.withSecret(secret);
  }
  if (iam) {
    return DatabaseSignIn.withIam(iam);
  }
  throw new TypeError('signIn: must have secret or iam');
}

export type { DatabaseConfiguration } from './database-schema';
export { ConfigurationError, loadConfiguration, validateConfiguration } from './load';
export { databaseBackups, managedDatabase, recoveryVault } from './managed-databases';
export { protectedCache } from './protected-caches';
export { protectedTenants } from './protected-tenants';
export type { ManagedDatabaseConfiguration, RdsConfiguration } from './rds-schema';
export type { RedisConfiguration } from './redis-schema';
export type { BucketConfiguration, Configuration } from './schema';
export { maintenanceWindows } from './signals-schema';

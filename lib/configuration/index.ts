export type { DatabaseConfiguration } from './database-schema';
export { ConfigurationError, loadConfiguration, validateConfiguration } from './load';
export { protectedTenants } from './protected-tenants';
export type { BucketConfiguration, Configuration } from './schema';

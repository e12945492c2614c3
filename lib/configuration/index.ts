export { ConfigurationError, loadConfiguration, validateConfiguration } from './load';
export type { BucketConfiguration, Configuration } from './schema';

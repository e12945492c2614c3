import type { TenantDumpsSettings } from '../../../engine/contract/tenant-dumps';

/** Settings of a dump, as little as will do. */
export const dumpSettings = (overrides: Partial<TenantDumpsSettings> = {}): TenantDumpsSettings => ({
  resource: 'orders',
  connection: { host: '127.0.0.1', port: 5432, database: 'orders', login: { kind: 'environment' } },
  tenants: { kind: 'schemasLike', pattern: 'tenant\\_%' },
  leaveOut: {},
  store: { bucket: 'dumps', region: 'eu-west-1' },
  lockMode: 'governance',
  retention: { daily: 30, weekly: 12, monthly: 12, yearly: 7 },
  compression: 'gzip',
  groups: 1,
  parallelism: 1,
  ...overrides,
});

import type { CostInput } from '../contract/cost';
import type { ProofSystem } from '../contract/proofs';

/** Number of protected resources of each system. */
export function resourceCounts({ files, dumps, databases, caches }: CostInput): Record<ProofSystem, number> {
  return { files: files.buckets.length, tenants: dumps.length, database: databases.length, redis: caches.length };
}

/** Number of all of them. */
export function protectedCount(input: CostInput): number {
  return Object.values(resourceCounts(input)).reduce((sum, count) => sum + count, 0);
}

/** Number of those whose buckets S3 replicates. */
export function replicatedCount(input: CostInput): number {
  const { files, tenants, redis } = resourceCounts(input);
  return files + tenants + redis;
}

/** 1 where there is any, for what is deployed once. */
export function one(list: readonly unknown[]): number {
  return Math.min(1, list.length);
}

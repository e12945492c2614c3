import { PROOFS_RESOURCE, TRAIL_RESOURCE } from '../../engine/contract/bucket-names';
import { System } from '../../engine/contract/signals';
import type { Problem } from '../problem';

/** A name of a form, and the words that say which. */
interface NameForm {
  readonly form: RegExp;
  readonly allowed: string;
}

/** First part of every name of a deployment. As long as it is, the names of roles stay within IAM's 64 characters. */
export const PREFIX: NameForm = {
  form: /^[a-z][a-z0-9-]{0,10}[a-z0-9]$/,
  allowed: '2 to 12 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
};

/** Name of a protected resource: a part of the names of its buckets and its role. */
export const RESOURCE: NameForm = {
  form: /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
  allowed: '2 to 32 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
};

/** What is wrong with the first part of the names of a deployment. */
export function prefixProblems(prefix: string): Problem[] {
  return PREFIX.form.test(prefix) ? [] : [{ path: 'prefix', message: `must be ${PREFIX.allowed}, got: "${prefix}"` }];
}

/** What is wrong with the name of a protected resource. */
export function resourceProblems(resource: string, path = 'resource'): Problem[] {
  if (!RESOURCE.form.test(resource)) {
    return [{ path, message: `must be ${RESOURCE.allowed}, got: "${resource}"` }];
  }
  const owner = OWN_BUCKETS.get(resource);
  return owner === undefined ? [] : [{ path, message: `must not be "${resource}", the bucket of the ${owner} has it` }];
}

/** What Holdfast's own buckets hold, by what their names have in the place of a resource's. */
const OWN_BUCKETS: ReadonlyMap<string, string> = new Map([
  [PROOFS_RESOURCE, 'reports'],
  [TRAIL_RESOURCE, 'records of deletions'],
]);

/** What is wrong with the name of a protected database or cache: its alarms bear it, as those of all of a system bear the system's. */
export function alarmedNameProblems(name: string, path = 'resource'): Problem[] {
  const [problem] = resourceProblems(name, path);
  if (problem) {
    return [problem];
  }
  const taken = Object.values(System).find((system) => system === name);
  return taken === undefined ? [] : [{ path, message: `must not be "${taken}", alarms of Holdfast have it` }];
}

/** Names of the roles that act across Regions and accounts, so that the recovery side can admit them before they exist. */
export const roleNames = {
  /** Role that S3 assumes to replicate a resource. */
  replication: (prefix: string, resource: string): string => `${prefix}-${resource}-replication`,
  /** Role of the function that verifies files. */
  verifyFiles: (prefix: string): string => `${prefix}-verify-files`,
  /** Role of the function that verifies databases. */
  verifyDatabase: (prefix: string): string => `${prefix}-verify-database`,
  /** Role under which that function looks into the recovery vault, where it lies in another account. */
  readRecoveryVault: (prefix: string): string => `${prefix}-read-recovery-vault`,
  /** Role of the function that verifies caches. */
  verifyRedis: (prefix: string): string => `${prefix}-verify-redis`,
  /** Role of the function that verifies the dumps of tenants. */
  verifyTenants: (prefix: string): string => `${prefix}-verify-tenants`,
  /** Role of the tasks that verify large dumps of tenants. */
  verifyTenantsTask: (prefix: string): string => `${prefix}-verify-tenants-task`,
  /** Role of the function that verifies keys. */
  verifyKeys: (prefix: string): string => `${prefix}-verify-keys`,
  /** Role of the function that writes reports. */
  writeReport: (prefix: string): string => `${prefix}-write-report`,
  /** Role under which that function looks at the alarms of the recovery Region, where it lies in another account. */
  readRecoveryAlarms: (prefix: string): string => `${prefix}-read-recovery-alarms`,
} as const;

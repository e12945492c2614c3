/** How firm a lock is. */
export const LockMode = {
  /** People with `s3:BypassGovernanceRetention` can lift the lock. */
  GOVERNANCE: 'governance',
  /** Nobody can lift or shorten the lock, not even the account's root user: what is written must be paid for until then. */
  COMPLIANCE: 'compliance',
} as const;
export type LockMode = (typeof LockMode)[keyof typeof LockMode];

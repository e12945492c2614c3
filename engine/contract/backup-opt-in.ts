/** What the custom resource `Custom::HoldfastBackupOptIn` is given, and what both sides know of it. */

/** What AWS Backup calls the services whose backups it takes only after the account has opted in, in each Region. */
export type OptInResourceType = 'RDS' | 'Aurora';

/** What to do where the account has not opted in. */
export const OptInMode = {
  /** The deployment fails, and says what to do. */
  CHECK: 'check',
  /** The account is opted in for the services that are needed; nothing is opted out, then or later. */
  SET: 'set',
} as const;
export type OptInMode = (typeof OptInMode)[keyof typeof OptInMode];

/** Properties of the custom resource. */
export interface BackupOptInProperties {
  readonly mode: OptInMode;
  readonly resourceTypes: readonly OptInResourceType[];
}

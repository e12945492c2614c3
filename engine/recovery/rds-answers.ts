import type { MasterUserSecret, RestoreWindow } from '@aws-sdk/client-rds';
import type { AutomatedBackup, MasterSecret } from './databases';

/** The secret with the master password, as RDS tells of it; undefined when RDS manages none. */
export function masterSecret(secret: MasterUserSecret | undefined): MasterSecret | undefined {
  return secret?.SecretArn === undefined
    ? undefined
    : { arn: secret.SecretArn, keyArn: secret.KmsKeyId, isActive: secret.SecretStatus === 'active' };
}

/** The automated backups that reach nearest to now, of those that can be restored from. */
export function newestBackup(
  backups: readonly {
    readonly resourceId: string | undefined;
    readonly keyArn: string | undefined;
    readonly window: RestoreWindow | undefined;
  }[],
): AutomatedBackup | undefined {
  const restorable = backups.flatMap(({ resourceId, keyArn, window }) =>
    resourceId && window?.EarliestTime && window.LatestTime
      ? [{ resourceId, keyArn, earliest: window.EarliestTime, latest: window.LatestTime }]
      : [],
  );
  return restorable.sort((a, b) => b.latest.getTime() - a.latest.getTime())[0];
}

/** Identifiers of the security groups of a database. */
export const securityGroupIds = (
  groups: readonly { readonly VpcSecurityGroupId?: string | undefined }[] = [],
): string[] => groups.flatMap(({ VpcSecurityGroupId: id }) => id ?? []);

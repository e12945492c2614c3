import {
  type BackupClient,
  DescribeBackupVaultCommand,
  type DescribeBackupVaultCommandOutput,
} from '@aws-sdk/client-backup';
import { lockRange } from '../contract/backup-plan';
import type { Retention } from '../contract/retention';
import type { DatabaseFinding, VerifyDatabaseEvent } from '../contract/verify-database';
import { critical, warning } from './finding';

/** How a vault is locked, and under which key. */
export interface DescribedVault {
  /** ARN of its key. */
  readonly keyArn?: string;
  readonly isLocked: boolean;
  readonly leastDays?: number;
  readonly mostDays?: number;
  /** From when on nobody can change the lock: in compliance mode only. */
  readonly lockDate?: Date;
}

/** Describes a vault. @throws what AWS Backup throws. */
export async function describeVault(backup: BackupClient, name: string): Promise<DescribedVault> {
  const found: DescribeBackupVaultCommandOutput = await backup.send(
    new DescribeBackupVaultCommand({ BackupVaultName: name }),
  );
  return {
    keyArn: found.EncryptionKeyArn,
    isLocked: found.Locked === true,
    leastDays: found.MinRetentionDays,
    mostDays: found.MaxRetentionDays,
    lockDate: found.LockDate,
  };
}

/**
 * What is wrong with the lock of a vault. Weaker than configured it lets somebody delete what must stay; otherwise different it may
 * refuse backups, of which the recovery points tell, too.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html
 */
export function lockFindings(
  name: string,
  vault: DescribedVault,
  retention: Retention,
  lockMode: VerifyDatabaseEvent['lockMode'],
): DatabaseFinding[] {
  if (!vault.isLocked) {
    return [missing(`the vault ${name} is not locked, must be in ${lockMode} mode`)];
  }
  const { leastDays, mostDays } = lockRange(retention);
  const findings: DatabaseFinding[] = [];
  if (lockMode === 'compliance' && vault.lockDate === undefined) {
    findings.push(missing(`the vault ${name} is locked in governance mode, must be in compliance mode`));
  }
  if (lockMode === 'governance' && vault.lockDate !== undefined) {
    findings.push(
      warning(
        'drift',
        `the vault ${name} is locked in compliance mode from ${vault.lockDate.toISOString()} on, must be in governance mode: before that moment the lock can still be changed, after it nobody can`,
      ),
    );
  }
  if (vault.leastDays === undefined || vault.leastDays < leastDays) {
    findings.push(
      missing(`the lock of the vault ${name} keeps at least ${vault.leastDays ?? 0} days, must be ${leastDays}`),
    );
  } else if (vault.leastDays > leastDays) {
    findings.push(
      differs(`the lock of the vault ${name} takes nothing below ${vault.leastDays} days, must be ${leastDays}`),
    );
  }
  if (vault.mostDays !== mostDays) {
    findings.push(
      differs(`the lock of the vault ${name} takes nothing above ${vault.mostDays ?? 'any'} days, must be ${mostDays}`),
    );
  }
  return findings;
}

const REPAIR = 'deploy the stack of the vault again, and find in CloudTrail who changed it';

const missing = (what: string): DatabaseFinding => critical('lockMissing', `${what}: ${REPAIR}`);

const differs = (what: string): DatabaseFinding => warning('drift', `${what}: ${REPAIR}`);

import type {
  DatabaseRestoreSettings,
  DatabaseRestoreSource,
  RestoreDatabaseRequest,
} from '../contract/restore-managed';
import type { DatabaseKind } from '../contract/verify-database';
import type { DatabaseServices } from './database-services';
import type { AutomatedBackupSource } from './databases';
import type { FoundVault } from './recovery-points';
import { RestoreRefusedError } from './restore-error';

/** What a database is restored from, made sure of. */
export type PlannedSource =
  | ({ readonly kind: 'pointInTime' } & AutomatedBackupSource)
  | { readonly kind: 'recoveryPoint'; readonly arn: string; readonly vaultName: string }
  | {
      readonly kind: 'recoveryVault';
      readonly arn: string;
      readonly vaultName: string;
      readonly region: string;
      readonly copyTo: { readonly vaultName: string; readonly vaultArn: string; readonly keepDays: number };
    };

/** Days for which a recovery point that was copied back is kept, where the lock of the vault lets it. */
const COPY_KEPT_DAYS = 7;

/**
 * Makes sure of what a database is restored from, and of the key that it is encrypted with.
 *
 * @throws RestoreRefusedError when it is not there, not complete, or of something else.
 */
export async function plannedSource(
  { kind, identifier, source }: RestoreDatabaseRequest,
  settings: DatabaseRestoreSettings,
  services: DatabaseServices,
): Promise<PlannedSource> {
  switch (source.kind) {
    case 'pointInTime':
      return pointInTime(kind, identifier, source.at, services);
    case 'recoveryPoint': {
      const { recoveryPointArn: arn, vaultName } = source;
      const keyArn = await requireRecoveryPoint(kind, arn, vaultName, undefined, services);
      await services.keys.requireUsable(keyArn);
      return { kind: 'recoveryPoint', arn, vaultName };
    }
    case 'recoveryVault':
      return recoveryVault(kind, source, settings, services);
  }
}

async function pointInTime(
  kind: DatabaseKind,
  identifier: string,
  at: string | undefined,
  { databases, keys }: DatabaseServices,
): Promise<PlannedSource> {
  const backup = await databases[kind].automatedBackup(identifier);
  if (backup === undefined) {
    throw new RestoreRefusedError(
      `RDS has no automated backups of the ${kind} ${identifier}. HINT: restore a recovery point of the vault instead.`,
    );
  }
  const { earliest, latest, resourceId, keyArn } = backup;
  if (at !== undefined && (Date.parse(at) < earliest.getTime() || Date.parse(at) > latest.getTime())) {
    throw new RestoreRefusedError(
      `The ${kind} ${identifier} can be restored to a time from ${earliest.toISOString()} to ${latest.toISOString()}, got: ${at}. HINT: leave \`at\` out for the newest; for an earlier time restore a recovery point.`,
    );
  }
  await keys.requireUsable(keyArn);
  return { kind: 'pointInTime', resourceId, at };
}

async function recoveryVault(
  kind: DatabaseKind,
  { recoveryPointArn: arn }: DatabaseRestoreSource & { readonly kind: 'recoveryVault' },
  { vaultName, recoveryVault: from }: DatabaseRestoreSettings,
  services: DatabaseServices,
): Promise<PlannedSource> {
  const vault = await services.recoveryPoints().vault(vaultName);
  if (vault === undefined) {
    throw new RestoreRefusedError(
      `There is no vault ${vaultName} to copy the recovery point to. HINT: deploy the primary stack first.`,
    );
  }
  const account = vault.arn.split(':')[4];
  if (account !== from.account) {
    throw new RestoreRefusedError(
      `The recovery vault is in account ${from.account}, and a copy can be started there only; this is account ${account}. HINT: run there \`aws backup start-copy-job --region ${from.region} --source-backup-vault-name ${from.name} --destination-backup-vault-arn ${vault.arn} --recovery-point-arn ${arn} --iam-role-arn …\`, then restore the copy as a recovery point of ${vaultName}.`,
    );
  }
  await requireRecoveryPoint(kind, arn, from.name, from.region, services);
  // What is copied is encrypted with the key of the vault that it comes to.
  await services.keys.requireUsable(vault.keyArn);
  const copyTo = { vaultName, vaultArn: vault.arn, keepDays: keepDays(vault) };
  return { kind: 'recoveryVault', arn, vaultName: from.name, region: from.region, copyTo };
}

/** @returns the key that it is encrypted with */
async function requireRecoveryPoint(
  kind: DatabaseKind,
  arn: string,
  vaultName: string,
  region: string | undefined,
  services: DatabaseServices,
): Promise<string | undefined> {
  if (arn.includes(CONTINUOUS)) {
    throw new RestoreRefusedError(
      `The recovery point ${arn} is a continuous one. HINT: restore the database to a point in time: \`{ "kind": "pointInTime", "at": … }\`.`,
    );
  }
  const point = await services.recoveryPoints(region).find(vaultName, arn);
  if (point === undefined) {
    throw new RestoreRefusedError(
      `The vault ${vaultName} has no recovery point ${arn}. HINT: list them with \`aws backup list-recovery-points-by-backup-vault --backup-vault-name ${vaultName}${region === undefined ? '' : ` --region ${region}`}\`.`,
    );
  }
  if (!RESTORABLE.has(point.status)) {
    throw new RestoreRefusedError(
      `The recovery point ${arn} must be complete, got: ${point.status}. HINT: wait until it is, or restore another.`,
    );
  }
  if (!point.resourceArn.includes(kind === 'cluster' ? ':cluster:' : ':db:')) {
    throw new RestoreRefusedError(
      `The recovery point ${arn} is of ${point.resourceArn}, which is no database of kind ${kind}. HINT: correct \`kind\`, or name another recovery point.`,
    );
  }
  return point.keyArn;
}

/** The shortest time from {@link COPY_KEPT_DAYS} on that the lock takes. */
function keepDays({ leastDays = 1, mostDays = COPY_KEPT_DAYS }: FoundVault): number {
  return Math.max(leastDays, Math.min(COPY_KEPT_DAYS, mostDays));
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const CONTINUOUS = ':recovery-point:continuous:';
const RESTORABLE: ReadonlySet<string> = new Set(['COMPLETED', 'AVAILABLE']);
